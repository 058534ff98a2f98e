import pLimit from 'p-limit';
import { conditionsAfter, type Statement } from '../../api/conditions.ts';
import { type Deployment, deployments, tenureOf } from '../../api/deployment.ts';
import { FieldManager } from '../../api/labels.ts';
import type { SubmitResult } from '../../award/report.ts';
import type { Submission } from '../../award/source.ts';
import { forTenure } from '../../award/tenure-log.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import { isNotFound } from '../../kube/client/api-error.ts';
import type { BridgeCluster, BridgeEvents } from '../ports.ts';

/** Time limit for writing a condition, in milliseconds. A failed write has no consequences. */
const WRITE_TIMEOUT_MS = 10_000;
const CONCURRENCY = 8;

/** Shows on a Deployment what was reported to the source: the condition `Reported`, and an event. */
export class ReportedConditions {
  private readonly cluster: BridgeCluster;
  private readonly store: StoreView<Deployment>;
  private readonly events: BridgeEvents;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly limit = pLimit(CONCURRENCY);

  constructor(
    context: {
      readonly cluster: BridgeCluster;
      readonly deployments: StoreView<Deployment>;
      readonly events: BridgeEvents;
      readonly clock: Clock;
    },
    log: Logger,
  ) {
    this.cluster = context.cluster;
    this.store = context.deployments;
    this.events = context.events;
    this.clock = context.clock;
    this.log = log;
  }

  /** Writes the result of a submission to the Deployments it is about. */
  note(submission: Submission, result: SubmitResult, about: readonly Deployment[]): void {
    if (result.kind === 'Lost') return;
    const statement = statementOf(submission.text, result);
    const { reason, message } = statement;
    const log = submission.tenure === undefined ? this.log : forTenure(this.log, submission.tenure);
    log.info(
      { call: submission.name, about: submission.about, result: result.kind, detail: message },
      'a report to the chain was applied or refused',
    );
    for (const deployment of about) {
      const type = result.kind === 'Applied' ? 'Normal' : 'Warning';
      this.events.record(deployment, { type, reason, action: 'Report', note: message });
      void this.limit(() => this.write(deployment, statement));
    }
  }

  private async write({ metadata }: Deployment, statement: Statement): Promise<void> {
    const { name, namespace = '', uid } = metadata;
    const current = this.store.get(`${namespace}/${name}`);
    if (current === undefined) return;
    const before = current.status.conditions?.filter(({ type }) => type === 'Reported');
    const conditions = conditionsAfter(before, [statement], current.metadata.generation, this.clock.wallTime());
    try {
      await this.cluster.apply(
        deployments,
        { metadata: { name, namespace, uid }, status: { conditions } },
        { fieldManager: FieldManager.bridge, subresource: 'status' },
        AbortSignal.timeout(WRITE_TIMEOUT_MS),
      );
    } catch (error) {
      if (isNotFound(error)) return;
      const log = forTenure(this.log, tenureOf(current));
      log.warn({ err: error, deployment: name }, 'the condition Reported could not be written');
    }
  }
}

function statementOf(text: string, result: Exclude<SubmitResult, { kind: 'Lost' }>): Statement {
  return result.kind === 'Applied'
    ? { type: 'Reported', status: 'True', reason: 'Confirmed', message: `${text}, final in block ${result.block}` }
    : { type: 'Reported', status: 'False', reason: 'CallRefused', message: `${text} was refused: ${result.error}` };
}
