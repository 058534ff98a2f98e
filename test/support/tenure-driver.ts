import { TEARDOWN_FINALIZER } from '../../src/api/labels.ts';
import type { TenureState } from '../../src/award/award.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { blueprints } from '../../src/blueprints/registry.ts';
import { DeploymentReconciler } from '../../src/controller/deployment/deployment-reconciler.ts';
import type { Orders } from '../../src/controller/deployment/orders.ts';
import { DinfraError, findDinfraError, RetryableError } from '../../src/errors/dinfra-error.ts';
import { keyOf } from '../../src/kube/client/resource-type.ts';
import type { Memo, Observation, Order, Present, Reactor, Step } from '../../src/providers/port.ts';
import { deploymentFor } from './deployment-for.ts';
import { InMemoryDeployments } from './in-memory-deployments.ts';

/** The driver's clock. */
export interface PassingTime {
  /** Unix milliseconds. */
  now(): number;
  /** Lets `ms` milliseconds pass: in real time, or by moving a clock. */
  pass(ms: number): Promise<void>;
}

/** The result of a reconcile: the part that tests check. */
export interface ReconcileResult {
  /** The method of the reactor that was called, or the state in the status. */
  readonly action: string;
  readonly found: Observation | undefined;
  readonly step: Step | undefined;
  readonly error: DinfraError | undefined;
}

/** Backoff after a failure, in milliseconds, unless the backend requests another one. */
const RETRY_MS = 1_000;
const FINAL_RETRY_MS = 60_000;

/**
 * Realises one tenure with the operator's own DeploymentReconciler, on an in-memory cluster. Only the cluster survives a
 * crash: another driver with the same cluster is the restarted operator.
 */
export class TenureDriver {
  /** Every reconcile so far. */
  readonly results: ReconcileResult[] = [];
  readonly cluster: InMemoryDeployments;
  readonly #reactor: Reactor;
  readonly #time: PassingTime;
  readonly #key: string;
  readonly #reconciler: DeploymentReconciler;
  #order: Order;
  /** The calls to the reactor in this reconcile, and their results. */
  #calls: Call[] = [];

  constructor(
    reactor: Reactor,
    order: Order,
    time: PassingTime,
    wanted: TenureState = 'Accepted',
    cluster = new InMemoryDeployments(),
  ) {
    this.#reactor = this.#listening(reactor);
    this.#order = order;
    this.#time = time;
    this.cluster = cluster;
    const deployment = deploymentFor(order);
    this.#key = keyOf(deployment.metadata);
    if (!cluster.has(this.#key)) {
      const { descriptorHash: hash } = order;
      const spec = { ...deployment.spec, descriptor: { ...deployment.spec.descriptor, hash }, state: wanted };
      const metadata = { ...deployment.metadata, finalizers: [TEARDOWN_FINALIZER] };
      cluster.put({ ...deployment, metadata, spec, status: { observedGeneration: -1 } });
    }
    this.#reconciler = this.#start();
  }

  get order(): Order {
    return this.#order;
  }

  /** Records that the consumer's update was accepted. */
  set order(order: Order) {
    this.#order = order;
    const { descriptor } = this.cluster.now(this.#key).spec;
    this.cluster.changeSpec(this.#key, { descriptor: { ...descriptor, hash: order.descriptorHash } });
  }

  get wanted(): TenureState {
    return this.cluster.now(this.#key).spec.state;
  }

  set wanted(state: TenureState) {
    this.cluster.changeSpec(this.#key, { state });
  }

  get memo(): Memo | undefined {
    return this.cluster.now(this.#key).status.realisation?.memo;
  }

  /** Loses the status. */
  set memo(memo: Memo | undefined) {
    const { status } = this.cluster.now(this.#key);
    const { memo: _, ...realisation } = status.realisation ?? {};
    this.cluster.changeStatus(this.#key, { ...status, realisation: { ...realisation, ...(memo && { memo }) } });
  }

  /** Reconciles once. Rethrows reactor errors that are not ours: they stand for a crash, which writes nothing. */
  async reconcile(signal: AbortSignal = AbortSignal.timeout(30_000)): Promise<ReconcileResult> {
    this.#calls = [];
    this.cluster.failWrites.length = 0;
    this.#reconciler.retryNow(this.#key);
    const next = await this.#reconciler.reconcile(this.#key, signal, silentLogger, signal);
    const crash = this.#calls.find(({ error }) => error !== undefined && findDinfraError(error) === undefined);
    if (crash !== undefined) throw crash.error;
    const result = this.#resultOf('requeueAfterMs' in next);
    const { action, error, step, found } = result;
    if (error instanceof RetryableError) await this.#time.pass(error.retryAfterMs ?? RETRY_MS);
    else if (error !== undefined) await this.#time.pass(FINAL_RETRY_MS);
    else if (step !== undefined) await this.#time.pass(step.pollAfterMs);
    else if (action === 'poll' && found?.kind === 'Busy') await this.#time.pass(found.pollAfterMs);
    else if (action === 'lookAgain' && 'requeueAfterMs' in next) await this.#time.pass(next.requeueAfterMs);
    else await this.#time.pass(0);
    this.results.push(result);
    return result;
  }

  /** Reconciles until `done` returns true. Throws with the last results after `limit` reconciles. */
  async until(done: (result: ReconcileResult) => boolean, limit = 60): Promise<ReconcileResult> {
    for (let count = 0; count < limit; count++) {
      const result = await this.reconcile();
      if (done(result)) return result;
    }
    const last = this.results.slice(-6).map((result) => {
      const what = result.error?.message ?? result.step?.message ?? (result.found as Present | undefined)?.message;
      return `${result.action}: ${what ?? result.found?.kind}`;
    });
    const counts = Map.groupBy(this.results, ({ action }) => action);
    const summary = [...counts].map(([action, results]) => `${results.length} ${action}`).join(', ');
    throw new Error(`not there after ${limit} reconciles (${summary}); last:\n  ${last.join('\n  ')}`);
  }

  /** Reconciles until nothing is left to do: the tenure runs, is stopped as desired, or is proven gone. */
  settle(limit?: number): Promise<ReconcileResult> {
    return this.until(({ action }) => action === 'rest' || action === 'confirmReleased', limit);
  }

  #start(): DeploymentReconciler {
    const time = this.#time;
    return new DeploymentReconciler({
      cluster: this.cluster,
      orders: this.#orders(),
      reactors: { get: () => this.#reactor, namesIn: () => ['backend'], offered: () => 'backend' },
      standings: { standing: async () => (this.wanted === 'Ended' ? 'Ended' : 'Live') },
      blueprints,
      events: { record: () => undefined },
      metrics: { timed: (_kind, _verb, call) => call(), hindered: () => undefined, becameReady: () => undefined },
      clock: {
        monotonic: () => time.now(),
        wallTime: () => time.now(),
        after: (ms, task) => {
          const timer = setTimeout(task, ms);
          return () => clearTimeout(timer);
        },
      },
      random: () => 0.5,
    });
  }

  /** The current order, translated like an accepted one. */
  #orders(): Orders {
    const record = () => ({ hash: this.#order.descriptorHash, schemaVersion: 1, contentRef: { name: 'kept' } });
    const translated = () => ({ ...this.#order, ...blueprints.translate(this.#order.type, this.#order.descriptor) });
    return {
      accept: async (_deployment, _ref, reactor, signal) => {
        await reactor.check(translated(), signal);
        return record();
      },
      accepted: async () => ({ order: translated(), record: record() }),
    };
  }

  /** The reactor, with all calls recorded. */
  #listening(reactor: Reactor): Reactor {
    const heard = async <T>(verb: string, answer: Promise<T>): Promise<T> => {
      const call: Call = { verb, answer: undefined, error: undefined };
      this.#calls.push(call);
      try {
        const value = await answer;
        call.answer = value;
        return value;
      } catch (error) {
        call.error = error;
        // A crashed process writes nothing.
        if (findDinfraError(error) === undefined) this.cluster.failWrites.push(new Error('crashed'));
        throw error;
      }
    };
    // Suites create foreign resources whose name does not follow from their tenure: use the order's identity.
    const identity = () => this.#order.identity;
    return {
      kind: reactor.kind,
      types: reactor.types,
      check: (order, signal) => reactor.check(order, signal),
      observe: (_, ...asked) => heard('observe', reactor.observe(identity(), ...asked)),
      create: (...asked) => heard('create', reactor.create(...asked)),
      update: (...asked) => heard('update', reactor.update(...asked)),
      start: (...asked) => heard('start', reactor.start(...asked)),
      stop: (_, ...asked) => heard('stop', reactor.stop(identity(), ...asked)),
      delete: (_, ...asked) => heard('remove', reactor.delete(identity(), ...asked)),
      listManaged: (signal) => reactor.listManaged(signal),
    };
  }

  #resultOf(goesOn: boolean): ReconcileResult {
    const observed = this.#calls.find(({ verb }) => verb === 'observe');
    const acted = this.#calls.find(({ verb }) => verb !== 'observe');
    const found = observed?.answer as Observation | undefined;
    const error = [acted, observed].map((call) => call?.error).find((one) => one instanceof DinfraError);
    const step = acted?.answer as Step | undefined;
    if (error !== undefined) return { action: 'failed', found, step: undefined, error };
    if (acted !== undefined) return { action: acted.verb, found, step, error };
    return { action: found === undefined ? 'prepare' : this.#quiet(found, goesOn), found, step, error };
  }

  /** The action of a reconcile that only called `observe`. */
  #quiet(found: Observation, goesOn: boolean): string {
    if (found.kind === 'Busy') return 'poll';
    if (!goesOn) return 'confirmReleased';
    const { state } = this.cluster.now(this.#key).spec;
    return found.kind === 'Absent' && state !== 'Suspended' ? 'lookAgain' : 'rest';
  }
}

interface Call {
  readonly verb: string;
  answer: unknown;
  error: unknown;
}
