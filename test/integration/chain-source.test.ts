import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { TenureReport } from '../../src/award/report.ts';
import type { WantedRegistration } from '../../src/award/source.ts';
import { ChainMarket, TYPE } from '../support/chain-market.ts';
import { clientOf, RunningSource } from '../support/source-world.ts';

let market: ChainMarket;
const running: RunningSource[] = [];

beforeAll(async () => {
  market = await ChainMarket.start();
});
afterEach(async () => {
  for (const source of running.splice(0)) await source.stop();
});
afterAll(async () => market?.stop());

function start(name: string, options: Partial<ConstructorParameters<typeof RunningSource>[1]> = {}): RunningSource {
  const source = new RunningSource(market.account(name), { chain: clientOf([market.endpoint]), ...options });
  running.push(source);
  return source;
}

const wanted: WantedRegistration = {
  metadata: '{"name":"Acme"}',
  policy: 'Open',
  consumers: [],
  paused: false,
  offers: [{ type: TYPE, price: 1_000n, capacity: 3 }],
};

/** Builds blocks until `done`; compares and submits at each block like a session. */
async function until(
  source: RunningSource,
  done: () => boolean,
  registration: WantedRegistration | undefined,
  reports: readonly TenureReport[] = [],
): Promise<void> {
  for (let round = 0; !done(); round++) {
    if (round === 20) throw new Error(`not after 20 blocks: ${JSON.stringify(source.results)}`);
    const before = await market.height();
    await vi.waitFor(async () => expect((await source.desired([TYPE]))?.point.number).toBe(before), {
      timeout: 10_000,
    });
    const desired = await source.desired([TYPE]);
    if (desired !== undefined) source.source.submit(desired, registration, reports);
    // Submitted transactions reach the pool before the block is built.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await market.blocks(1);
  }
}

it('a provider is registered, offers, is fresh, accepts an award and reports it ready, by comparing states only', async () => {
  const source = start('Bob');
  const applied = () =>
    source.results.filter(({ result }) => result.kind === 'Applied').map(({ submission }) => submission.name);
  await until(
    source,
    () => ['registerProvider', 'setOffer', 'heartbeat'].every((name) => applied().includes(name)),
    wanted,
  );
  const first = await source.desired([TYPE]);
  expect(first?.provider).toMatchObject({ status: 'Active', inStep: true });
  expect(first).toMatchObject({ acceptPeriod: 50, heartbeatPeriod: 50, decimals: 12 });
  expect(first?.provider?.freshUntil).toBeGreaterThan(first?.point.number ?? 0);

  const subscription = await market.subscribe(market.account('Charlie'));
  await vi.waitFor(async () => expect((await source.desired([TYPE]))?.awards).toHaveLength(1), { timeout: 10_000 });
  const genesis = first?.genesis ?? '';
  const tenure = { genesis, subscription: BigInt(subscription), tenure: 1 };
  expect(await source.source.standing(tenure, source.signal)).toBe('Live');
  await until(source, () => applied().includes('accept'), wanted, [{ ...tenure, report: 'accept' }]);
  await until(source, () => applied().includes('ready'), wanted, [{ ...tenure, report: 'ready' }]);
  expect((await source.desired([TYPE]))?.awards).toMatchObject([{ state: 'Active', tenure: 1 }]);

  // The runtime's figure for the tenure's earnings is paid out with its end.
  await market.blocks(3);
  const money = await source.source.finances(source.signal);
  const atPoint = await market.api.at(money?.point.hash ?? '');
  const cost = await atPoint.call.subscriptionApi.cost(subscription);
  expect(money?.owed).toBe(cost.unwrap().owed.toBigInt());
  expect(money?.owed).toBeGreaterThanOrEqual(2_000n);
  expect(money).toMatchObject({ decimals: 12, withdrawable: 0n });
  const { data } = await atPoint.query.system.account(market.account('Bob').address);
  expect(money?.free).toBe(data.free.toBigInt());

  // To another provider's account the tenure is not its own, and not over.
  const other = start('Eve');
  await until(other, () => other.results.some(({ submission }) => submission.name === 'registerProvider'), wanted);
  await vi.waitFor(async () => expect((await other.desired())?.provider).toBeDefined(), { timeout: 10_000 });
  expect(await other.source.standing(tenure, other.signal)).toBe('Unknown');

  await market.must(market.account('Charlie'), market.api.tx.subscription.cancel(subscription));
  await vi.waitFor(async () => expect(await source.source.standing(tenure, source.signal)).toBe('Ended'), 10_000);
  const paid = await source.source.finances(source.signal);
  expect(paid?.withdrawable).toBeGreaterThanOrEqual(money?.owed ?? 0n);
  expect(paid?.owed).toBe(0n);
  await until(source, () => applied().includes('released'), wanted, [{ ...tenure, report: 'released' }]);
  expect(await source.source.standing(tenure, source.signal)).toBe('Gone');
  expect(await source.source.standing({ ...tenure, subscription: 999n }, source.signal)).toBe('Unknown');
  expect(await source.source.standing({ ...tenure, genesis: `0x${'00'.repeat(32)}` }, source.signal)).toBe('Unknown');
});

it('a runtime without the configured pallets is reported with the pallets it has', async () => {
  const source = start('Dave', { pallets: { provider: 'Marketplace', subscription: 'Subscription' } });
  await vi.waitFor(() => expect(source.source.state.kind).toBe('Following'), { timeout: 10_000 });
  await expect(source.desired()).rejects.toMatchObject({
    code: 'ChainPalletMissing',
    message: expect.stringMatching(/"Marketplace"; its pallets are .*provider.*subscription/),
  });
});

it('a heartbeat is sent in time although nobody reads, compares or submits anything', async () => {
  const provider = await market.provider(market.account('Ferdie'), 1_000n, 3);
  const freshUntil = async () => (await market.api.query.provider.heartbeats(provider)).unwrap().until.toNumber();
  const before = await freshUntil();
  const { source, results } = start('Ferdie');
  const followed = () => (source.state.kind === 'Following' ? source.state.point.number : undefined);
  while ((await freshUntil()) === before) {
    const height = await market.height();
    expect(height, 'the block by which it had to come').toBeLessThan(before);
    await vi.waitFor(() => expect(followed()).toBe(height), { timeout: 10_000 });
    // The check for the heartbeat runs, and the heartbeat reaches the pool, before the next block is built.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await market.build(1);
  }
  await vi.waitFor(() => expect(results.map(({ submission }) => submission.name)).toEqual(['heartbeat']), {
    timeout: 10_000,
  });
});
