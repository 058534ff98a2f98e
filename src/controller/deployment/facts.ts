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
  /** The reason to give if it has to be declined or degraded now, undefined when nothing hinders it. */
  readonly hindrance: string | undefined;
  /** Whether nothing changes by trying again: what hinders it was refused and not only delayed. */
  readonly final: boolean;
  /** Proof that nothing of the tenure is left in the backend. */
  readonly released: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/** The facts after a reconcile. Pure; the times move only when what they date changes. */
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

/** Whether the workload is up as it was ordered once: what is still being made for the first time is not. */
export function isUp(deployment: Deployment, found: Found): boolean {
  if (found.kind !== 'Present' || found.phase !== 'Running' || !found.healthy) return false;
  return found.differences.length === 0 || wasRealised(deployment);
}

/** Whether everything was once made as ordered. The source has it from us, and a status can be lost. */
export function wasRealised({ spec, status }: Deployment): boolean {
  if (spec.state === 'Active' || spec.state === 'Degraded') return true;
  return status.realisation?.descriptorHash !== undefined;
}

/** While Accepted an order that is Impossible gives the tenure up. */
function orderAfter(deployment: Deployment, known: Known): DeploymentFacts['order'] {
  if (deployment.spec.state === 'Accepted') {
    // What was made was realisable, whatever can be read or done just now.
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
      // Nobody asked: what was known stays known.
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
      // A backend at work on the first create has nothing up yet; any other step takes down what was up.
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
