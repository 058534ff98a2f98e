import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { findBinaries } from '../dev/binaries.ts';
import { identityOf } from '../src/award/identity.ts';
import { SchemaChecker } from '../src/descriptors/schema/schema-checker.ts';
import { DinfraError } from '../src/errors/dinfra-error.ts';
import type { TenantCluster } from '../src/providers/helm/cluster.ts';
import { HelmReactor } from '../src/providers/helm/helm-reactor.ts';
import { HelmCommand } from '../src/providers/helm/release/helm-command.ts';
import type { Order } from '../src/providers/port.ts';
import { chartArchive, WEB_CHART } from '../test/support/chart-archives.ts';
import type { Figure } from './report.ts';

const HOSTILE = 200;
const CONSUMERS = 10;
const RETRY_MS = 50;
const RESOLUTION_MS = 5;
const { signal } = new AbortController();

/**
 * Has two hundred hostile descriptors of ten consumers judged at once: charts that break a rule, that are slow to parse, to
 * render or to inspect, and schemas that backtrack. Meanwhile an honest one comes.
 */
export async function measure(say: (line: string) => void): Promise<readonly Figure[]> {
  const reactor = new HelmReactor({
    config: {},
    owner: 'bench',
    helm: new HelmCommand({ command: findBinaries().helm }),
    cluster: withoutCluster(),
    patienceMs: 1_000,
  });
  const schemas = new SchemaChecker();
  try {
    const charts = await hostileCharts();
    const orders = await Promise.all(
      Array.from({ length: HOSTILE }, (_, index) => orderOf(charts[index % charts.length] ?? {}, index % CONSUMERS)),
    );
    const honest = await orderOf(WEB_CHART, CONSUMERS);
    // What a process does once is not what is measured.
    await judge(reactor, await orderOf(WEB_CHART, CONSUMERS + 1));
    say(`${HOSTILE} hostile charts of ${CONSUMERS} consumers …`);
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    delay.enable();
    const all = Promise.all([
      ...orders.map((order) => judge(reactor, order)),
      ...backtracking().map((question) => schemas.check(question, signal)),
    ]);
    const began = performance.now();
    if (!(await judge(reactor, honest))) throw new Error('the honest chart was refused');
    const honestMs = performance.now() - began;
    const passed = (await all).filter((outcome) => outcome === true).length;
    delay.disable();
    return [
      {
        name: 'loop.blocked_ms_hostile',
        value: delay.max / 1e6 - RESOLUTION_MS,
        unit: 'ms',
        runs: HOSTILE,
        method: `The longest time the event loop did not turn while ${HOSTILE} hostile charts of ${CONSUMERS} consumers and ${backtracking().length} backtracking schemas were judged by one process, with the real helm on the same machine.`,
        bound: { atMost: 50 },
      },
      {
        name: 'hostile.honest_delay_ms',
        value: honestMs,
        unit: 'ms',
        runs: 1,
        method: `From the order to the verdict on an honest chart that comes right after the ${HOSTILE} hostile ones.`,
        bound: { atMost: 2_000 },
      },
      {
        name: 'hostile.charts_passed',
        value: passed,
        unit: 'charts',
        runs: HOSTILE,
        method: 'Hostile charts that were judged fit to be installed; the API server has the last word on these.',
      },
    ];
  } finally {
    await reactor.close();
    await schemas.close();
  }
}

/** True when a chart is judged fit; false when it is refused. Waits while it is pending, as the controller does. */
async function judge(reactor: HelmReactor, order: Order): Promise<boolean> {
  for (;;) {
    try {
      await reactor.check(order, signal);
      return true;
    } catch (error) {
      if (!(error instanceof DinfraError)) throw error;
      if (error.code !== 'ChartPending') return false;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** The attacks of test/hostile, and what is slow. */
async function hostileCharts(): Promise<readonly Readonly<Record<string, string>>[]> {
  const folder = new URL('../test/hostile/attacks/', import.meta.url);
  const objects = readdirSync(folder).map((name) => readFileSync(new URL(`${name}/object.yaml`, folder), 'utf8'));
  const slow = [
    { 'templates/a.yaml': '{{ range until 2000000000 }}x{{ end }}' },
    { 'templates/a.yaml': `{{ range until 9000 }}k{{ . }}: {a: 1, b: [1, 2, 3]}\n{{ end }}` },
    { 'templates/a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: ${'[,'.repeat(20_000)}}` },
    { 'Chart.yaml': '\t'.repeat(60_000), 'templates/a.yaml': '' },
    { 'values.schema.json': JSON.stringify({ $ref: 'http://127.0.0.1/' }), 'templates/a.yaml': '' },
    { 'templates/noise.txt': randomBytes(1_000_000).toString('base64'), 'templates/a.yaml': '' },
  ];
  return [...objects.map((object) => ({ 'templates/attack.yaml': object })), ...slow, ...slow];
}

/** Schemas whose patterns take for ever in an engine that backtracks, with text that makes them. */
function backtracking() {
  return Array.from({ length: 20 }, (_, index) => ({
    type: 'hostile/v1',
    schema: JSON.stringify({ type: 'string', pattern: `^(a+)+${index}$` }),
    descriptor: JSON.stringify('a'.repeat(30_000)),
  }));
}

let orders = 0n;

/** Each order is another descriptor, so that no verdict is known. */
async function orderOf(files: Readonly<Record<string, string>>, consumer: number): Promise<Order> {
  orders += 1n;
  const archive = (await chartArchive(files)).toString('base64');
  const descriptor = { chart: { archive }, values: { order: String(orders) } };
  const descriptorHash = `0x${createHash('sha256').update(JSON.stringify(descriptor)).digest('hex')}`;
  return {
    identity: identityOf({ genesis: `0x${'0'.repeat(64)}`, subscription: orders, tenure: 1 }),
    type: 'helm/v1',
    descriptor,
    descriptorHash,
    consumer: `consumer ${consumer}`,
    accessKey: `0x${'00'.repeat(32)}`,
  };
}

/** Judging needs nothing of a cluster but its version. */
function withoutCluster(): TenantCluster {
  const refuse = async () => {
    throw new Error('judging a chart asks the cluster for nothing');
  };
  const cluster = { find: refuse, list: refuse, create: refuse, apply: refuse, mergePatch: refuse, delete: refuse };
  return {
    operator: { ...cluster, request: async () => ({ gitVersion: 'v1.36.0' }) },
    as: () => ({ ...cluster, request: refuse }),
    server: 'https://127.0.0.1:1',
    ca: undefined,
    serverName: undefined,
    insecure: false,
    proxyUrl: undefined,
  };
}
