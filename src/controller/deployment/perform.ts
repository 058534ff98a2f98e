import { timestampOf } from '../../api/conditions.ts';
import type { Deployment } from '../../api/deployment.ts';
import type { TenureIdentity } from '../../award/identity.ts';
import { onBehalfOf } from '../../award/tenure-log.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { type DinfraError, RetryableError } from '../../errors/dinfra-error.ts';
import { isConflict } from '../../kube/client/api-error.ts';
import { keyOf } from '../../kube/client/resource-type.ts';
import type { Order, Reactor, Step } from '../../providers/port.ts';
import type { Stages } from './attempt.ts';
import { type DeploymentCluster, ownedPart } from './deployment-cluster.ts';
import type { Action } from './next-action.ts';
import type { ReconcileMetrics } from './ports.ts';

/** What an action needs. */
export interface Means {
  readonly reactor: Reactor;
  readonly identity: TenureIdentity;
  /** Undefined if it is not needed, or cannot be read. */
  readonly order: Order | undefined;
}

/** The result of an action. */
export interface Performed {
  /** The Deployment after the action: recording an intent changes it. */
  readonly latest: Deployment;
  readonly step: Step | undefined;
  readonly failure: DinfraError | undefined;
}

/** A step of a reactor, by the name of its method. */
interface Call {
  readonly verb: 'create' | 'update' | 'start' | 'stop' | 'delete';
  send(signal: AbortSignal): Promise<Step>;
}

/** Runs the steps of reactors, one at a time for each Deployment. */
export class Performer {
  readonly #cluster: DeploymentCluster;
  readonly #metrics: ReconcileMetrics;
  readonly #clock: Pick<Clock, 'wallTime'>;
  /** Deployments with a step in flight: a backend that ignores its deadline must not get a second step. */
  readonly #underWay = new Set<string>();

  constructor(cluster: DeploymentCluster, metrics: ReconcileMetrics, clock: Pick<Clock, 'wallTime'>) {
    this.#cluster = cluster;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /**
   * Runs the reactor's step for an action, if it has one. The intent of a create is recorded first.
   *
   * @throws RetryableError ClusterConflict if the cached object was stale: then nothing may be created.
   */
  async perform(deployment: Deployment, action: Action, means: Means, stages: Stages, log: Logger): Promise<Performed> {
    const nothing = { latest: deployment, step: undefined, failure: undefined };
    const call = callOf(action, means, deployment);
    if (call === undefined) return nothing;
    const key = keyOf(deployment.metadata);
    if (this.#underWay.has(key)) {
      const message = 'an earlier step has not finished yet';
      return { ...nothing, failure: new RetryableError('ReconcileTimeout', { message }) };
    }
    let latest = deployment;
    if (action.do === 'create') {
      const recorded = await stages.attempt('recording the intent', (signal) =>
        this.#recordIntent(deployment, action.attempt, signal),
      );
      if (isConflict(recorded.failure)) throw recorded.failure;
      if (recorded.value === undefined) return { ...nothing, failure: recorded.failure };
      latest = recorded.value;
    }
    const { kind } = means.reactor;
    const sent = await stages.attempt(`${call.verb} by ${kind}`, (signal) => {
      this.#underWay.add(key);
      const step = onBehalfOf(means.identity, () => this.#metrics.timed(kind, call.verb, () => call.send(signal)));
      return step.finally(() => this.#underWay.delete(key));
    });
    if (sent.failure === undefined) {
      log.info({ reactor: kind, step: call.verb, detail: sent.value?.message }, 'the reactor has taken a step');
    } else {
      log.warn({ reactor: kind, step: call.verb, err: sent.failure }, 'the reactor could not take a step');
    }
    return { latest, step: sent.value, failure: sent.failure };
  }

  #recordIntent(deployment: Deployment, attempt: number, signal: AbortSignal): Promise<Deployment> {
    const { status } = deployment;
    const intent = { action: 'Create' as const, at: timestampOf(this.#clock.wallTime()), attempt };
    const realisation = { ...status.realisation, intent };
    return this.#cluster.writeStatus(deployment, { ...ownedPart(status), realisation }, signal);
  }
}

/** The call of the reactor for an action; undefined if it has none. */
function callOf(action: Action, { reactor, identity, order }: Means, deployment: Deployment): Call | undefined {
  if (action.do === 'remove') {
    return { verb: 'delete', send: (signal) => reactor.delete(identity, action.found, signal) };
  }
  if (action.do === 'stop') return { verb: 'stop', send: (signal) => reactor.stop(identity, action.found, signal) };
  if (order === undefined) return undefined;
  switch (action.do) {
    case 'create': {
      const memo = deployment.status.realisation?.memo;
      return { verb: 'create', send: (signal) => reactor.create(order, memo, signal) };
    }
    case 'update':
      return { verb: 'update', send: (signal) => reactor.update(order, action.found, signal) };
    case 'start':
      return { verb: 'start', send: (signal) => reactor.start(order, action.found, signal) };
    default:
      return undefined;
  }
}
