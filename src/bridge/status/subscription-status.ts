import { conditionsAfter, type Statement } from '../../api/conditions.ts';
import type { Deployment } from '../../api/deployment.ts';
import type { Subscription, SubscriptionStatus } from '../../api/subscription.ts';
import { identityOf } from '../../award/identity.ts';
import type { Reason } from '../../errors/catalogue.ts';

/** The status of a Subscription: that of the Deployment of its tenure. Pure. `now` in Unix milliseconds. */
export function subscriptionStatus(
  { metadata, spec, status }: Subscription,
  deployments: readonly Deployment[],
  genesis: string,
  now: number,
): SubscriptionStatus {
  const { name } = identityOf({ genesis, subscription: BigInt(spec.id), tenure: spec.tenure });
  const deployment = deployments.find((one) => one.metadata.name === name);
  return {
    observedGeneration: metadata.generation,
    conditions: conditionsAfter(status.conditions, statementsOf(deployment), metadata.generation, now),
    ...(deployment && { deploymentRef: { name } }),
  };
}

function statementsOf(deployment: Deployment | undefined): Statement[] {
  const of = (type: 'Ready' | 'Reconciling' | 'Stalled'): Statement => {
    const found = deployment?.status.conditions?.find((condition) => condition.type === type);
    // The reasons of a Deployment are the controller's, and so of the catalogue.
    if (found !== undefined)
      return { type, status: found.status, reason: found.reason as Reason, message: found.message };
    const message = 'The Deployment of its tenure has not been looked at yet.';
    return { type, status: type === 'Ready' ? 'Unknown' : undefined, reason: 'Absent', message };
  };
  return [of('Ready'), of('Reconciling'), of('Stalled')];
}
