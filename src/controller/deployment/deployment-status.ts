import { isDeepStrictEqual } from 'node:util';
import { conditionsAfter, timestampOf } from '../../api/conditions.ts';
import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import { RECONCILE_ANNOTATION } from '../../api/labels.ts';
import { domainStatements } from './domain-conditions.ts';
import { factsAfter } from './facts.ts';
import { hindranceOf, type Outcome } from './outcome.ts';
import { readinessStatements, readyOf } from './readiness.ts';

/** The status of a Deployment after a reconcile: all of the controller's part. Pure. */
export function statusAfter(deployment: Deployment, outcome: Outcome): DeploymentStatus {
  const { metadata, status: before } = deployment;
  const { found, now } = outcome;
  const hindrance = hindranceOf(outcome);
  const statements = [...readinessStatements(deployment, outcome), ...domainStatements(deployment, outcome)];
  // The bridge owns Reported: applying it here would take over its fields.
  const ours = before.conditions?.filter(({ type }) => type !== 'Reported');
  const conditions = conditionsAfter(ours, statements, metadata.generation, now);
  const ready = readyOf({ conditions, observedGeneration: metadata.generation });
  // The descriptor stored for an update stays recorded until the source has accepted the update.
  const isUpdates = before.accepted !== undefined && before.accepted.hash === deployment.spec.update?.hash;
  const accepted = (isUpdates ? undefined : outcome.accepted) ?? before.accepted;
  const requested = metadata.annotations?.[RECONCILE_ANNOTATION] ?? before.lastHandledReconcileAt;
  return {
    observedGeneration: metadata.generation,
    conditions,
    ...(ready && { message: ready.message, lastTransitionTime: ready.lastTransitionTime }),
    ...reachAfter(before, found),
    facts: factsAfter(deployment, {
      order: outcome.order,
      found,
      hindrance: hindrance?.reason,
      final: hindrance?.final === true,
      released: outcome.action.do === 'confirmReleased',
      now,
    }),
    ...(accepted && { accepted }),
    ...(requested !== undefined && { lastHandledReconcileAt: requested }),
    ...(outcome.update && { update: outcome.update }),
    realisation: realisationAfter(deployment, outcome),
  };
}

/**
 * Whether a status has to be written. A new count of failures, or another message for the same reason, is written only
 * each time the count has doubled.
 */
export function isWorthWriting(before: DeploymentStatus, after: DeploymentStatus, outcome: Outcome): boolean {
  if (isDeepStrictEqual(before, after)) return false;
  const hindrance = hindranceOf(outcome);
  if (hindrance === undefined || hindrance.final || outcome.retry === undefined) return true;
  if (Number.isInteger(Math.log2(outcome.retry.failures))) return true;
  return !isDeepStrictEqual(substanceOf(before), substanceOf(after));
}

function substanceOf({ conditions, message: _, realisation, ...status }: DeploymentStatus): object {
  const { failures: _failures, retryAfter: _retryAfter, ...lasting } = realisation ?? {};
  return { ...status, conditions: conditions?.map(({ message: _words, ...condition }) => condition), ...lasting };
}

/** Endpoints and access data for the consumer: kept while the backend cannot be observed. */
function reachAfter(before: DeploymentStatus, found: Outcome['found']): Pick<DeploymentStatus, 'endpoints' | 'access'> {
  if (found.kind === 'Absent') return {};
  if (found.kind !== 'Present') {
    return {
      ...(before.endpoints && { endpoints: before.endpoints }),
      ...(before.access && { access: before.access }),
    };
  }
  const access = found.access === undefined ? undefined : Buffer.from(found.access).toString('base64');
  return { endpoints: found.endpoints, ...(access !== undefined && { access }) };
}

function realisationAfter(deployment: Deployment, outcome: Outcome): NonNullable<DeploymentStatus['realisation']> {
  const { now, found, step, action, retry } = outcome;
  const before = deployment.status.realisation ?? {};
  const memo =
    step?.memo ?? (found.kind === 'Present' || found.kind === 'Busy' ? found.memo : undefined) ?? before.memo;
  const intent = found.kind === 'Present' || action.do === 'confirmReleased' ? undefined : before.intent;
  const since = before.since ?? (found.kind === 'Present' || action.do === 'create' ? timestampOf(now) : undefined);
  const reactor = outcome.reactor ?? before.reactor;
  const hash = isAsOrdered(outcome) ? deployment.spec.descriptor.hash : before.descriptorHash;
  return {
    name: outcome.name,
    ...(reactor && { reactor }),
    ...(hash && { descriptorHash: hash }),
    ...(intent && { intent }),
    // Server-side apply turns an object into null when it removes its last field.
    ...(memo && Object.keys(memo).length > 0 && action.do !== 'confirmReleased' && { memo }),
    ...(since && { since }),
    ...(retry && {
      failures: retry.failures,
      retryAfter: timestampOf(Math.ceil(retry.at / 1000) * 1000),
    }),
  };
}

function isAsOrdered({ order, found }: Outcome): boolean {
  if (order.kind !== 'Realisable' || found.kind !== 'Present') return false;
  return found.phase === 'Running' && found.differences.length === 0;
}
