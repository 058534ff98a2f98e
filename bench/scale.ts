import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorProcess } from '../dev/operator-process.ts';
import { GatedKubeconfig, HttpGate, type Passing } from '../test/support/http-gate.ts';
import { Market } from './market.ts';
import { median, metricSum, scaled } from './numbers.ts';
import type { Figure } from './report.ts';

const FEW = 1_000;
const MANY = 10_000;
/** Memory is looked at this long after the last work, in seconds: a garbage collection or two lie between. */
const CALM_S = Math.max(10, scaled(60));
const SAMPLES = 20;
const REST_S = 300;
const FILL_S = 3_600;
const START_S = 600;

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** The operator with nothing, a thousand and ten thousand live subscriptions, each with a VM that runs. */
export async function measure(say: (line: string) => void): Promise<readonly Figure[]> {
  const many = scaled(MANY);
  say('starting API server, chain, cloud and operator …');
  const market = await Market.open({ say, vms: many });
  try {
    let operator = await market.startOperator();
    const provider = await market.sell(2 * many);
    const model = await market.subscribe(provider);
    await market.untilActive(model);
    say('memory with one Deployment …');
    await market.untilIdle(START_S);
    const base = await residentMiB(operator);
    const sizes: { readonly deployments: number; readonly mib: number }[] = [];
    let started = { seconds: 0, blockedMs: 0 };
    let have = 0;
    for (const deployments of [scaled(FEW), many]) {
      say(`${deployments} subscriptions …`);
      await market.inject(provider, model, 100_000n + BigInt(have), deployments - have, 'Active');
      have = deployments;
      await market.untilCount('VMs run', deployments, FILL_S, async () => market.runningVms());
      await market.untilIdle(FILL_S);
      await market.stopOperator();
      say(`a new process with ${deployments} …`);
      const from = performance.now();
      operator = await market.startOperator();
      started = await untilNothingLeft(operator, deployments, from);
      say(`at rest with ${deployments} after ${Math.round(started.seconds)} s …`);
      sizes.push({ deployments, mib: await residentMiB(operator) });
    }
    const blockedMs = Math.max(started.blockedMs, await longestBlock(operator, () => market.wake()));
    await market.stopOperator();
    const rest = await restOf(market, many, say);
    const last = sizes.at(-1) ?? { deployments: Number.NaN, mib: Number.NaN };
    const resident = `resident memory of the process (VmRSS), median of ${SAMPLES} samples ${CALM_S} s after the last work`;
    return [
      {
        name: 'memory.base_mib',
        value: base,
        unit: 'MiB',
        runs: SAMPLES,
        bound: { atMost: 160 },
        method: `With a Provider, an Offer, a Reactor and one Deployment: ${resident}.`,
      },
      {
        name: 'memory.per_deployment_kib',
        value: ((last.mib - base) * 1024) / last.deployments,
        unit: 'KiB',
        runs: last.deployments,
        bound: { atMost: 30 },
        method: `What ${last.deployments} Deployments with running VMs take beyond the base, divided by their number; ${resident} of a process that found them all there.`,
      },
      ...sizes.map(({ deployments, mib }) => ({
        name: `memory.with_${deployments}_mib`,
        value: mib,
        unit: 'MiB',
        runs: SAMPLES,
        method: `With ${deployments} Deployments: ${resident}.`,
      })),
      {
        name: 'start.10k_seconds',
        value: started.seconds,
        unit: 's',
        runs: 1,
        bound: { atMost: 30 },
        method: `From the start of the process with ${many} live subscriptions until every Deployment was reconciled once and none waits or is worked on; chain, API server and cloud on the same machine.`,
      },
      {
        name: 'loop.blocked_ms_10k',
        value: blockedMs,
        unit: 'ms',
        runs: 1,
        bound: { atMost: 100 },
        method: `The longest delay of the event loop (perf_hooks.monitorEventLoopDelay, whose resolution of 10 ms is in it: nodejs_eventloop_lag_max_seconds) while a process starts with ${many} live subscriptions, and during a minute after in which the desired set is read anew.`,
      },
      ...rest,
    ];
  } finally {
    await market.close();
  }
}

/** Waits until every Deployment was reconciled and nothing waits; tells the longest block of the event loop meanwhile. */
async function untilNothingLeft(operator: OperatorProcess, deployments: number, from: number) {
  let blockedMs = 0;
  for (;;) {
    const page = await operator.metrics().catch(() => '');
    blockedMs = Math.max(blockedMs, lagMs(page));
    const done = metricSum(page, 'controller_runtime_reconcile_total', 'deployment');
    const waiting = metricSum(page, 'workqueue_depth') + metricSum(page, 'controller_runtime_active_workers');
    const seconds = (performance.now() - from) / 1_000;
    if (done >= deployments && waiting === 0) return { seconds, blockedMs };
    if (seconds > START_S)
      throw new Error(`${done} of ${deployments} reconciled and ${waiting} wait after ${START_S} s`);
    await sleep(500);
  }
}

async function longestBlock(operator: OperatorProcess, work: () => Promise<void>): Promise<number> {
  await operator.metrics();
  await work();
  let longest = 0;
  for (let second = 0; second < CALM_S; second++) {
    await sleep(1_000);
    longest = Math.max(longest, lagMs(await operator.metrics()));
  }
  return longest;
}

function lagMs(page: string): number {
  return metricSum(page, 'nodejs_eventloop_lag_max_seconds') * 1_000;
}

async function residentMiB({ pid }: OperatorProcess): Promise<number> {
  await sleep(CALM_S * 1_000);
  const samples: number[] = [];
  for (let index = 0; index < SAMPLES; index++) {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    samples.push(Number(line?.[1]) / 1024);
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
    const seconds = Math.max(CALM_S, scaled(REST_S));
    say(`counting requests for ${seconds} s of rest …`);
    asked.length = 0;
    await sleep(seconds * 1_000);
    const counted = asked.filter(({ url }) => !url.includes('/leases'));
    const writes = counted.filter(({ method }) => WRITES.has(method));
    for (const { method, url } of writes.slice(0, 5)) say(`a write at rest: ${method} ${url}`);
    const method = `requests to the API server during ${seconds} s in which nothing happened to ${deployments} Deployments with running VMs, seen by a proxy; renewals of the Lease left out.`;
    return [
      {
        name: 'rest.calls_per_object_hour',
        value: (counted.length / deployments) * (3_600 / seconds),
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
