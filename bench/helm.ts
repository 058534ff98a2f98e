import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { findBinaries } from '../dev/binaries.ts';
import { ControlPlane } from '../dev/control-plane.ts';
import { nextAction } from '../src/controller/deployment/next-action.ts';
import { MetadataWatches } from '../src/kube/cache/metadata-watches.ts';
import { Controller, done } from '../src/kube/queue/controller.ts';
import type { TenantCluster } from '../src/providers/helm/cluster.ts';
import { HelmReactor } from '../src/providers/helm/helm-reactor.ts';
import { HelmCommand } from '../src/providers/helm/release/helm-command.ts';
import type { Order } from '../src/providers/port.ts';
import { chartArchive, WEB_CHART } from '../test/support/chart-archives.ts';
import { HelmWorld, tenantCluster } from '../test/support/helm-world.ts';
import { childrenCpuSeconds, ownCpuSeconds, scaled } from './numbers.ts';
import { type Figure, rounded } from './report.ts';

/** Deployments of one chart at once. */
const SIZES = [100, 500];
/** Parallelism of the bare loop that is tried, with this many releases each. */
const PARALLELISM = [4, 8, 16];
const TRIED = 32;
/** What makes helm fast, and what ours has: without them it fetches and parses the API server's whole OpenAPI document. */
const FLAGS = '--no-hooks --server-side=true --force-conflicts --skip-crds --disable-openapi-validation --hide-notes';
/** How long the namespaces of one turn may take to go, in milliseconds. */
const GONE_MS = 600_000;
/** Reconciles at the same time: the operator's default. */
const CONCURRENCY = 10;
/** Helm processes at the same time: the operator's default. */
const HELMS = 8;
/** How often the operator looks at what rests, in milliseconds: its default. */
const RESYNC_MS = 60_000;
/** An hour of looking. */
const ROUNDS = 60;

/** CPU seconds used so far. */
interface Cpu {
  readonly operator: number;
  /** All children that have ended: helm, and the shell of the bare loop. */
  readonly helm: number;
  readonly apiServer: number;
}

/** What one turn of installs came to. */
interface Turn {
  readonly perSecond: number;
  /** CPU seconds for each release. */
  readonly cpu: Cpu;
}

/** The Helm reactor on a real control plane, in turns with a bare shell loop of the same chart. */
export async function measure(
  say: (line: string) => void,
  sizes: readonly number[] = SIZES.map((size) => scaled(size)),
): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'dinfra-bench-'));
  say('starting a control plane …');
  process.env['PATH'] = `${process.env['DINFRA_BIN'] ?? ''}${delimiter}${process.env['PATH'] ?? ''}`;
  const plane = await ControlPlane.start(folder, findBinaries());
  try {
    process.env['KUBECONFIG'] = plane.kubeconfig;
    const bench = new HelmBench(folder, say);
    return await bench.run(sizes);
  } finally {
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

class HelmBench {
  private readonly chart: string;
  private readonly say: (line: string) => void;
  private readonly apiServer = pidOf('kube-apiserver');
  private turns = 0;

  constructor(folder: string, say: (line: string) => void) {
    this.chart = join(folder, 'web.tgz');
    this.say = say;
  }

  async run(sizes: readonly number[]): Promise<readonly Figure[]> {
    writeFileSync(this.chart, await chartArchive(WEB_CHART));
    const parallel = await this.bestParallelism();
    const figures: Figure[] = [];
    const ratios: number[] = [];
    for (const size of sizes) {
      const bare = await this.bareLoop(size, parallel);
      const { turn, rest } = await this.ours(size, size === sizes[0]);
      ratios.push(turn.perSecond / bare.perSecond);
      this.say(`${size}: ${rounded(turn.perSecond)} releases/s, bare ${rounded(bare.perSecond)}`);
      figures.push(...figuresOf(size, parallel, bare, turn), ...rest);
    }
    return [
      ...figures,
      {
        name: 'helm.vs_bare_loop',
        value: Math.min(...ratios),
        unit: 'ratio',
        runs: sizes.length,
        bound: { atLeast: 0.9 },
        method: `Releases a second of the operator divided by those of the bare loop, which took turns in one run; the worst of ${sizes.join(' and ')} releases.`,
      },
    ];
  }

  private async bestParallelism(): Promise<number> {
    let best = { parallel: 1, perSecond: 0 };
    for (const parallel of PARALLELISM) {
      const { perSecond } = await this.bareLoop(TRIED, parallel);
      if (perSecond > best.perSecond) best = { parallel, perSecond };
    }
    this.say(`the bare loop is fastest with ${best.parallel} at a time`);
    return best.parallel;
  }

  /** What somebody without an operator would write. */
  private async bareLoop(size: number, parallel: number): Promise<Turn> {
    this.turns += 1;
    const name = `bare-${this.turns}-{}`;
    this.say(`${size} releases by a bare loop, ${parallel} at a time …`);
    const turn = await this.timed(size, async () => {
      const script = `seq ${size} | xargs -P ${parallel} -I{} helm upgrade --install ${name} ${this.chart} --namespace ${name} --create-namespace ${FLAGS}`;
      await execa('sh', ['-c', script], { stdout: 'ignore' });
    });
    const prefix = name.replace('{}', '');
    const names = Array.from({ length: size }, (_, index) => `${prefix}${index + 1}`);
    await execa('kubectl', ['delete', 'namespace', '--wait=true', ...names], { stdout: 'ignore' });
    return turn;
  }

  private async ours(size: number, withRest: boolean): Promise<{ turn: Turn; rest: readonly Figure[] }> {
    let requests = 0;
    const clock = { ms: 0 };
    const helm = new HelmCommand({ concurrency: HELMS });
    const tenants = await tenantCluster(undefined, {
      onReply: () => {
        requests += 1;
      },
    });
    const watches = new MetadataWatches(tenants.operator);
    const cluster: TenantCluster = { ...tenants, follow: (...call) => watches.follow(...call) };
    const world = await HelmWorld.open(tenants);
    const now = () => performance.now() + clock.ms;
    const reactor = new HelmReactor({ config: {}, owner: 'default', cluster, helm, now });
    try {
      const orders = await Promise.all(Array.from({ length: size }, () => world.web()));
      this.say(`${size} releases by the operator …`);
      let shared = 0;
      const turn = await this.timed(size, async () => {
        for (const order of orders.slice(0, 1)) await reactor.check(order, world.signal);
        shared = helm.processes;
        await realise(reactor, orders);
      });
      const perInstall = (helm.processes - shared) / size;
      const method = `${size} tenures of one chart`;
      const figures: Figure[] = [];
      if (withRest) {
        this.say('waiting until all are up, then an hour at rest …');
        for (const order of orders) await world.settle(reactor, order);
        for (const order of orders) await world.observe(reactor, order);
        const before = { requests, processes: helm.processes };
        for (let round = 0; round < ROUNDS; round++) {
          clock.ms += RESYNC_MS;
          for (const order of orders) {
            const found = await world.observe(reactor, order);
            if (found.kind !== 'Present' || !found.healthy || found.differences.length > 0) {
              throw new Error(`${order.identity.name} was to rest: ${JSON.stringify(found)}`);
            }
          }
        }
        figures.push(
          {
            name: 'helm.processes_per_install',
            value: perInstall,
            unit: 'processes',
            runs: size,
            bound: { atMost: 1 },
            method: `Helm processes for ${method}, divided by ${size}; beside them ${shared} for all: one that renders the chart, one that says its version.`,
          },
          {
            name: 'helm.processes_at_rest',
            value: helm.processes - before.processes,
            unit: 'processes',
            runs: size,
            bound: { atMost: 0 },
            method: `Helm processes while ${method} at rest are each looked at every ${RESYNC_MS / 1_000} s for an hour of a clock that is moved on.`,
          },
          {
            name: 'helm.rest_requests_per_chart_hour',
            value: (requests - before.requests) / size,
            unit: 'requests/chart/h',
            runs: size,
            method: `API requests while ${method}, of three objects each, are looked at every ${RESYNC_MS / 1_000} s for an hour of a clock that is moved on, divided by ${size}.`,
          },
        );
      }
      return { turn, rest: figures };
    } finally {
      await reactor.close();
      await removeAll(world);
    }
  }

  private async timed(size: number, work: () => Promise<unknown>): Promise<Turn> {
    const before = this.cpu();
    const started = performance.now();
    await work();
    const seconds = (performance.now() - started) / 1_000;
    const after = this.cpu();
    const each = (part: keyof Cpu) => (after[part] - before[part]) / size;
    return {
      perSecond: size / seconds,
      cpu: { operator: each('operator'), helm: each('helm'), apiServer: each('apiServer') },
    };
  }

  private cpu(): Cpu {
    const { user, system } = process.cpuUsage();
    return {
      operator: (user + system) / 1e6,
      helm: childrenCpuSeconds(),
      apiServer: ownCpuSeconds(this.apiServer),
    };
  }
}

/** Returns when all namespaces are gone: removing them would take from the next turn. */
async function removeAll(world: HelmWorld): Promise<void> {
  const names = (await world.namespaces()).map(({ metadata }) => metadata.name);
  if (names.length > 0) {
    const args = ['delete', 'namespace', '--wait=true', `--timeout=${GONE_MS / 1_000}s`, ...names];
    await execa('kubectl', args, { stdout: 'ignore' });
  }
  await world.close();
}

/** What the controller does, until the release of every tenure is installed. */
async function realise(reactor: HelmReactor, orders: readonly Order[]): Promise<void> {
  const byName = new Map(orders.map((order) => [order.identity.name, order]));
  const installed = new Set<string>();
  const stop = new AbortController();
  const controller = new Controller({
    name: 'bench',
    concurrency: CONCURRENCY,
    reconcile: async (key, signal) => {
      const order = byName.get(key);
      if (order === undefined) return done;
      await reactor.check(order, signal);
      const found = await reactor.observe(order.identity, order, undefined, signal);
      const action = nextAction({
        wanted: 'Accepted',
        order: { kind: 'Realisable' },
        found,
        intent: undefined,
      });
      if (action.do === 'create') {
        const step = await reactor.create(order, undefined, signal);
        installed.add(key);
        if (installed.size === orders.length) stop.abort();
        return { requeueAfterMs: step.pollAfterMs };
      }
      if (action.do === 'update') await reactor.update(order, action.found, signal);
      return done;
    },
  });
  for (const key of byName.keys()) controller.enqueue(key);
  await controller.run(stop.signal, []);
  if (installed.size < orders.length) throw new Error(`only ${installed.size} of ${orders.length} were installed`);
}

function figuresOf(size: number, parallel: number, bare: Turn, turn: Turn): readonly Figure[] {
  const chart = 'a chart of a Deployment, a Service and a ConfigMap';
  const cpu = (name: string, value: number, what: string): Figure => ({
    name: `helm.${name}_${size}`,
    value,
    unit: 'CPU s/release',
    runs: size,
    method: `CPU seconds of ${what}, divided by ${size} releases of ${chart}.`,
  });
  const total = ({ operator, helm, apiServer }: Cpu) => operator + helm + apiServer;
  return [
    {
      name: `helm.releases_per_second_${size}`,
      value: turn.perSecond,
      unit: 'releases/s',
      runs: size,
      method: `${size} tenures of ${chart} on a real control plane with ${CONCURRENCY} workers and ${HELMS} helm processes at once: checked, confined in a namespace of their own and installed, by the Helm reactor and the controller’s queue; statuses of Deployments are not written.`,
    },
    {
      name: `helm.bare_releases_per_second_${size}`,
      value: bare.perSecond,
      unit: 'releases/s',
      runs: size,
      method: `${size} times helm upgrade --install --create-namespace ${FLAGS} of the same chart in a shell loop, ${parallel} at a time (the fastest of ${PARALLELISM.join(', ')}), on the same control plane; nothing confines these releases.`,
    },
    cpu('cpu_seconds', total(turn.cpu), 'operator, helm and API server'),
    cpu('cpu_seconds_operator', turn.cpu.operator, 'the operator alone'),
    cpu('cpu_seconds_helm', turn.cpu.helm, 'helm alone'),
    cpu('cpu_seconds_api_server', turn.cpu.apiServer, 'the API server alone'),
    cpu('bare_cpu_seconds', bare.cpu.helm + bare.cpu.apiServer, 'helm and API server in the bare loop'),
  ];
}

/** The process of that name that this one has started last. */
function pidOf(name: string): number {
  const lines = execFileSync('ps', ['-eo', 'pid,ppid,comm'], { encoding: 'utf8' }).split('\n');
  const own = lines.map((line) => line.trim().split(/\s+/)).filter(([, parent]) => parent === `${process.pid}`);
  const pid = own.findLast(([, , command]) => command !== undefined && name.startsWith(command))?.[0];
  if (pid === undefined) throw new Error(`no ${name} was started by this process`);
  return Number(pid);
}
