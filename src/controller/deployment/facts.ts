import { timestampOf } from '../../api/conditions.ts';
import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import { chainCodeOf } from '../../errors/catalogue.ts';
import type { Found, OrderFact } from './next-action.ts';

/** The part of a status that programs decide by. */
export type DeploymentFacts = NonNullable<DeploymentStatus['facts']>;

/** What a reconcile knows of the order and the workload. */
export interface Known {
  readonly order: OrderFact;
  readonly found: Found;
  /** The reason to report if it has to be declined or degraded now; undefined if there is none. */
  readonly hindrance: string | undefined;
  /** True if trying again cannot help, because it was refused and not only delayed. */
  readonly final: boolean;
  /** Proof that nothing of the tenure is left in the backend. */
  readonly released: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/** The facts after a reconcile. Pure. A time changes only when the fact it belongs to changes. */
export function factsAfter(deployment: Deployment, known: Known): DeploymentFacts {
  const before = deployment.status.facts;
  const order = orderAfter(deployment, known);
  const workload = workloadFact(deployment, known.found, before?.workload);
  const at = timestampOf(known.now);
  const reasonCode = reasonCodeOf(order, workload, known.hindrance);
  return {
    order,
    orderSince: before?.order === order ? before.orderSince : at,
    workload,
    workloadSince: before?.workload === workload ? before.workloadSince : at,
    ...(reasonCode !== undefined && { reasonCode }),
    released: known.released,
  };
}

/** Whether the workload is up, after everything was realised as ordered at least once. */
export function isUp(deployment: Deployment, found: Found): boolean {
  if (found.kind !== 'Present' || found.phase !== 'Running' || !found.healthy) return false;
  return found.differences.length === 0 || wasRealised(deployment);
}

/**
 * Whether everything was realised as ordered at least once. A tenure that is Active at the source was, even if its
 * status was lost.
 */
export function wasRealised({ spec, status }: Deployment): boolean {
  if (spec.state === 'Active' || spec.state === 'Degraded') return true;
  return status.realisation?.descriptorHash !== undefined;
}

/** In state Accepted, an Impossible order gives the tenure up. */
function orderAfter(deployment: Deployment, known: Known): DeploymentFacts['order'] {
  if (deployment.spec.state === 'Accepted') {
    // What was realised once is realisable, whatever can be read or done at the moment.
    if (wasRealised(deployment)) return 'Realisable';
    if (isRefused(known)) return 'Impossible';
  }
  return orderFact(known.order, deployment.status.facts?.order);
}

/**
 * Making it was refused: it passed the check and cannot be realised all the same. Looking that is refused proves nothing
 * of the order.
 */
function isRefused({ final, found }: Known): boolean {
  return final && found.kind !== 'Unknown';
}

function orderFact(order: OrderFact, before: DeploymentFacts['order'] | undefined): DeploymentFacts['order'] {
  switch (order.kind) {
    case 'Realisable':
    case 'Impossible':
      return order.kind;
    case 'Unknown':
      return 'Undecided';
    case 'NotNeeded':
      // The order was not needed: the last known state is kept.
      return before ?? 'Undecided';
  }
}

function workloadFact(
  deployment: Deployment,
  found: Found,
  before: DeploymentFacts['workload'] | undefined,
): DeploymentFacts['workload'] {
  switch (found.kind) {
    case 'Unknown':
      return 'Unseen';
    case 'Absent':
      return 'Absent';
    case 'Busy':
      // During the first create nothing is up yet; any later step takes the workload down.
      return before === undefined || before === 'Absent' ? 'Absent' : 'Down';
    case 'Present':
      return isUp(deployment, found) ? 'Up' : 'Down';
  }
}

function reasonCodeOf(
  order: DeploymentFacts['order'],
  workload: DeploymentFacts['workload'],
  hindrance: string | undefined,
): number | undefined {
  if (order === 'Realisable' && workload === 'Up') return undefined;
  const own = hindrance === undefined ? undefined : chainCodeOf(hindrance);
  if (own !== undefined) return own;
  if (order === 'Impossible') return chainCodeOf('Unspecified');
  return workload === 'Down' ? chainCodeOf('WorkloadDown') : undefined;
}
