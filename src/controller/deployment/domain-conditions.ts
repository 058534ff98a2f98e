import { type Statement, timestampOf } from '../../api/conditions.ts';
import type { Deployment } from '../../api/deployment.ts';
import { withHint } from '../../errors/dinfra-error.ts';
import type { Present } from '../../providers/port.ts';
import { describe, listed, withDifferences } from './describe.ts';
import type { OrderFact } from './next-action.ts';
import type { Outcome } from './outcome.ts';

/**
 * The conditions Resolved, Realised, Healthy and Drifted. What was not observed leaves its condition unchanged. Pure.
 */
export function domainStatements(deployment: Deployment, outcome: Outcome): readonly Statement[] {
  const { found, order } = outcome;
  const statements: Statement[] = order.kind === 'NotNeeded' ? [] : [resolvedStatement(order)];
  if (found.kind === 'Unknown') {
    const { reason, message } = found;
    return [
      ...statements,
      { type: 'Realised', status: 'Unknown', reason, message },
      { type: 'Healthy', status: 'Unknown', reason, message },
    ];
  }
  statements.push(realisedStatement(outcome));
  if (found.kind === 'Absent') statements.push({ type: 'Healthy', status: undefined, reason: 'Absent', message: '' });
  if (found.kind === 'Present') statements.push(...presentStatements(deployment, found));
  return statements;
}

function resolvedStatement(order: Exclude<OrderFact, { kind: 'NotNeeded' }>): Statement {
  if (order.kind === 'Realisable') {
    return {
      type: 'Resolved',
      status: 'True',
      reason: 'DescriptorVerified',
      message: 'The descriptor matches its hash and schema and can be realised.',
    };
  }
  const status = order.kind === 'Impossible' ? 'False' : 'Unknown';
  return { type: 'Resolved', status, reason: order.reason, message: order.message };
}

function realisedStatement({ found, action, failure, order, retry }: Outcome): Statement {
  const realised = (status: 'True' | 'False' | 'Unknown', reason: Statement['reason'], message: string) =>
    ({ type: 'Realised', status, reason, message }) as const;
  if (action.do === 'confirmReleased') return realised('False', 'Released', 'Nothing of this tenure is left.');
  if (failure !== undefined && found.kind === 'Present') {
    const next = retry === undefined ? '' : ` The next attempt is due at ${timestampOf(retry.at)}.`;
    return realised('False', failure.code, `${withDifferences(withHint(failure), found)}${next}`);
  }
  if (found.kind !== 'Present' || found.phase !== 'Running' || found.differences.length > 0) {
    return realised('False', found.kind === 'Absent' ? 'Absent' : 'Updating', describe(found));
  }
  if (order.kind === 'Unknown' || order.kind === 'Impossible') {
    return realised('Unknown', order.reason, `The order of what runs cannot be read: ${order.message}`);
  }
  if (found.unseen !== undefined && found.unseen.length > 0) {
    return realised('Unknown', 'PartlyUnseen', `Parts could not be observed: ${listed(found.unseen)}`);
  }
  return realised('True', 'AsOrdered', 'Everything was made as ordered.');
}

function presentStatements(deployment: Deployment, found: Present): readonly Statement[] {
  const condition = (type: string) => deployment.status.conditions?.find((one) => one.type === type);
  // Only a Deployment that was as ordered before can have drifted, not one that is being realised for the first time.
  const wasAsOrdered = condition('Realised')?.status === 'True' || condition('Drifted') !== undefined;
  return [
    {
      type: 'Healthy',
      status: found.healthy ? 'True' : 'False',
      reason: found.healthy ? 'Running' : 'AwaitingHealth',
      message: found.message,
    },
    {
      type: 'Drifted',
      status: found.differences.length > 0 && wasAsOrdered ? 'True' : undefined,
      reason: 'Drifted',
      message: withDifferences('Changed from outside', found),
    },
  ];
}
