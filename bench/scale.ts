import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorProcess } from '../dev/operator-process.ts';
import { GatedKubeconfig, HttpGate, type Passing } from '../test/support/http-gate.ts';
import { Market } from './market.ts';
import { median, metricSum, residentMiB, scaled, untilMachineIsFree } from './numbers.ts';
import type { Figure } from './report.ts';

const SIZES = [1_000, 10_000];
/** Memory is looked at this long after the last work, in seconds: a garbage collection or two lie between. */
const CALM_S = Math.max(10, scaled(60));
const SAMPLES = 20;
const REST_S = Math.max(60, scaled(300));
const START_S = 600;

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** How a process started that found so many Deployments. */
interface Start {
  readonly seconds: number;
  /** The longest block of the event loop, in milliseconds. */
  readonly blockedMs: number;
}

/**
 * The operator with nothing, and with thousands of live subscriptions, each with a VM that runs. One of them was made by the
 * operator, the others are copies of it: on chain, in the cloud and in the cluster.
 */
export async function measure(
  say: (line: string) => void,
  sizes: readonly number[] = SIZES.map(scaled),
): Promise<readonly Figure[]> {
  const most = Math.max(...sizes);
  say('starting API server, chain, cloud and operator …');
  const market = await Market.open({ say, vms: most });
  try {
    let operator = await market.startOperator();
    const provider = await market.sell(2 * most);
    say('memory without a Deployment …');
    await market.untilIdle(START_S);
    const base = await calmMiB(operator);
    const id = await market.subscribe(provider);
    await market.untilActive(id);
    await market.untilIdle(START_S);
    const original = { id, model: await market.modelOf(provider, id) };
    const figures = [baseFigure(base)];
    let have = 0;
    for (const deployments of sizes) {
      say(`${deployments} subscriptions …`);
      await market.stopOperator();
      await market.copyRunning(provider, original, 100_000n + BigInt(have), deployments - have);
      have = deployments;
      await untilMachineIsFree(`${deployments}`, say);
      say(`a new process with ${deployments} …`);
      const from = performance.now();
      operator = await market.startOperator();
      const started = await untilNothingLeft(operator, deployments, from);
      say(`nothing left with ${deployments} after ${started.seconds.toFixed(1)} s; memory at rest …`);
      const mib = await calmMiB(operator);
      const blockedMs = Math.max(started.blockedMs, await longestBlock(operator, () => market.wake()));
      figures.push(...figuresOf(deployments, { ...started, blockedMs }, mib, base));
    }
    await market.stopOperator();
    return [...figures, ...(await restOf(market, have, say))];
  } finally {
    await market.close();
  }
}

function baseFigure(value: number): Figure {
  return {
    name: 'memory.base_mib',
    value,
    unit: 'MiB',
    runs: SAMPLES,
    bound: { atMost: 160 },
    method: `The process of the bundle with a Provider, an Offer and a Reactor, connected to the chain and without a Deployment: ${RESIDENT}.`,
  };
}

const RESIDENT = `resident memory (VmRSS), median of ${SAMPLES} samples ${CALM_S} s after the last work`;

/** `10k` for ten thousand. */
function nameOf(deployments: number): string {
  return deployments >= 1_000 && deployments % 1_000 === 0 ? `${deployments / 1_000}k` : `${deployments}`;
}

function figuresOf(deployments: number, { seconds, blockedMs }: Start, mib: number, base: number): readonly Figure[] {
  const size = nameOf(deployments);
  const isWhole = deployments >= 10_000;
  return [
    {
      name: `memory.with_${size}_mib`,
      value: mib,
      unit: 'MiB',
      runs: SAMPLES,
      method: `A process that found ${deployments} Deployments with running VMs when it started: ${RESIDENT}.`,
    },
    {
      name: isWhole ? 'memory.per_deployment_kib' : `memory.per_deployment_of_${size}_kib`,
      value: ((mib - base) * 1024) / deployments,
      unit: 'KiB',
      runs: deployments,
      ...(isWhole && { bound: { atMost: 30 } }),
      method: `What ${deployments} Deployments take beyond the base, divided by their number.`,
    },
    {
      name: `start.${size}_seconds`,
      value: seconds,
      unit: 's',
      runs: 1,
      ...(isWhole && { bound: { atMost: 30 } }),
      method: `From the start of the process with ${deployments} live subscriptions until the source was compared, every Deployment was observed in the cloud, and none waits or is worked on; chain, API server and cloud on the same machine.`,
    },
    {
      name: `loop.blocked_ms_${size}`,
      value: blockedMs,
      unit: 'ms',
      runs: 1,
      ...(isWhole && { bound: { atMost: 100 } }),
      method: `The longest delay of the event loop (perf_hooks.monitorEventLoopDelay, whose resolution of 10 ms is in it: nodejs_eventloop_lag_max_seconds) while a process starts with ${deployments} live subscriptions, from its first scrape on, and during ${CALM_S} s after, in which the desired set is read anew.`,
    },
  ];
}

/** Waits until the source was compared, every Deployment was observed and nothing waits. */
async function untilNothingLeft(operator: OperatorProcess, deployments: number, from: number): Promise<Start> {
  let blockedMs = 0;
  for (;;) {
    const page = await operator.metrics().catch(() => '');
    blockedMs = Math.max(blockedMs, lagMs(page));
    const compared = metricSum(page, 'dinfra_bridge_comparisons_total', 'result="success"');
    const observed = metricSum(page, 'dinfra_reactor_call_seconds_count', 'method="observe"');
    const waiting = metricSum(page, 'workqueue_depth') + metricSum(page, 'controller_runtime_active_workers');
    const seconds = (performance.now() - from) / 1_000;
    if (compared > 0 && observed >= deployments && waiting === 0) return { seconds, blockedMs };
    if (seconds > START_S)
      throw new Error(
        `${compared} comparisons, ${observed} of ${deployments} observed and ${waiting} wait after ${START_S} s`,
      );
    await sleep(500);
  }
}

async function longestBlock(operator: OperatorProcess, work: () => Promise<void>): Promise<number> {
  await operator.metrics();
  await work();
  let longest = 0;
  for (let second = 0; second < CALM_S; second++) {
    await sleep(1_000);
    longest = Math.max(longest, lagMs(await operator.metrics().catch(() => '')));
  }
  return longest;
}

function lagMs(page: string): number {
  return metricSum(page, 'nodejs_eventloop_lag_max_seconds') * 1_000;
}

async function calmMiB({ pid }: OperatorProcess): Promise<number> {
  await sleep(CALM_S * 1_000);
  const samples: number[] = [];
  for (let index = 0; index < SAMPLES; index++) {
    samples.push(residentMiB(pid));
    await sleep(500);
  }
  return median(samples);
}

/** What the operator asks of the API server while nothing happens, seen by a proxy between them. */
async function restOf(market: Market, deployments: number, say: (line: string) => void): Promise<Figure[]> {
  const kubeconfig = new GatedKubeconfig(market.operatorKubeconfig);
  const asked: Passing[] = [];
  const gate = await HttpGate.open({
    target: kubeconfig.target,
    effectOf: () => undefined,
    carry: async () => undefined,
    onRequest: (request) => asked.push(request),
  });
  try {
    const path = join(market.environment.folder, 'counted-kubeconfig');
    kubeconfig.write(path, gate);
    const operator = await market.startOperator(path);
    await untilNothingLeft(operator, deployments, performance.now());
    await sleep(CALM_S * 1_000);
    say(`counting requests for ${REST_S} s of rest …`);
    asked.length = 0;
    await sleep(REST_S * 1_000);
    const counted = asked.filter(({ url }) => !url.includes('/leases'));
    const writes = counted.filter(({ method }) => WRITES.has(method));
    for (const { method, url } of writes.slice(0, 5)) say(`a write at rest: ${method} ${url}`);
    const method = `requests to the API server during ${REST_S} s in which nothing happened to ${deployments} Deployments with running VMs, seen by a proxy; renewals of the Lease left out.`;
    return [
      {
        name: 'rest.calls_per_object_hour',
        value: (counted.length / deployments) * (3_600 / REST_S),
        unit: 'calls/Deployment/h',
        runs: deployments,
        method: `All ${method}`,
      },
      {
        name: 'rest.writes',
        value: writes.length,
        unit: 'writes',
        runs: deployments,
        bound: { atMost: 0 },
        method: `Writing ${method}`,
      },
    ];
  } finally {
    await gate.close();
  }
}
