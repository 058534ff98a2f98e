/**
 * A node that lies while a VM runs: the tenure keeps its VM, and everything continues once the node is honest again. A
 * node that is silent, of another genesis or wiped is tested in chain-away.test.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OperatorProcess } from '../../dev/operator-process.ts';
import { wishFor, wishOnIpfs } from '../support/consumer.ts';
import { type Lie, LyingNode } from '../support/lying-node.ts';
import { Stage } from '../support/stage.ts';

/** How long a lie lasts: some blocks, and some full comparisons. */
const LIE_MS = 6_000;

let stage: Stage;
let node: LyingNode;
let operator: OperatorProcess;
let id: bigint;
let name: string;
let before: string | undefined;
let types = 0;

beforeAll(async () => {
  stage = await Stage.open('lying-chain');
  const { environment, consumer, world } = stage;
  node = await LyingNode.before(environment.chain.endpoint);
  environment.chain.tick(500);
  operator = await environment.startOperator({ resyncSeconds: 2 });
  await environment.applySamples({ chain: node.endpoint });
  await stage.until('three types are for sale', 60, () => world.sells(3));
  const vm = { image: 'debian-12', cpu: 1, memoryMiB: 1024 };
  [id = 0n] = await consumer.subscribe([wishFor('vm/v1', vm, { funds: 1_000n * 10n ** 12n })]);
  await stage.until('the VM is Active', 120, async () => (await world.state(id)) === 'Active');
  name = (await world.deploymentOf(id)) ?? '';
  await stage.until('it is Ready', 60, async () => (await world.ready(name)).status === 'True');
  before = await vmOf(name);
  expect(before).toContain('Running');
});

afterAll(async () => {
  await stage?.close();
  await node?.close();
});

/** SCALE of a page without rows and without a next one. */
const EMPTY_PAGE = '0x0000';

const lies: readonly { readonly what: string; readonly lie: () => Lie }[] = [
  {
    what: 'the desired set of the provider is empty',
    lie:
      () =>
      ({ method, params, result }) => ({
        result: method === 'state_call' && String(params[0]).endsWith('desired_set') ? EMPTY_PAGE : result,
      }),
  },
  {
    what: 'all storage of our pallets is empty',
    lie:
      () =>
      ({ method, result }) => {
        if (method === 'state_getStorage') return { result: null };
        if (method === 'state_getKeysPaged') return { result: [] };
        if (method === 'state_call') return { result: EMPTY_PAGE };
        return { result };
      },
  },
  {
    what: 'no response can be decoded',
    lie:
      () =>
      ({ method, result }) => ({ result: method === 'state_call' ? '0xff' : result }),
  },
  {
    what: 'the finalised head never changes',
    lie: () => {
      let head: unknown;
      return ({ method, result }) => {
        if (method === 'chain_finalizedHead') return undefined;
        if (method !== 'chain_getFinalizedHead') return { result };
        head ??= result;
        return { result: head };
      };
    },
  },
];

test.each(lies)('a lying node causes no change to a tenant: $what', async ({ lie }) => {
  node.lieWith(lie());
  try {
    await haveTheProviderReadAgain();
    await stage.until('the operator is lied to', 30, async () => node.lies > 0);
    await sleep(LIE_MS);
    // Its spec may follow the node, but its workload is not touched.
    expect(await vmOf(name)).toEqual(before);
    expect(await stage.world.state(id)).toBe('Active');
  } finally {
    node.tellTheTruth();
  }
  await stage.until('the operator is well', 90, async () => {
    return (await operator.liveness()) && (await stage.world.ready(name)).status === 'True';
  });
  expect(await vmOf(name)).toEqual(before);
});

/** The id and state of the tenant's VM. */
async function vmOf(tenure: string): Promise<string | undefined> {
  return (await stage.world.fingerprint([tenure]))['vms'];
}

/** Triggers a comparison by an event that concerns every operator of the chain. */
async function haveTheProviderReadAgain(): Promise<void> {
  types += 1;
  const { content } = wishOnIpfs('any', `${types}`);
  const schema = { hash_: content.hash, len: content.length, source: 'Ipfs' };
  await stage.consumer.send(stage.consumer.api.tx.provider.registerType(`lie-${types}/v1`, schema));
}

test('a tenure that ends on the honest chain is torn down afterwards', async () => {
  await stage.consumer.cancel(id);
  await stage.until('nothing is left', 120, async () => {
    const { capacityUsed, ...left } = await stage.world.remains([name]);
    return capacityUsed === 0 && Object.values(left).every((list) => list.length === 0);
  });
});
