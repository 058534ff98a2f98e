import { conditionsAfter, type Statement } from '../../api/conditions.ts';
import { type Deployment, deployments } from '../../api/deployment.ts';
import { FieldManager } from '../../api/labels.ts';
import type { Logger } from '../../base/logger.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';
import type { EventRecorder } from '../../kube/events/event-recorder.ts';
import type { CallResult } from './call-ledger.ts';
import type { WantedCall } from './wanted-calls.ts';

/** How long writing a condition may take, in milliseconds. It is of no consequence when it fails. */
const WRITE_TIMEOUT_MS = 10_000;

/** Says on a Deployment what the chain was told of it: the condition `Reported`, and an event. */
export class Reports {
  private readonly client: KubeClient;
  private readonly store: StoreView<Deployment>;
  private readonly events: EventRecorder;
  private readonly log: Logger;

  constructor(
    context: {
      readonly client: KubeClient;
      readonly deployments: StoreView<Deployment>;
      readonly events: EventRecorder;
    },
    log: Logger,
  ) {
    this.client = context.client;
    this.store = context.deployments;
    this.events = context.events;
    this.log = log;
  }

  /** Notes what became of a call. */
  settle(call: WantedCall, result: CallResult): void {
    if (result.kind === 'Lost') return;
    const statement = statementOf(call.said, result);
    const deployment = call.deployment && { deployment: call.deployment.metadata.name };
    this.log.info(
      { call: call.name, about: call.about, ...deployment, result: result.kind, detail: statement.message },
      'the chain has answered',
    );
    if (call.deployment !== undefined) {
      const type = result.kind === 'Applied' ? 'Normal' : 'Warning';
      const { reason, message } = statement;
      this.events.record(call.deployment, { type, reason, action: 'Report', note: message });
      void this.write(call.deployment, statement);
    }
  }

  private async write({ metadata }: Deployment, statement: Statement): Promise<void> {
    const { name, namespace = '' } = metadata;
    const current = this.store.get(`${namespace}/${name}`);
    if (current === undefined) return;
    const before = current.status.conditions?.filter(({ type }) => type === 'Reported');
    const conditions = conditionsAfter(before, [statement], current.metadata.generation, Date.now());
    try {
      await this.client.apply(
        deployments,
        { metadata: { name, namespace, uid: metadata.uid }, status: { conditions } },
        { fieldManager: FieldManager.bridge, subresource: 'status' },
        AbortSignal.timeout(WRITE_TIMEOUT_MS),
      );
    } catch (error) {
      this.log.warn({ err: error, name }, 'the condition Reported could not be written');
    }
  }
}

function statementOf(said: string, result: Exclude<CallResult, { kind: 'Lost' }>): Statement {
  return result.kind === 'Applied'
    ? { type: 'Reported', status: 'True', reason: 'Told', message: `${said}, final in block ${result.block}` }
    : { type: 'Reported', status: 'False', reason: 'CallRefused', message: `${said} was refused: ${result.error}` };
}
