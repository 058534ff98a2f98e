import { conditionsAfter, type Statement } from '../../api/conditions.ts';
import type { Deployment } from '../../api/deployment.ts';
import type { Subscription, SubscriptionStatus } from '../../api/subscription.ts';
import type { Reason } from '../../errors/catalogue.ts';
import { problemOf } from '../failures.ts';
import type { MirrorFailure } from '../mirror/mirror-writer.ts';
import { handledRequest, notReady, readyStatements } from './readiness.ts';

/**
 * The status of a Subscription: that of the Deployment of its tenure, or of the worst of its parts. `refused` is the
 * write of the tenure that the API server refused. Pure. `now` in Unix milliseconds.
 */
export function subscriptionStatus(
  { metadata, status }: Subscription,
  parts: readonly Deployment[],
  refused: MirrorFailure | undefined,
  now: number,
): SubscriptionStatus {
  const worst = parts.find((part) => readyOf(part) !== 'True') ?? parts[0];
  const statements = [...statementsOf(worst, refused), mirrored(refused)];
  return {
    observedGeneration: metadata.generation,
    conditions: conditionsAfter(status.conditions, statements, metadata.generation, now),
    ...(worst && { deploymentRef: { name: worst.metadata.name } }),
    ...handledRequest(metadata),
  };
}

function statementsOf(deployment: Deployment | undefined, refused: MirrorFailure | undefined): readonly Statement[] {
  if (deployment === undefined && refused !== undefined) return readyStatements(notReady(problemOf(refused.error)));
  const of = (type: 'Ready' | 'Reconciling' | 'Stalled'): Statement => {
    const found = deployment?.status.conditions?.find((condition) => condition.type === type);
    // Conditions of a Deployment are written by the controller, so their reasons are in the catalogue.
    if (found !== undefined)
      return { type, status: found.status, reason: found.reason as Reason, message: found.message };
    const message = 'The Deployment of the tenure has not been reconciled yet.';
    return { type, status: type === 'Ready' ? 'Unknown' : undefined, reason: 'Absent', message };
  };
  return [of('Ready'), of('Reconciling'), of('Stalled')];
}

/** Present only while an object of the tenure could not be written. */
function mirrored(refused: MirrorFailure | undefined): Statement {
  return {
    type: 'Mirrored',
    status: refused === undefined ? undefined : 'False',
    reason: 'MirrorIncomplete',
    message: refused === undefined ? '' : `${refused.kind} ${refused.name}: ${refused.error.message}`,
  };
}

function readyOf({ status }: Deployment): string | undefined {
  return status.conditions?.find(({ type }) => type === 'Ready')?.status;
}
