import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import { entryOf, type Reason } from '../../errors/catalogue.ts';
import type { DinfraError } from '../../errors/dinfra-error.ts';
import type { Step } from '../../providers/port.ts';
import type { Action, Found, OrderFact } from './next-action.ts';
import type { Accepted } from './orders.ts';

/** What is thought of a descriptor the consumer wants next. */
export type UpdateVerdict = NonNullable<DeploymentStatus['update']>;

/** One reconcile, as it went. */
export interface Outcome {
  readonly order: OrderFact;
  readonly found: Found;
  readonly action: Action;
  /** What the action did; undefined when it was none of the reactor's. */
  readonly step: Step | undefined;
  /** What went wrong while observing or acting. */
  readonly failure: DinfraError | undefined;
  /** The descriptor that was judged and kept last; undefined when this reconcile judged none. */
  readonly accepted: Accepted | undefined;
  readonly update: UpdateVerdict | undefined;
  readonly reactor: { readonly name: string; readonly kind: string } | undefined;
  /** Name of everything made for the tenure in its backend. */
  readonly name: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** When the next try follows, if something is in the way. */
  readonly retry: Retry | undefined;
}

/** A next try. */
export interface Retry {
  /** Failures in a row, this one included. */
  readonly failures: number;
  /** When it is looked at again, in milliseconds from now: what is there is looked at before the next try is due. */
  readonly waitMs: number;
  /** When the next try is due, in Unix milliseconds. */
  readonly at: number;
}

/** What is in the way of the Deployment being as it should. */
export interface Hindrance {
  readonly reason: Reason;
  /** Nothing changes by trying. */
  readonly final: boolean;
  /** Only a person can put it right. */
  readonly needsPerson: boolean;
}

/** What is in the way after a reconcile, undefined when nothing is. Pure. */
export function hindranceOf({ failure, action, order, found }: Omit<Outcome, 'retry'>): Hindrance | undefined {
  if (failure !== undefined) return hindrance(failure.code, failure.family !== 'retryable');
  if (action.do === 'stall') return hindrance(action.reason, true);
  if (action.do === 'retry') return hindrance(action.reason, false);
  // What cannot come up and is made again each time is failing, too.
  if (action.do === 'remove' && action.again) return hindrance('Replacing', false);
  const lacksOrder = order.kind === 'Unknown' || order.kind === 'Impossible';
  return lacksOrder && found.kind === 'Present' ? hindrance(order.reason, order.kind === 'Impossible') : undefined;
}

function hindrance(reason: Reason, final: boolean): Hindrance {
  return { reason, final, needsPerson: final || entryOf(reason)?.needsPerson === true };
}

/** Whether nothing may be touched now: a person has said so, or nobody would clean up behind us. */
export function isUntouchable({ spec, metadata }: Deployment, hasFinalizer: boolean): boolean {
  if (spec.suspend === true) return true;
  return metadata.deletionTimestamp !== undefined && !hasFinalizer && spec.state !== 'Ended';
}
