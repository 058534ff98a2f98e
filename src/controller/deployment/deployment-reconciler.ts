import { type Deployment, tenureOf } from '../../api/deployment.ts';
import { identityOf } from '../../award/identity.ts';
import { BoundedWaits } from '../../base/bounded-wait.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Blueprints } from '../../blueprints/blueprints.ts';
import { type DinfraError, findDinfraError, TerminalError } from '../../errors/dinfra-error.ts';
import { isConflict } from '../../kube/client/api-error.ts';
import { done, type Next, type Reconcile } from '../../kube/queue/controller.ts';
import { isLeadershipLost, Stages, unexpected } from './attempt.ts';
import { chooseReactor, type Reactors } from './choose-reactor.ts';
import type { DeploymentCluster } from './deployment-cluster.ts';
import { finalizerStep } from './finalizer.ts';
import { judgeUpdate } from './judge-update.ts';
import { type Intent, nextAction } from './next-action.ts';
import { CLOSE_WATCH_MS, nextReconcile } from './next-reconcile.ts';
import { confirmEnd, observe } from './observe.ts';
import type { Orders } from './orders.ts';
import { isUntouchable, type Outcome } from './outcome.ts';
import { Performer } from './perform.ts';
import type { DeploymentEvents, ReconcileMetrics, Standings } from './ports.ts';
import { resolveOrder } from './resolve-order.ts';
import { Retries } from './retries.ts';
import { StatusReporter } from './status-reporter.ts';

export interface DeploymentReconcilerOptions {
  readonly cluster: DeploymentCluster;
  readonly orders: Orders;
  readonly reactors: Reactors;
  readonly standings: Standings;
  readonly blueprints: Blueprints;
  readonly events: DeploymentEvents;
  readonly metrics: ReconcileMetrics;
  /** How often a Deployment at rest is reconciled, in milliseconds. Default 60 s. */
  readonly resyncMs?: number;
  /** How often a Deployment that is starting is reconciled, in milliseconds. Default 2 s. */
  readonly progressMs?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** How long to wait for the cache to show the last write, in milliseconds. */
const STALE_VIEW_MS = 100;
/** How soon a status that could not be written is retried, in milliseconds. */
const WRITE_AGAIN_MS = 2_000;

/** Takes one Deployment a step closer to the state that the source of its award wants. */
export class DeploymentReconciler {
  readonly #options: Required<DeploymentReconcilerOptions>;
  readonly #waits: BoundedWaits;
  readonly #retries: Retries;
  readonly #performer: Performer;
  readonly #reporter: StatusReporter;

  constructor(options: DeploymentReconcilerOptions) {
    this.#options = {
      resyncMs: 60_000,
      progressMs: 2_000,
      clock: systemClock,
      random: Math.random,
      ...options,
    };
    const { cluster, events, metrics, clock, random } = this.#options;
    this.#waits = new BoundedWaits(clock);
    this.#retries = new Retries(clock, this.#waits, random);
    this.#performer = new Performer(cluster, metrics, clock);
    this.#reporter = new StatusReporter(cluster, events, metrics);
  }

  /** The cause of a failure may have been fixed: the next reconcile does not wait for its retry. */
  retryNow(key: string): void {
    this.#retries.retryNow(key);
  }

  readonly reconcile: Reconcile = async (key, signal, log, writeSignal) => {
    const deployment = this.#options.cluster.view(key);
    if (deployment === undefined) return this.#forget(key);
    const finalizer = finalizerStep(deployment);
    if (finalizer === 'Add') return this.#addFinalizer(deployment, signal);
    if (finalizer === 'Remove') return this.#removeFinalizer(deployment, signal);
    const waitMs = this.#retries.waitMs(key, deployment);
    if (waitMs > 0) return { requeueAfterMs: waitMs };
    const stages = new Stages(writeSignal, signal, (stage, error) => {
      log.error({ err: error, stage }, 'a stage of the reconcile met a defect');
    });
    try {
      const { latest, outcome } = await this.#bringNearer(key, deployment, finalizer === 'Keep', stages, log);
      return await this.#report(key, latest, outcome, writeSignal, log);
    } catch (error) {
      if (!isConflict(error)) throw error;
      log.debug({ err: error }, 'the cached Deployment was stale; reconciling again');
      this.#retries.retryNow(key);
      return { requeueAfterMs: STALE_VIEW_MS };
    }
  };

  #forget(key: string): Next {
    this.#retries.forget(key);
    for (const wait of ['intent', 'ready']) this.#waits.forget(`${key}/${wait}`);
    return done;
  }

  async #addFinalizer(deployment: Deployment, signal: AbortSignal): Promise<Next> {
    await this.#options.cluster.addFinalizer(deployment, signal);
    return done;
  }

  async #removeFinalizer(deployment: Deployment, signal: AbortSignal): Promise<Next> {
    await this.#options.cluster.removeFinalizer(deployment, signal);
    return done;
  }

  /** Runs the stages. Every failure, including a defect, becomes part of the outcome. */
  async #bringNearer(
    key: string,
    deployment: Deployment,
    hasFinalizer: boolean,
    stages: Stages,
    log: Logger,
  ): Promise<{ readonly latest: Deployment; readonly outcome: Outcome }> {
    const taken = await stages.guard(() => this.#takeStages(key, deployment, hasFinalizer, stages, log));
    const { latest, ...outcome } = taken.value ?? {
      latest: deployment,
      ...this.#afterDefect(deployment, taken.failure),
    };
    return { latest, outcome: { ...outcome, retry: this.#retries.record(key, deployment, outcome) } };
  }

  /** Resolves, observes, decides and acts. */
  async #takeStages(key: string, deployment: Deployment, hasFinalizer: boolean, stages: Stages, log: Logger) {
    const { reactors, orders, standings, metrics, clock } = this.#options;
    const identity = identityOf(tenureOf(deployment));
    const chosen = await stages.attempt('choosing the Reactor', () =>
      chooseReactor(deployment, identity, reactors, stages),
    );
    const { fact, order, accepted } = await resolveOrder(deployment, orders, chosen, stages);
    const { found, failure } = await observe(deployment, { identity, order }, chosen, metrics, stages);
    const action = nextAction({
      wanted: deployment.spec.state,
      order: fact,
      found,
      intent: this.#intentOf(key, deployment),
      standing: await confirmEnd(deployment, found, standings, stages),
      untouchable: isUntouchable(deployment, hasFinalizer),
    });
    const deferred = this.#retries.deferred(key, deployment, action);
    const performed =
      chosen.value === undefined || deferred !== undefined
        ? { latest: deployment, step: undefined, failure: deferred }
        : await this.#performer.perform(deployment, action, { ...chosen.value, identity, order }, stages, log);
    const update = await judgeUpdate(deployment, orders, chosen, stages);
    return {
      latest: performed.latest,
      order: fact,
      found,
      action,
      step: performed.step,
      failure: deferred ?? (performed.failure === undefined ? failure : this.#explained(deployment, performed.failure)),
      accepted: update.accepted ?? accepted,
      update: update.verdict,
      reactor: chosen.value && { name: chosen.value.name, kind: chosen.value.reactor.kind },
      name: identity.name,
      now: clock.wallTime(),
    };
  }

  /** The outcome after a defect: nothing is known, and the status has to say so. */
  #afterDefect({ metadata, spec, status }: Deployment, failure: DinfraError): Omit<Outcome, 'retry'> {
    const unknown = { reason: failure.code, message: failure.message };
    return {
      order: { kind: 'NotNeeded' },
      found: spec.state === 'Awarded' ? { kind: 'Absent' } : { kind: 'Unknown', ...unknown },
      action: { do: 'retry', ...unknown },
      step: undefined,
      failure,
      accepted: undefined,
      update: status.update,
      reactor: undefined,
      name: status.realisation?.name ?? metadata.name,
      now: this.#options.clock.wallTime(),
    };
  }

  async #report(
    key: string,
    deployment: Deployment,
    outcome: Outcome,
    signal: AbortSignal,
    log: Logger,
  ): Promise<Next> {
    try {
      const { lastTransitionTime = '' } = await this.#reporter.report(deployment, outcome, signal, log);
      const unchangedMs = this.#waits.ageMs(`${key}/ready`, lastTransitionTime, CLOSE_WATCH_MS);
      return nextReconcile(outcome, unchangedMs, this.#options, this.#options.random());
    } catch (error) {
      signal.throwIfAborted();
      if (isConflict(error) || isLeadershipLost(error)) throw error;
      if (error instanceof TerminalError) return this.#reportRefusal(deployment, error, signal, log);
      // The write is retried soon, however long the work itself would wait.
      log.warn({ err: error }, 'the status of the Deployment could not be written and is retried');
      this.#retries.retryNow(key);
      return { requeueAfterMs: WRITE_AGAIN_MS };
    }
  }

  /** Handles a status that the API server refuses as invalid: the status then reports just that. */
  async #reportRefusal(
    deployment: Deployment,
    refusal: TerminalError,
    signal: AbortSignal,
    log: Logger,
  ): Promise<Next> {
    const { resyncMs } = this.#options;
    log.error({ err: refusal }, 'the API server refuses the status of the Deployment');
    const retry = { failures: 1, waitMs: resyncMs, at: this.#options.clock.wallTime() + resyncMs };
    const defect = unexpected('the status', refusal);
    await this.#reporter
      .report(deployment, { ...this.#afterDefect(deployment, defect), retry }, signal, log)
      .catch((error: unknown) => {
        signal.throwIfAborted();
        if (isLeadershipLost(error)) throw error;
        log.error({ err: error }, 'the API server also refuses the status that reports the refusal');
      });
    return { requeueAfterMs: resyncMs };
  }

  /** The failure in terms of the descriptor that the consumer wrote. */
  #explained({ spec }: Deployment, failure: DinfraError): DinfraError {
    return findDinfraError(this.#options.blueprints.inTermsOf(spec.descriptorType, failure)) ?? failure;
  }

  /** The age of an intent counts from when this process first saw it, so the clock that wrote it does not matter. */
  #intentOf(key: string, { status }: Deployment): Intent | undefined {
    const intent = status.realisation?.intent;
    if (intent === undefined) return undefined;
    const written = `${intent.at} ${intent.attempt}`;
    return { attempt: intent.attempt, ageMs: this.#waits.ageMs(`${key}/intent`, written, 0) };
  }
}
