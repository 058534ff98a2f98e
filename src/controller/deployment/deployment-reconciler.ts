import { isDeepStrictEqual } from 'node:util';
import { timestampOf } from '../../api/conditions.ts';
import { type Deployment, type DeploymentStatus, deployments, tenureOf } from '../../api/deployment.ts';
import { TEARDOWN_FINALIZER } from '../../api/labels.ts';
import { identityOf, type TenureIdentity } from '../../award/identity.ts';
import { awardReasons } from '../../award/reasons.ts';
import type { Logger } from '../../base/logger.ts';
import { chainCodeOf, entryOf } from '../../errors/catalogue.ts';
import { type DinfraError, TerminalError, withHint } from '../../errors/dinfra-error.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import { isConflict } from '../../kube/client/api-error.ts';
import { addFinalizer, removeFinalizer } from '../../kube/client/finalizers.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';
import type { EventRecorder } from '../../kube/events/event-recorder.ts';
import { done, type Next, type Reconcile } from '../../kube/queue/controller.ts';
import type { Order, Step } from '../../providers/port.ts';
import { type Attempt, attempt, failed } from './attempt.ts';
import type { DeploymentMetrics } from './deployment-metrics.ts';
import { backsOff, type Pass, readyOf, summarize, type UpdateVerdict } from './deployment-status.ts';
import { type Action, type Found, type Intent, nextAction, type OrderFact } from './next-action.ts';
import type { BoundReactor, ReactorSource } from './reactor-source.ts';
import { ownedPart, StatusWriter } from './status-writer.ts';

/** Fetches, verifies and validates what a Deployment asks for. */
export interface OrderSource {
  /**
   * The order of a Deployment, or the one it would be with another descriptor.
   *
   * @throws DinfraError of the descriptor codes.
   */
  orderFor(deployment: Deployment, descriptor: Deployment['spec']['descriptor'], signal: AbortSignal): Promise<Order>;
}

export interface DeploymentReconcilerOptions {
  readonly client: KubeClient;
  readonly deployments: StoreView<Deployment>;
  readonly orders: OrderSource;
  readonly reactors: ReactorSource;
  readonly events: EventRecorder;
  readonly metrics: DeploymentMetrics;
  /** How often what rests is looked at again, in milliseconds. Default 60 s. */
  readonly resyncMs?: number;
  /** How often what comes up is looked at, in milliseconds. Default 2 s. */
  readonly progressMs?: number;
  readonly now?: () => number;
  readonly random?: () => number;
}

/** How long the cache may take to show what was written last, in milliseconds. */
const STALE_VIEW_MS = 100;
/** How long after its last change something that comes up is watched closely, in milliseconds. */
const CLOSE_WATCH_MS = 120_000;

/** Brings one Deployment a step nearer to what the chain wants of its tenure. */
export class DeploymentReconciler {
  private readonly options: Required<DeploymentReconcilerOptions>;
  private readonly writer: StatusWriter;
  /** Orders a reactor has checked, so that a check is made once and not with each pass. Lost with the process. */
  private readonly checked = new Map<string, string>();
  /** Deployments whose next pass does not wait for its retry. */
  private readonly urged = new Set<string>();

  constructor(options: DeploymentReconcilerOptions) {
    this.options = { resyncMs: 60_000, progressMs: 2_000, now: Date.now, random: Math.random, ...options };
    this.writer = new StatusWriter(options.client);
  }

  /** What a Deployment failed for may have been mended: its next pass is taken without waiting for its retry. */
  urge(key: string): void {
    this.urged.add(key);
  }

  readonly reconcile: Reconcile = async (key, signal, log) => {
    const deployment = this.options.deployments.get(key);
    const urged = this.urged.delete(key);
    if (deployment === undefined) return this.forget(key);
    if (deployment.metadata.deletionTimestamp !== undefined && isLetGo(deployment))
      return this.letGo(deployment, signal);
    if (!hasFinalizer(deployment)) return this.hold(deployment, signal);
    const waitMs = urged ? undefined : backsOff(deployment, this.options.now());
    if (waitMs !== undefined) return { requeueAfterMs: waitMs };
    try {
      const { pass, latest } = await this.pass(deployment, signal);
      return await this.conclude(latest, pass, log, signal);
    } catch (error) {
      if (urged) this.urged.add(key);
      if (isConflict(error)) {
        log.debug({ err: error }, 'the view was an old one; looking again');
        return { requeueAfterMs: STALE_VIEW_MS };
      }
      // What cannot be told must still come to its end.
      if (!(error instanceof TerminalError)) throw error;
      log.error({ err: error }, 'the API server refuses the status of the Deployment; it is looked at again');
      return { requeueAfterMs: this.options.resyncMs };
    }
  };

  private forget(key: string): Next {
    this.checked.delete(key);
    return done;
  }

  /** Before anything is made outside, so that nothing can be orphaned by a deletion. */
  private async hold(deployment: Deployment, signal: AbortSignal): Promise<Next> {
    await addFinalizer(this.options.client, deployments, deployment, TEARDOWN_FINALIZER, signal);
    return done;
  }

  private async letGo(deployment: Deployment, signal: AbortSignal): Promise<Next> {
    await removeFinalizer(this.options.client, deployments, deployment, TEARDOWN_FINALIZER, signal);
    return done;
  }

  /** Looks, decides and acts. What goes wrong on the way is part of the pass, not an exception. */
  private async pass(deployment: Deployment, signal: AbortSignal): Promise<{ pass: Pass; latest: Deployment }> {
    const identity = identityOf(tenureOf(deployment));
    const bound = await this.bind(deployment, identity, signal);
    const order = await this.orderFor(deployment, bound, signal);
    const { found, failure } = await this.look(deployment, identity, bound, order?.value, signal);
    const facts = {
      wanted: deployment.spec.state,
      order: factOf(order),
      found,
      intent: intentOf(deployment),
      now: this.options.now(),
    };
    const action = deployment.spec.suspend === true ? restWhile(found) : nextAction(facts);
    const update = await this.judgeUpdate(deployment, bound, signal);
    const acted = await this.act(deployment, action, { order: order?.value, bound: bound.value, identity }, signal);
    return {
      latest: acted.latest,
      pass: {
        order: facts.order,
        found,
        action,
        step: acted.step,
        failure: acted.failure ?? failure,
        update,
        reactor: bound.value && { name: bound.value.name, kind: bound.value.reactor.kind },
        name: identity.name,
        now: this.options.now(),
        random: this.options.random(),
      },
    };
  }

  /** The reactor to work with. Of an ended tenure whose Offer is gone nobody can say it any more: it is looked for. */
  private async bind(
    deployment: Deployment,
    identity: TenureIdentity,
    signal: AbortSignal,
  ): Promise<Attempt<BoundReactor>> {
    const { reactors } = this.options;
    const offered = await attempt(async () => reactors.reactorFor(deployment));
    if (deployment.spec.state !== 'Ended' || offered.failure?.code !== 'OfferMissing') return offered;
    return attempt(async () => {
      const candidates = reactors.reactorsIn(deployment.metadata.namespace ?? '');
      for (const candidate of candidates) {
        const found = await candidate.reactor.observe(identity, undefined, undefined, signal);
        if (found.kind !== 'Absent') return candidate;
      }
      // None has it: whichever is asked again will say so.
      const [any] = candidates;
      if (any === undefined) throw offered.failure;
      return any;
    });
  }

  private async orderFor(
    deployment: Deployment,
    bound: Attempt<BoundReactor>,
    signal: AbortSignal,
  ): Promise<Attempt<Order> | undefined> {
    // Removing needs no order: a descriptor that cannot be had any more must not keep anything running.
    if (deployment.spec.state === 'Ended') return undefined;
    if (bound.value === undefined) return failed(bound.failure);
    const { reactor, name } = bound.value;
    return attempt(async () => {
      const order = await this.options.orders.orderFor(deployment, deployment.spec.descriptor, signal);
      const key = `${deployment.metadata.namespace}/${deployment.metadata.name}`;
      const checkedAs = `${name}/${order.descriptorHash}`;
      if (deployment.spec.state === 'Awarded' && this.checked.get(key) !== checkedAs) {
        await reactor.check(order, signal);
        this.checked.set(key, checkedAs);
      }
      return order;
    });
  }

  /** Whether what the consumer wants next could be realised. Undefined when nothing is wanted, or nobody knows yet. */
  private async judgeUpdate(
    deployment: Deployment,
    bound: Attempt<BoundReactor>,
    signal: AbortSignal,
  ): Promise<UpdateVerdict | undefined> {
    const { update, state } = deployment.spec;
    if (update === undefined || state === 'Ended' || bound.value === undefined) return undefined;
    const known = deployment.status.update;
    if (known?.hash === update.hash) return known;
    const { reactor } = bound.value;
    const checked = await attempt(async () =>
      reactor.check(await this.options.orders.orderFor(deployment, update, signal), signal),
    );
    if (checked.failure === undefined) {
      return { hash: update.hash, verdict: 'Acceptable', reason: 'DescriptorVerified', message: 'It can be realised.' };
    }
    const { family, code } = checked.failure;
    if (family === 'retryable') return undefined;
    return {
      hash: update.hash,
      verdict: 'Refused',
      reason: code,
      reasonCode: chainCodeOf(code) ?? awardReasons.Unspecified.chainCode,
      message: withHint(checked.failure).slice(0, 1024),
    };
  }

  private async look(
    deployment: Deployment,
    identity: TenureIdentity,
    bound: Attempt<BoundReactor>,
    order: Order | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly found: Found; readonly failure: DinfraError | undefined }> {
    // Nothing is made before the acceptance, so there is nothing to look for.
    if (deployment.spec.state === 'Awarded') return { found: { kind: 'Absent' }, failure: undefined };
    const { value } = bound;
    if (value === undefined) return { found: unknown(bound.failure), failure: bound.failure };
    const memo = deployment.status.realisation?.memo;
    const seen = await attempt(() =>
      this.options.metrics.timed(value.reactor.kind, 'observe', () =>
        value.reactor.observe(identity, order, memo, signal),
      ),
    );
    return { found: seen.value ?? unknown(seen.failure), failure: seen.failure };
  }

  private async act(
    deployment: Deployment,
    action: Action,
    means: {
      readonly order: Order | undefined;
      readonly bound: BoundReactor | undefined;
      readonly identity: TenureIdentity;
    },
    signal: AbortSignal,
  ): Promise<{ step: Step | undefined; failure: DinfraError | undefined; latest: Deployment }> {
    const reactor = means.bound?.reactor;
    const { order } = means;
    if (reactor === undefined) return { step: undefined, failure: undefined, latest: deployment };
    const take = async (verb: string, step: () => Promise<Step>) => {
      const taken = await attempt(() => this.options.metrics.timed(reactor.kind, verb, step));
      return { step: taken.value, failure: taken.failure, latest: deployment };
    };
    if (action.do === 'remove') return take('delete', () => reactor.delete(means.identity, action.found, signal));
    if (order === undefined) return { step: undefined, failure: undefined, latest: deployment };
    switch (action.do) {
      case 'create': {
        const latest = await this.recordIntent(deployment, action.attempt, signal);
        const memo = deployment.status.realisation?.memo;
        return { ...(await take('create', () => reactor.create(order, memo, signal))), latest };
      }
      case 'update':
        return take('update', () => reactor.update(order, action.found, signal));
      case 'start':
        return take('start', () => reactor.start(order, action.found, signal));
      case 'stop':
        return take('stop', () => reactor.stop(means.identity, action.found, signal));
      default:
        return { step: undefined, failure: undefined, latest: deployment };
    }
  }

  /** Fails on a stale view: whoever acts on an old state must not create. */
  private async recordIntent(deployment: Deployment, attempt: number, signal: AbortSignal): Promise<Deployment> {
    const { status } = deployment;
    const at = timestampOf(this.options.now());
    const realisation = { ...status.realisation, intent: { action: 'Create' as const, at, attempt } };
    return this.writer.write(deployment, { ...ownedPart(status), realisation }, signal);
  }

  private async conclude(deployment: Deployment, pass: Pass, log: Logger, signal: AbortSignal): Promise<Next> {
    const status = summarize(deployment, pass);
    if (!isDeepStrictEqual(status, ownedPart(deployment.status))) {
      await this.writer.writeAsSeen(deployment, status, signal);
      this.tell(deployment, status, pass, log);
    }
    return this.nextPass(status, pass);
  }

  private tell(before: Deployment, status: DeploymentStatus, pass: Pass, log: Logger): void {
    const was = readyOf(before.status);
    const is = readyOf(status);
    if (is === undefined || (was?.reason === is.reason && was.status === is.status)) return;
    const family = entryOf(is.reason)?.family ?? 'retryable';
    const type = family === 'condition' && is.reason !== 'Replacing' ? 'Normal' : 'Warning';
    this.options.events.record(before, { type, reason: is.reason, action: pass.action.do, note: is.message });
    log.info({ reason: is.reason, action: pass.action.do, detail: is.message }, 'the Deployment has changed');
    if (is.status === 'True' && before.status.conditions !== undefined)
      this.options.metrics.becameReady(before, pass.now);
  }

  private nextPass(status: DeploymentStatus, { action, step, found, now, failure }: Pass): Next {
    const retryAfter = status.realisation?.retryAfter;
    if (retryAfter !== undefined) return { requeueAfterMs: Math.max(250, Date.parse(retryAfter) - now) };
    if (action.do === 'confirmReleased') return done;
    if (failure === undefined && step !== undefined) return { requeueAfterMs: step.pollAfterMs };
    if (action.do === 'lookAgain' || action.do === 'poll') return { requeueAfterMs: Math.max(100, action.afterMs) };
    const comingUp = action.do === 'rest' && found.kind === 'Present' && found.phase === 'Running' && !found.healthy;
    const sinceMs = now - Date.parse(status.lastTransitionTime ?? '');
    if (comingUp && !(sinceMs > CLOSE_WATCH_MS)) return { requeueAfterMs: this.options.progressMs };
    // Spread over time, so that what was made together is not looked at together for ever.
    return { requeueAfterMs: this.options.resyncMs * (0.9 + this.options.random() * 0.2) };
  }
}

/** True when the object may go: nothing is left of its tenure, or the chain has not ended it and it is mirrored anew. */
function isLetGo({ spec, status, metadata }: Deployment): boolean {
  if (!(metadata.finalizers ?? []).includes(TEARDOWN_FINALIZER)) return false;
  // Absence is not an order: a Deployment deleted by hand comes back, and what runs for it is found again by name.
  if (spec.state !== 'Ended') return true;
  return status.facts?.released === true;
}

function hasFinalizer({ metadata }: Deployment): boolean {
  return metadata.deletionTimestamp !== undefined || (metadata.finalizers ?? []).includes(TEARDOWN_FINALIZER);
}

function intentOf({ status }: Deployment): Intent | undefined {
  const intent = status.realisation?.intent;
  return intent && { at: Date.parse(intent.at), attempt: intent.attempt };
}

/** A person has said to touch nothing. */
function restWhile(found: Found): Action {
  return found.kind === 'Unknown' ? { do: 'retry', reason: found.reason, message: found.message } : { do: 'rest' };
}

function factOf(order: Attempt<Order> | undefined): OrderFact {
  if (order === undefined) return { kind: 'NotNeeded' };
  const { value, failure } = order;
  if (value !== undefined) return { kind: 'Realisable' };
  const kind = failure.family === 'retryable' ? 'Unknown' : 'Impossible';
  return { kind, reason: failure.code, message: withHint(failure) };
}

function unknown(failure: DinfraError): Found {
  return { kind: 'Unknown', reason: failure.code, message: withHint(failure) };
}
