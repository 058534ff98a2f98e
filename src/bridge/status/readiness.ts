import type { Statement } from '../../api/conditions.ts';
import { RECONCILE_ANNOTATION } from '../../api/labels.ts';
import type { ObjectMeta } from '../../base/kube-object.ts';
import type { Reason } from '../../errors/catalogue.ts';
import { isForAPerson, type Problem } from '../failures.ts';

/** Status, reason and message of `Ready`. */
export interface Readiness {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: Reason;
  readonly message: string;
}

export function notReady({ reason, message }: Problem): Readiness {
  return { status: 'False', reason, message };
}

/**
 * `Ready`, with the kstatus conditions `Reconciling` and `Stalled`: a resource that is not ready either makes progress
 * or waits for somebody to change something, never both.
 */
export function readyStatements({ status, reason, message }: Readiness): readonly Statement[] {
  const isStalled = status !== 'True' && isForAPerson(reason);
  const isBusy = status !== 'True' && !isStalled;
  return [
    { type: 'Ready', status, reason, message },
    { type: 'Reconciling', status: isBusy ? 'True' : undefined, reason, message },
    { type: 'Stalled', status: isStalled ? 'True' : undefined, reason, message },
  ];
}

/** The echo of the annotation that requests a reconcile. */
export function handledRequest({ annotations }: Pick<ObjectMeta, 'annotations'>): { lastHandledReconcileAt?: string } {
  const requested = annotations?.[RECONCILE_ANNOTATION];
  return requested === undefined ? {} : { lastHandledReconcileAt: requested };
}

/** True if a reconcile was requested that the status has not echoed yet. */
export function isRequested(object: {
  readonly metadata: Pick<ObjectMeta, 'annotations'>;
  readonly status: { readonly lastHandledReconcileAt?: string };
}): boolean {
  const requested = object.metadata.annotations?.[RECONCILE_ANNOTATION];
  return requested !== undefined && requested !== object.status.lastHandledReconcileAt;
}
