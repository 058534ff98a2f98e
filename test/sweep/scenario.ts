import { Keyring } from '@polkadot/keyring';
import { expect } from 'vitest';
import { contentHash } from '../../src/descriptors/content/content-hash.ts';
import { readSubscription } from '../../src/sources/dinfra/consumer-reader.ts';
import { chartArchive, WEB_CHART } from '../support/chart-archives.ts';
import { type Wish, wishFor, withoutNote } from '../support/consumer.ts';
import { PRICE, type SweepCase } from './sweep-case.ts';

/**
 * How long one stage may take after a kill, in seconds: an intent is looked for during 15 s, failures are retried with
 * backoff.
 */
const STAGE_S = 120;
/** Number of blocks of the funds, and of the grace period. */
const FUNDED_BLOCKS = 40n;
const GRACE_BLOCKS = 300;
const FAST_BLOCK_MS = 150;

/**
 * A chart and a VM from the award to the end: awarded, running, the chart updated, both suspended without funds, both
 * cancelled. After each stage cluster, cloud and chain have to agree, whatever happened to the operator meanwhile.
 */
export async function playScenario(one: SweepCase): Promise<void> {
  await one.sell();
  const provider = await providerOf(one);
  const [chart, vm] = await subscribe(one, provider);
  const [chartName, vmName] = [await deploymentOf(one, chart), await deploymentOf(one, vm)];
  const all = [
    { id: chart, name: chartName },
    { id: vm, name: vmName },
  ];
  for (const { id } of all) await becomes(one, id, 'Active');
  for (const { name } of all) {
    await isReady(one, name);
    await saysAsTheChain(one, name, 'Active');
  }
  expect(await tenantNamespaces(one, all)).toEqual([chartName]);
  expect(await releases(one, chartName)).toEqual([chartName]);
  expect(await greeting(one, chartName)).toBe('hello');
  expect(vms(one)).toEqual([`${vmName} Running`]);

  await updateChart(one, chart);
  await one.until('the chart has the new greeting', STAGE_S, async () => (await greeting(one, chartName)) === 'bye');
  await one.until('the chain has the new descriptor', STAGE_S, async () => {
    const { api } = one.lane.consumer;
    return (await api.query.subscription.subscriptions(chart)).unwrap().update.isNone;
  });

  await one.lane.hurry(FAST_BLOCK_MS, async () => {
    for (const { id } of all) await becomes(one, id, 'Suspended');
  });
  for (const { name } of all) await saysAsTheChain(one, name, 'Suspended');
  await one.until('the VM is stopped', STAGE_S, async () => vms(one).join() === `${vmName} Stopped`);
  await one.until('the release has no pod', STAGE_S, async () => (await pods(one, chartName)).length === 0);

  const { consumer } = one.lane;
  await consumer.send(...all.map(({ id }) => consumer.api.tx.subscription.cancel(id)));
  for (const { id, name } of all) {
    await one.until(`subscription ${id} is over on chain`, STAGE_S, async () => (await state(one, id)) === undefined);
    await one.until(`${name} is gone`, STAGE_S, async () => {
      return !(await names(one, 'deployments.dinfra.io')).includes(name);
    });
  }
  await one.until('the tenant namespace is gone', STAGE_S, async () => (await tenantNamespaces(one, all)).length === 0);
  const { networks, addresses, volumes } = one.cloud.books().accounts['dinfra'] ?? {};
  expect({ vms: vms(one), networks, addresses, volumes }).toEqual({
    vms: [],
    networks: [],
    addresses: [],
    volumes: [],
  });
  expect(await names(one, 'subscriptions.dinfra.io')).toEqual([]);
  expect(await capacityUsed(one, provider)).toBe(0);
  // Including removed ones: nothing was created twice.
  expect(one.cloud.world.tables.vms.toJSON().rows.map(({ name }) => name)).toEqual([vmName]);
}

async function providerOf(one: SweepCase): Promise<number> {
  const { api } = one.lane.consumer;
  const { address } = new Keyring({ type: 'sr25519' }).addFromUri(one.suri);
  let id: number | undefined;
  // Without a recent heartbeat the chain skips the provider, and tries again twenty blocks later.
  await one.until('both types are for sale', STAGE_S, async () => {
    const found = await api.query.provider.providerOf(address);
    if (found.isNone) return false;
    id = found.unwrap().toNumber();
    const offers = await api.query.provider.offers.entries(id);
    return offers.length === 2 && (await api.query.provider.heartbeats(id)).isSome;
  });
  if (id === undefined) throw new Error('the provider has no number');
  return id;
}

async function descriptorOfChart(greeting: string) {
  const archive = (await chartArchive(WEB_CHART)).toString('base64');
  return JSON.stringify({ chart: { archive }, values: { greeting } });
}

async function subscribe(one: SweepCase, provider: number): Promise<readonly [bigint, bigint]> {
  const { consumer } = one.lane;
  const billionths = consumer.api.consts.subscription.suspendedPrice.toBigInt();
  const reserve = (PRICE * BigInt(GRACE_BLOCKS) * billionths) / 1_000_000_000n;
  const funds = PRICE * FUNDED_BLOCKS + reserve;
  const more = { strategy: { Named: provider }, funds, grace: GRACE_BLOCKS } as const;
  const wishes = [
    wishFor('helm/v1', await descriptorOfChart('hello'), more),
    wishFor(
      'vm/v1',
      { image: 'debian-12', cpu: 1, memoryMiB: 1024, network: { ports: [{ name: 'ssh', port: 22 }] } },
      more,
    ),
  ];
  const [chart, vm] = await consumer.subscribe(await notedOnce(one, wishes));
  if (chart === undefined || vm === undefined) throw new Error('the chain took fewer than two subscriptions');
  return [chart, vm];
}

/** Without preimages that an earlier case of the lane has noted: the chain refuses to note them twice. */
async function notedOnce(one: SweepCase, wishes: readonly Wish[]): Promise<Wish[]> {
  return Promise.all(wishes.map(async (wish) => ((await isNoted(one, wish.content.hash)) ? withoutNote(wish) : wish)));
}

async function isNoted(one: SweepCase, hash: string): Promise<boolean> {
  return (await one.lane.consumer.api.query.preimage.requestStatusFor(hash)).isSome;
}

async function updateChart(one: SweepCase, id: bigint): Promise<void> {
  const { consumer } = one.lane;
  const bytes = Buffer.from(await descriptorOfChart('bye'));
  const hash = contentHash(bytes);
  const { tx } = consumer.api;
  const note = (await isNoted(one, hash)) ? [] : [tx.preimage.notePreimage(`0x${bytes.toString('hex')}`)];
  await consumer.send(...note, tx.subscription.update(id, { hash_: hash, len: bytes.length, source: 'Preimage' }));
}

async function state(one: SweepCase, id: bigint): Promise<string | undefined> {
  return (await readSubscription(one.lane.consumer.api, id))?.state;
}

function becomes(one: SweepCase, id: bigint, wanted: string): Promise<void> {
  return one.until(`subscription ${id} is ${wanted}`, STAGE_S, async () => (await state(one, id)) === wanted);
}

async function deploymentOf(one: SweepCase, id: bigint): Promise<string> {
  let name = '';
  await one.until(`subscription ${id} has a Deployment`, STAGE_S, async () => {
    [name = ''] = await names(one, 'deployments.dinfra.io', [`--field-selector=spec.subscription=${id}`]);
    return name !== '';
  });
  return name;
}

async function isReady(one: SweepCase, name: string): Promise<void> {
  const template = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';
  await one.until(`${name} is Ready`, STAGE_S, async () => {
    return (await one.kubectl(['get', 'deployments.dinfra.io', name, '-o', template])) === 'True';
  });
}

async function saysAsTheChain(one: SweepCase, name: string, state: string): Promise<void> {
  await one.until(`${name} says ${state} as the chain does`, STAGE_S, async () => {
    return (await one.kubectl(['get', 'deployments.dinfra.io', name, '-o', 'jsonpath={.spec.state}'])) === state;
  });
}

async function names(one: SweepCase, resource: string, more: readonly string[] = []): Promise<string[]> {
  const template = 'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}';
  const text = await one.kubectl(['get', resource, ...more, '-o', template]);
  return text.split('\n').filter((line) => line !== '');
}

/** The tenant namespaces, by name. */
async function tenantNamespaces(one: SweepCase, all: readonly { readonly name: string }[]): Promise<string[]> {
  return (await names(one, 'namespaces')).filter((name) => all.some((tenure) => name.includes(tenure.name)));
}

/** The namespaces of the releases in a tenant's namespace, whatever the number of their revisions. */
async function releases(one: SweepCase, namespace: string): Promise<string[]> {
  const template = 'jsonpath={range .items[*]}{.metadata.namespace} {.metadata.labels.name}{"\\n"}{end}';
  const text = await one.kubectl(['-n', namespace, 'get', 'secrets', '-l', 'owner=helm', '-o', template]);
  const lines = text.split('\n').filter((line) => line !== '');
  return [...new Set(lines)].map((line) => line.split(' ')[0] ?? '');
}

function greeting(one: SweepCase, namespace: string): Promise<string> {
  return one.kubectl(['-n', namespace, 'get', 'configmap', 'greeting', '-o', 'jsonpath={.data.greeting}']);
}

async function pods(one: SweepCase, namespace: string): Promise<string[]> {
  return names(one, 'pods', ['-n', namespace]);
}

/** Name and state of each VM. */
function vms(one: SweepCase): string[] {
  return (one.cloud.books().accounts['dinfra']?.vms ?? []).map(({ name, state }) => `${name} ${state}`);
}

async function capacityUsed(one: SweepCase, provider: number): Promise<number> {
  const entries = await one.lane.consumer.api.query.provider.offers.entries(provider);
  return entries.reduce((sum, [, offer]) => sum + offer.unwrap().used.toNumber(), 0);
}
