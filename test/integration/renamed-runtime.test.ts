import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { rawChainSpec } from '../../dev/chain-spec.ts';
import { renamedRuntime } from '../../dev/renamed-runtime.ts';
import type { Tenure } from '../../src/award/identity.ts';
import { openFence } from '../../src/base/fence.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { contentHash } from '../../src/descriptors/content/content-hash.ts';
import { dinfraSources } from '../../src/operator/register-bridge.ts';
import { BridgeWorld } from '../support/bridge-world.ts';
import { ChainMarket } from '../support/chain-market.ts';
import { dinfraHere } from '../support/command-line.ts';
import { awardOf } from '../support/memory-source.ts';

// A runtime with our pallets under other names, other decimals, and another address prefix.

const names = { provider: 'Hostings', subscription: 'Entitlements' };
const ss58Format = 2;
const DESCRIPTOR = 'config/samples/descriptors/substrate-node-vm.json';
/** Charlie's address on that chain. */
const CHARLIE = 'Fr4NzY1udSFFLzb2R3qxVQkwz9cZraWkyfH4h3mVVk7BK7P';

let market: ChainMarket;
let world: BridgeWorld;
let sessions: ReturnType<BridgeWorld['sessions']>['sessions'];
let tenure: Tenure;

beforeAll(async () => {
  const spec = await rawChainSpec('development', renamedRuntime({ ...names, ss58Prefix: ss58Format }));
  const properties = { tokenSymbol: 'HOST', tokenDecimals: 15, ss58Format };
  market = await ChainMarket.start({ names, spec: { ...spec, properties } });
  world = new BridgeWorld({ stageTimeoutMs: 20_000, openSource: dinfraSources({ fence: openFence }) });
  world.secret('account', '//Bob');
  ({ sessions } = world.sessions());
});
afterAll(async () => {
  world?.end();
  await sessions?.ended();
  await market?.stop();
});

/** A Provider with the given pallet names. */
async function apply(pallets: typeof names | undefined): Promise<void> {
  world.provider('acme', { spec: { chain: { endpoints: [market.endpoint], ...(pallets && { pallets }) } } });
  await sessions.reconcile('acme/acme', world.stop.signal, silentLogger, world.stop.signal);
}

/** Builds blocks until a condition holds. */
async function until(holds: () => unknown): Promise<void> {
  await vi.waitFor(
    async () => {
      await market.build(1);
      await holds();
    },
    { timeout: 40_000, interval: 300 },
  );
}

/** Runs a command of a consumer with the pallet names, while blocks are built. */
async function dinfra(account: string, ...args: readonly string[]) {
  const pallets = ['--provider-pallet', names.provider, '--subscription-pallet', names.subscription];
  let done = false;
  const said = dinfraHere(['--url', market.endpoint, ...pallets, '--account', account, ...args]).finally(() => {
    done = true;
  });
  await until(() => expect(done).toBe(true));
  return said;
}

it('a Provider with the default pallet names is Stalled on a renamed runtime, and its message lists the existing pallets', async () => {
  await apply(undefined);
  await until(() =>
    expect(world.condition(world.providerNow(), 'Stalled')).toMatchObject({
      reason: 'ChainPalletMissing',
      message: expect.stringMatching(/"Provider"; its pallets are .*hostings, entitlements/),
    }),
  );
});

it('a Provider with the names of a renamed runtime is registered, with its offers', async () => {
  expect(
    await dinfra('//Alice', 'type', 'register', 'vm/v1', 'config/descriptor-types/vm-v1.schema.json'),
  ).toMatchObject({ ok: true, stdout: expect.stringContaining('vm/v1 was registered') });
  world.offer('vms', { descriptorType: 'vm/v1' });
  await apply(names);
  await until(() => expect(world.readyOf(world.providerNow())).toMatchObject({ status: 'True' }));
  await until(() => expect(world.readyOf(world.offerNow('vms'))).toMatchObject({ status: 'True' }));
});

it('an award on a renamed runtime is mirrored, accepted and reported ready', async () => {
  const said = await dinfra('//Charlie', 'subscribe', DESCRIPTOR, '--type', 'vm/v1', '--funds', '0.5');
  expect(said).toMatchObject({ ok: true, stderr: expect.stringContaining('Subscribing with 0.5 HOST') });
  await until(() => expect(world.deployments()).toHaveLength(1));
  const [deployment] = world.deployments();
  expect(deployment?.spec).toMatchObject({ state: 'Awarded', consumer: CHARLIE });
  const { genesisHash, subscription, tenure: number } = deployment?.spec ?? {};
  tenure = { genesis: genesisHash ?? '', subscription: BigInt(subscription ?? -1), tenure: number ?? 0 };
  for (const [isSaid, follows] of [
    ['Awarded', 'Accepted'],
    ['Accepted', 'Active'],
  ]) {
    await until(() => expect(world.deployments()).toMatchObject([{ spec: { state: isSaid } }]));
    world.controllerSays(awardOf(tenure.subscription), {});
    await until(async () => expect(await market.view(Number(tenure.subscription))).toMatchObject({ state: follows }));
  }
});

it('a descriptor is read from the preimages of a renamed runtime', async () => {
  const bytes = readFileSync(DESCRIPTOR);
  const [preimages] = sessions.sourcesOf('acme/acme');
  const { hash, length } = { hash: contentHash(bytes), length: bytes.length };
  const answer = await preimages?.ask({ hash, length, source: 'Preimage' }, world.stop.signal);
  expect(answer).toMatchObject({ kind: 'Bytes' });
  expect(answer?.kind === 'Bytes' && Buffer.from(answer.bytes).equals(bytes)).toBe(true);
});

it('the standing of a tenure is read from a renamed runtime', async () => {
  expect(await sessions.standing(tenure, world.stop.signal)).toBe('Live');
  const id = `${tenure.subscription}`;
  expect((await dinfra('//Charlie', 'list')).stdout).toContain(`${id} `);
  expect(await dinfra('//Charlie', 'cancel', id)).toMatchObject({ ok: true });
  await until(async () => expect(await sessions.standing(tenure, world.stop.signal)).toBe('Ended'));
  const again = await dinfra('//Charlie', 'top-up', '77', '1');
  expect(again).toMatchObject({ ok: false, stderr: expect.stringContaining('the chain has no such subscription') });
});

it('a consumer without the names of a renamed runtime gets the options to set', async () => {
  const { ok, stderr } = await dinfraHere(['--url', market.endpoint, 'type', 'list']);
  expect(ok).toBe(false);
  expect(stderr).toContain('under the name "Provider"; its pallets are');
  expect(stderr).toContain('--provider-pallet and --subscription-pallet');
});
