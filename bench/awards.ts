import pLimit from 'p-limit';
import type { ApiObject } from './api-server.ts';
import { Market, type Model } from './market.ts';
import { median, percentile, scaled } from './numbers.ts';
import type { Figure } from './report.ts';

const ROUNDS = 3;
const BURST = 300;
/** Requests in flight of the bare loop; the best of them counts. */
const BARE_PARALLEL = [8, 32];
const SINGLE = 50;
const MISSED_BLOCKS = 600;
const SETTLE_S = 600;

const GROUP = '/apis/dinfra.io/v1alpha1';

/** From a finalised award to the objects that mirror it. */
export async function measure(say: (line: string) => void): Promise<readonly Figure[]> {
  say('starting API server, chain, cloud and operator …');
  const market = await Market.open({ say, vms: scaled(BURST) * ROUNDS + SINGLE });
  try {
    await market.startOperator();
    const provider = await market.sell(100_000);
    const first = await market.subscribe(provider);
    await market.until('the first award is mirrored', 60, async () => (await countOf(market, 'deployments')) === 1);
    const model = await market.modelOf(provider, first);
    const visible = await visibleAfter(market, provider, say);
    const bursts = await burstsAgainstBare(market, provider, model, say);
    return [...visible, ...bursts, await catchUp(market, provider, say)];
  } finally {
    await market.close();
  }
}

function countOf(market: Market, plural: string): Promise<number> {
  return market.api.count(`${GROUP}/namespaces/${market.namespace}/${plural}`);
}

/** Single awards, one block each: how long after a block is final its Deployment can be seen. */
async function visibleAfter(market: Market, provider: number, say: (line: string) => void): Promise<Figure[]> {
  const count = scaled(SINGLE);
  say(`${count} awards, one at a time …`);
  const over = new AbortController();
  const seen = new Map<string, number>();
  const path = `${GROUP}/namespaces/${market.namespace}/deployments`;
  await market.api.watch(path, ({ spec }) => seen.set(subscriptionOf(spec), performance.now()), over.signal);
  const awarded = new Map<string, number>();
  const { api } = market.consumer;
  const stop = await api.rpc.chain.subscribeFinalizedHeads((head) => {
    const at = performance.now();
    void api
      .at(head.hash)
      .then((then) => then.query.system.events())
      .then((events) => {
        for (const { event } of events) {
          if (api.events.subscription.Awarded.is(event)) awarded.set(event.data.id.toString(), at);
        }
      });
  });
  const milliseconds: number[] = [];
  for (let index = 0; index < count; index++) {
    const id = `${await market.subscribe(provider)}`;
    await market.until(`subscription ${id} is mirrored`, 60, async () => seen.has(id) && awarded.has(id));
    milliseconds.push((seen.get(id) ?? Number.NaN) - (awarded.get(id) ?? Number.NaN));
  }
  stop();
  over.abort();
  const method = `${count} awards, one a block: from the notice of the finalised block to the Deployment on a watch of the API server, both in the process that measures.`;
  return [
    { name: 'award.visible_p50_ms', value: median(milliseconds), unit: 'ms', runs: count, method },
    { name: 'award.visible_p99_ms', value: percentile(milliseconds, 0.99), unit: 'ms', runs: count, method },
  ];
}

function subscriptionOf(spec: unknown): string {
  return String((spec as { readonly subscription?: unknown }).subscription);
}

/** Bursts of awards and a bare loop that creates copies of the same objects take turns. */
async function burstsAgainstBare(
  market: Market,
  provider: number,
  model: Model,
  say: (line: string) => void,
): Promise<Figure[]> {
  const burst = scaled(BURST);
  const ours: number[] = [];
  const bare: number[] = [];
  const mirrorCpu: number[] = [];
  const wholeCpu: number[] = [];
  let settled = scaled(SINGLE) + 1;
  await market.untilRunning(settled, SETTLE_S);
  await market.environment.kubectl(['create', 'namespace', 'bare']);
  for (let round = 0; round < ROUNDS; round++) {
    say(`round ${round + 1} of ${ROUNDS}: a burst of ${burst} awards …`);
    const first = 10_000n * BigInt(round + 1);
    const before = market.operatorCpuSeconds();
    const made = await rateOf(market, market.namespace, burst, async () => {
      await market.inject(provider, model, first, burst, 'Awarded');
    });
    ours.push(made.perSecond);
    mirrorCpu.push(((market.operatorCpuSeconds() - before) / burst) * 1_000);
    settled += burst;
    await market.untilRunning(settled, SETTLE_S);
    wholeCpu.push(((market.operatorCpuSeconds() - before) / burst) * 1_000);
    say(`round ${round + 1} of ${ROUNDS}: the same objects by a bare loop …`);
    const rates: number[] = [];
    for (const parallel of BARE_PARALLEL) {
      const copies = made.objects.map((object) => copyOf(object, `r${round}p${parallel}`));
      const { perSecond } = await rateOf(market, 'bare', burst, () => createAll(market, copies, parallel));
      rates.push(perSecond);
    }
    bare.push(Math.max(...rates));
    const both = `${Math.round(made.perSecond)} objects/s, bare ${rates.map(Math.round).join(' and ')}`;
    say(`round ${round + 1} of ${ROUNDS}: ${both}`);
  }
  const objects = `Subscription and Deployment of ${burst} awards`;
  const rate = `from the first to the last of them on watches of the API server; ${ROUNDS} rounds, bursts and loop in turn, medians`;
  return [
    {
      name: 'awards.vs_bare_create',
      value: median(ours) / median(bare),
      unit: 'ratio',
      runs: ROUNDS,
      bound: { atLeast: 0.8 },
      method: `Objects a second: ${objects}, mirrored by the whole operator while it already works on them, divided by a loop that only creates copies of them with ${BARE_PARALLEL.join(' or ')} requests in flight, whichever is faster; ${rate}. The awards are written into the chain's storage.`,
    },
    {
      name: 'awards.created_per_second',
      value: median(ours),
      unit: 'objects/s',
      runs: ROUNDS,
      method: `${objects}, ${rate}.`,
    },
    {
      name: 'awards.bare_created_per_second',
      value: median(bare),
      unit: 'objects/s',
      runs: ROUNDS,
      method: `Copies of the same objects by the bare loop, ${rate}.`,
    },
    {
      name: 'awards.cpu_ms_to_mirrored',
      value: median(mirrorCpu),
      unit: 'CPU ms/award',
      runs: ROUNDS,
      method: `CPU time of the operator from the injection of ${burst} awards until all their objects are there, reading the desired set included, divided by ${burst}; median of ${ROUNDS}.`,
    },
    {
      name: 'awards.cpu_ms_to_rest',
      value: median(wholeCpu),
      unit: 'CPU ms/award',
      runs: ROUNDS,
      method: `The same until nothing is left to do: accepted, the VM made and observed, the chain told.`,
    },
  ];
}

/** Objects a second from the first to the last of `awards` Deployments and their Subscriptions. */
async function rateOf(market: Market, namespace: string, awards: number, work: () => Promise<void>) {
  const over = new AbortController();
  const objects: ApiObject[] = [];
  let first = 0;
  let last = 0;
  const onAdded = (object: ApiObject) => {
    last = performance.now();
    if (objects.length === 0) first = last;
    objects.push(object);
  };
  for (const plural of ['deployments', 'subscriptions']) {
    await market.api.watch(`${GROUP}/namespaces/${namespace}/${plural}`, onAdded, over.signal);
  }
  await work();
  await market.untilCount('objects are there', awards * 2, SETTLE_S, async () => objects.length);
  over.abort();
  return { perSecond: (objects.length - 1) / ((last - first) / 1_000), objects };
}

function copyOf({ apiVersion, kind, metadata, spec }: ApiObject, suffix: string): ApiObject {
  const { name, labels } = metadata;
  return { apiVersion, kind, metadata: { name: `${name}-${suffix}`, namespace: 'bare', labels }, spec };
}

async function createAll(market: Market, objects: readonly ApiObject[], parallel: number): Promise<void> {
  const limit = pLimit(parallel);
  await Promise.all(
    objects.map((object) =>
      limit(() => market.api.create(`${GROUP}/namespaces/bare/${object.kind.toLowerCase()}s`, object)),
    ),
  );
}

/** Blocks go by while no operator runs; the last of them has an award. */
async function catchUp(market: Market, provider: number, say: (line: string) => void): Promise<Figure> {
  const blocks = scaled(MISSED_BLOCKS);
  say(`${blocks} blocks while no operator runs …`);
  await market.stopOperator();
  await market.environment.chain.build(blocks);
  const id = await market.subscribe(provider);
  const started = performance.now();
  await market.startOperator();
  await market.until('the last award is mirrored', 120, () => market.isMirrored(id));
  const seconds = (performance.now() - started) / 1_000;
  return {
    name: 'catchup.blocks_per_second',
    value: blocks / seconds,
    unit: 'blocks/s',
    runs: 1,
    method: `${blocks} blocks went by while no operator ran: from the start of the process, which is part of it, to the award of the last block being mirrored. States are compared, not blocks replayed: twice the blocks take the same time.`,
  };
}
