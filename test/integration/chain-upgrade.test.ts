import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { upgradedRuntime } from '../../dev/upgraded-runtime.ts';
import { connect } from '../../src/substrate/connection.ts';
import { ChainMarket, TYPE } from '../support/chain-market.ts';
import { clientOf, RunningSource } from '../support/source-world.ts';

const PRICE = 1_000_000n;
/** The upgraded runtime's name for the state Suspended. */
const UNKNOWN_STATE = 'Throttled';

let market: ChainMarket;
let source: RunningSource;

beforeAll(async () => {
  market = await ChainMarket.start();
});
afterAll(async () => {
  await source?.stop();
  await market?.stop();
});

it('a runtime upgrade with an unknown variant stalls the one tenure that has it and nothing else', async () => {
  const [bob, consumer] = [market.account('Bob'), market.account('Charlie')];
  const provider = await market.provider(bob, PRICE, 10);
  const running = await market.active(consumer, bob, provider, { amount: 1_000n * PRICE });
  const poor = await market.active(consumer, bob, provider, { amount: 30n * PRICE, grace: 80 });
  for (let i = 0; i < 40 && (await market.view(poor))?.['state'] !== 'Suspended'; i++) await market.blocks(1);

  source = new RunningSource(bob, { chain: clientOf([market.endpoint]) });
  await vi.waitFor(async () => expect((await source.desired([TYPE]))?.awards).toHaveLength(2), 20_000);
  expect((await source.desired([TYPE]))?.awards.map(({ state }) => state).sort()).toEqual(['Active', 'Suspended']);
  const before = await market.height();
  const freshBefore = await freshUntil(provider);

  await market.upgrade(upgradedRuntime(new Map([['Suspended', UNKNOWN_STATE]])));
  await expect(market.height()).resolves.toBe(before + 1);
  const seenBefore = source.states.length;
  await market.build(1);
  await vi.waitFor(async () => expect((await source.desired([TYPE]))?.point.number).toBe(before + 2), 30_000);

  const desired = await source.desired([TYPE]);
  expect(desired?.awards).toMatchObject([{ subscription: BigInt(running), state: 'Active' }]);
  expect(desired?.unreadable).toMatchObject([
    { tenure: { subscription: BigInt(poor), tenure: 1 }, error: { code: 'AwardUndecodable' } },
  ]);
  expect(desired?.unreadable[0]?.error.message).toContain(`the chain says "${UNKNOWN_STATE}"`);
  const tenure = desired?.unreadable[0]?.tenure;
  if (tenure === undefined) throw new Error('it is known which tenure it is');
  expect(await source.source.standing(tenure, source.signal), 'nothing may be destroyed for it').toBe('Live');
  expect(source.states.slice(seenBefore).map(({ kind }) => kind)).not.toContain('Disconnected');

  // The provider stays fresh: its next heartbeats are signed for the new runtime.
  await vi.waitFor(
    async () => {
      await market.build(1);
      expect(await freshUntil(provider)).toBeGreaterThan(freshBefore);
    },
    { timeout: 60_000, interval: 200 },
  );
});

/** Read by a separate connection: polkadot.js loses the runtime APIs in an upgrade. */
async function freshUntil(provider: number): Promise<number> {
  const { api, close } = await connect(market.endpoint, AbortSignal.timeout(20_000)).then((made) => ({
    api: made.api,
    close: () => made.close(),
  }));
  const heartbeat = await api.query.provider.heartbeats(provider);
  await close();
  return heartbeat.unwrap().until.toNumber();
}
