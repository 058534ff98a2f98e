import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import type { Logger } from '../../base/logger.ts';
import { entryOf } from '../../errors/catalogue.ts';
import { type DeploymentCluster, ownedPart, writeStatusAsSeen } from './deployment-cluster.ts';
import { isWorthWriting, statusAfter } from './deployment-status.ts';
import { hindranceOf, type Outcome } from './outcome.ts';
import type { DeploymentEvents, ReconcileMetrics } from './ports.ts';
import { readyOf } from './readiness.ts';

/** Publishes the outcome of a reconcile: status, event, metrics and log. */
export class StatusReporter {
  readonly #cluster: DeploymentCluster;
  readonly #events: DeploymentEvents;
  readonly #metrics: ReconcileMetrics;

  constructor(cluster: DeploymentCluster, events: DeploymentEvents, metrics: ReconcileMetrics) {
    this.#cluster = cluster;
    this.#events = events;
    this.#metrics = metrics;
  }

  /**
   * Writes the status that follows from an outcome, if it says something new. Returns it. `signal` must not be that of
   * the work: exceeding its time limit is exactly what has to be reported.
   *
   * @throws DinfraError if it cannot be written.
   */
  async report(deployment: Deployment, outcome: Outcome, signal: AbortSignal, log: Logger): Promise<DeploymentStatus> {
    const reason = hindranceOf(outcome)?.reason;
    if (reason !== undefined) this.#metrics.hindered(reason);
    const status = statusAfter(deployment, outcome);
    if (!isWorthWriting(ownedPart(deployment.status), status, outcome)) return status;
    await writeStatusAsSeen(this.#cluster, deployment, status, signal);
    this.#announce(deployment, status, outcome, log);
    return status;
  }

  #announce(before: Deployment, status: DeploymentStatus, { action, now }: Outcome, log: Logger): void {
    const was = newsOf(before.status);
    const is = newsOf(status);
    if (is === undefined || (was?.type === is.type && was.reason === is.reason && was.status === is.status)) return;
    const type = entryOf(is.reason)?.family === 'condition' && is.reason !== 'Replacing' ? 'Normal' : 'Warning';
    this.#events.record(before, { type, reason: is.reason, action: action.do, note: is.message });
    log.info({ reason: is.reason, action: action.do, detail: is.message }, 'the Deployment has changed');
    const becameReady = readyOf(status)?.status === 'True' && readyOf(before.status)?.status !== 'True';
    if (becameReady && before.status.conditions !== undefined) this.#metrics.becameReady(before, now);
  }
}

/**
 * The condition to record an event for: Stalled before Ready, since an update can be refused while the last good
 * revision runs.
 */
function newsOf({ conditions = [] }: DeploymentStatus) {
  return conditions.find(({ type }) => type === 'Stalled') ?? conditions.find(({ type }) => type === 'Ready');
}
