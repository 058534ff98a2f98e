import { isDeepStrictEqual } from 'node:util';
import type { Deployment } from '../api/deployment.ts';

/**
 * Whether a change of a Deployment concerns the session of its provider: the reports to the chain, the mirror, or the
 * statuses that summarise it. Most status changes, such as a memo or a retry, do not.
 */
export function concernsSession(old: Deployment | undefined, now: Deployment | undefined): boolean {
  if (old === undefined || now === undefined) return true;
  if (old.metadata.generation !== now.metadata.generation) return true;
  if (old.metadata.deletionTimestamp !== now.metadata.deletionTimestamp) return true;
  if (!isDeepStrictEqual(old.metadata.labels, now.metadata.labels)) return true;
  return !isDeepStrictEqual(concerns(old), concerns(now));
}

function concerns({ metadata, status }: Deployment) {
  const { facts, accepted, update, realisation, conditions } = status;
  return {
    isCurrent: status.observedGeneration === metadata.generation,
    facts,
    accepted,
    update,
    reactor: realisation?.reactor?.name,
    // Repeated in the status of the Subscription.
    summary: conditions?.filter(({ type }) => type === 'Ready' || type === 'Reconciling' || type === 'Stalled'),
  };
}
