import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import { entryOf, type Reason } from '../../errors/catalogue.ts';
import type { DinfraError } from '../../errors/dinfra-error.ts';
import type { Step } from '../../providers/port.ts';
import type { Action, Found, OrderFact } from './next-action.ts';
import type { Accepted } from './orders.ts';

/** The verdict on an update that the consumer requested. */
export type UpdateVerdict = NonNullable<DeploymentStatus['update']>;

/** The result of one reconcile. */
export interface Outcome {
  readonly order: OrderFact;
  readonly found: Found;
  readonly action: Action;
  /** What the action did; undefined if it was not an action of the reactor. */
  readonly step: Step | undefined;
  /** The failure of observing or acting. */
  readonly failure: DinfraError | undefined;
  /** The descriptor that this reconcile validated and stored; undefined if it validated none. */
  readonly accepted: Accepted | undefined;
  readonly update: UpdateVerdict | undefined;
  readonly reactor: { readonly name: string; readonly kind: string } | undefined;
  /** Name of everything made for the tenure in its backend. */
  readonly name: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** The next attempt, if something is in the way. */
  readonly retry: Retry | undefined;
}

/** The next attempt after failures. */
export interface Retry {
  /** Consecutive failures, including this one. */
  readonly failures: number;
  /**
   * Time until the next reconcile, in milliseconds. An existing workload is observed before the next attempt is due.
   */
  readonly waitMs: number;
  /** When the next attempt is due, in Unix milliseconds. */
  readonly at: number;
}

/** What prevents a Deployment from reaching its desired state. */
export interface Hindrance {
  readonly reason: Reason;
  /** Trying again cannot help. */
  readonly final: boolean;
  /** Only a person can resolve it. */
  readonly needsPerson: boolean;
}

/** The hindrance after a reconcile; undefined if there is none. Pure. */
export function hindranceOf({ failure, action, order, found }: Omit<Outcome, 'retry'>): Hindrance | undefined {
  if (failure !== undefined) return hindrance(failure.code, failure.family !== 'retryable');
  if (action.do === 'stall') return hindrance(action.reason, true);
  if (action.do === 'retry') return hindrance(action.reason, false);
  // A realisation that cannot come up and is created again each time is failing, too.
  if (action.do === 'remove' && action.again) return hindrance('Replacing', false);
  const lacksOrder = order.kind === 'Unknown' || order.kind === 'Impossible';
  return lacksOrder && found.kind === 'Present' ? hindrance(order.reason, order.kind === 'Impossible') : undefined;
}

function hindrance(reason: Reason, final: boolean): Hindrance {
  return { reason, final, needsPerson: final || entryOf(reason)?.needsPerson === true };
}

/** True if nothing may be touched now: spec.suspend is set, or without our finalizer nothing would be cleaned up. */
export function isUntouchable({ spec, metadata }: Deployment, hasFinalizer: boolean): boolean {
  if (spec.suspend === true) return true;
  return metadata.deletionTimestamp !== undefined && !hasFinalizer && spec.state !== 'Ended';
}
