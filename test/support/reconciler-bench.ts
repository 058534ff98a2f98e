import type { DeploymentSpec, DeploymentStatus } from '../../src/api/deployment.ts';
import { TEARDOWN_FINALIZER } from '../../src/api/labels.ts';
import { identityOf } from '../../src/award/identity.ts';
import type { Standing } from '../../src/award/source.ts';
import { Blueprints } from '../../src/blueprints/blueprints.ts';
import { DeploymentReconciler } from '../../src/controller/deployment/deployment-reconciler.ts';
import type { Orders } from '../../src/controller/deployment/orders.ts';
import { RetryableError } from '../../src/errors/dinfra-error.ts';
import type { Next } from '../../src/kube/queue/controller.ts';
import type { Observation, Order, Present, Reactor, Step } from '../../src/providers/port.ts';
import { deploymentFor } from './deployment-for.ts';
import { InMemoryDeployments } from './in-memory-deployments.ts';
import { ManualClock } from './manual-clock.ts';
import { type LogLine, recordingLogger } from './recording-logger.ts';

export const HASH = `0x${'11'.repeat(32)}`;

/** An order for the only tenure of the bench. */
export const ORDER: Order = {
  identity: identityOf({ genesis: `0x${'4e'.repeat(32)}`, subscription: 7n, tenure: 1 }),
  type: 'vm/v1',
  descriptor: { cpu: 1 },
  descriptorHash: HASH,
  consumer: '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty',
  accessKey: `0x${'22'.repeat(32)}`,
};

/** A workload that runs as ordered. */
export const UP: Present = {
  kind: 'Present',
  phase: 'Running',
  healthy: true,
  message: 'the VM is Running',
  differences: [],
  endpoints: [{ name: 'ssh', address: '192.0.2.4:22' }],
};

/** A backend with at most one VM for the tenure. Every answer can be replaced. */
export class FakeReactor implements Reactor {
  readonly kind: string;
  readonly types = new Set(['vm/v1']);
  /** The calls in order, without `check` and `observe`. */
  readonly steps: string[] = [];
  vm: Present | undefined;
  /** Called before every method with its name; it may throw or hang. */
  before: (method: string, signal: AbortSignal) => Promise<void> = async () => undefined;

  constructor(kind = 'cloud') {
    this.kind = kind;
  }

  async check(_order: Order, signal: AbortSignal): Promise<void> {
    await this.before('check', signal);
  }

  async observe(_identity: unknown, _order: unknown, _memo: unknown, signal: AbortSignal): Promise<Observation> {
    await this.before('observe', signal);
    return this.vm ?? { kind: 'Absent' };
  }

  create(_order: Order, _memo: unknown, signal: AbortSignal): Promise<Step> {
    return this.#step('create', signal, UP);
  }

  update(_order: Order, _found: Present, signal: AbortSignal): Promise<Step> {
    return this.#step('update', signal, UP);
  }

  stop(_identity: unknown, found: Present, signal: AbortSignal): Promise<Step> {
    return this.#step('stop', signal, { ...found, phase: 'Stopped', healthy: false });
  }

  start(_order: Order, _found: Present, signal: AbortSignal): Promise<Step> {
    return this.#step('start', signal, UP);
  }

  delete(_identity: unknown, _found: Present, signal: AbortSignal): Promise<Step> {
    return this.#step('delete', signal, undefined);
  }

  async listManaged() {
    return [];
  }

  async #step(method: string, signal: AbortSignal, after: Present | undefined): Promise<Step> {
    this.steps.push(method);
    await this.before(method, signal);
    this.vm = after;
    return { message: method, pollAfterMs: 1_000 };
  }
}

/** One Deployment with the operator's reconciler, on in-memory ports. */
export class ReconcilerBench {
  readonly cluster = new InMemoryDeployments();
  readonly clock = new ManualClock();
  readonly reactor = new FakeReactor();
  /** By name; `cloud` is the one in the Offer. */
  readonly reactors = new Map<string, FakeReactor>([['cloud', this.reactor]]);
  readonly events: { readonly type: string; readonly reason: string }[] = [];
  readonly hindrances: string[] = [];
  readonly lines: LogLine[] = [];
  /** How often a descriptor was validated, and how often an accepted one was read. */
  judged = 0;
  read = 0;
  standing: Standing = 'Live';
  /** Time limits of the work and of the status write after it, in milliseconds. */
  workMs = 5_000;
  writeMs = 10_000;
  orders: Orders = {
    accept: async (_deployment, ref, reactor, signal) => {
      this.judged += 1;
      await reactor.check(ORDER, signal);
      return { hash: ref.hash, schemaVersion: 3, contentRef: { name: `kept-${ref.hash.slice(2, 6)}` } };
    },
    accepted: async ({ spec }) => {
      this.read += 1;
      const record = { hash: spec.descriptor.hash, schemaVersion: 3, contentRef: { name: 'kept-1111' } };
      return { order: ORDER, record };
    },
  };
  readonly key: string;
  #reconciler: DeploymentReconciler;

  constructor(spec: Partial<DeploymentSpec> = {}, status: Partial<DeploymentStatus> = {}) {
    const deployment = deploymentFor(ORDER);
    this.key = `${deployment.metadata.namespace}/${deployment.metadata.name}`;
    this.cluster.put({
      ...deployment,
      metadata: { ...deployment.metadata, finalizers: [TEARDOWN_FINALIZER] },
      spec: {
        ...deployment.spec,
        descriptor: { hash: HASH, length: 10, source: 'Preimage' },
        reactorRef: { name: 'cloud' },
        ...spec,
      },
      status: { observedGeneration: -1, ...status },
    });
    this.#reconciler = this.#start();
  }

  get status(): DeploymentStatus {
    return this.cluster.now(this.key).status;
  }

  /** The conditions, as `status reason` by type. */
  get conditions(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      (this.status.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]),
    );
  }

  /** Restarts the process: everything in its memory is lost. */
  restart(): void {
    this.#reconciler = this.#start();
  }

  retryNow(): void {
    this.#reconciler.retryNow(this.key);
  }

  /** Reconciles once, with the deadlines of a controller. */
  async reconcile(kill = new AbortController().signal): Promise<Next> {
    const write = AbortSignal.any([kill, AbortSignal.timeout(this.writeMs)]);
    const work = AbortSignal.any([write, AbortSignal.timeout(this.workMs)]);
    return this.#reconciler.reconcile(this.key, work, recordingLogger(this.lines), write);
  }

  /** Reconciles like the queue, for `ms` milliseconds of the clock. */
  async live(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms;
    while (this.clock.monotonic() < end) {
      const before = this.cluster.now(this.key).metadata.resourceVersion;
      const next = await this.reconcile();
      const changed = this.cluster.now(this.key).metadata.resourceVersion !== before;
      await this.clock.advance(changed || !('requeueAfterMs' in next) ? 100 : next.requeueAfterMs);
    }
  }

  #start(): DeploymentReconciler {
    return new DeploymentReconciler({
      cluster: this.cluster,
      orders: {
        accept: (...asked) => this.orders.accept(...asked),
        accepted: (...asked) => this.orders.accepted(...asked),
      },
      reactors: {
        get: (_namespace, name) => {
          const reactor = this.reactors.get(name);
          if (reactor !== undefined) return reactor;
          throw new RetryableError('ReactorMissing', { message: `there is no Reactor ${name}` });
        },
        namesIn: () => [...this.reactors.keys()],
        offered: () => 'cloud',
      },
      standings: { standing: async () => this.standing },
      blueprints: new Blueprints(new Map()),
      events: { record: (_deployment, { type, reason }) => void this.events.push({ type, reason }) },
      metrics: {
        timed: (_kind, _verb, call) => call(),
        hindered: (reason) => void this.hindrances.push(reason),
        becameReady: () => undefined,
      },
      clock: this.clock,
      random: () => 0.5,
    });
  }
}
