import type { Deployment } from '../../api/deployment.ts';
import { TEARDOWN_FINALIZER } from '../../api/labels.ts';

/** What is to be done about our finalizer before anything else. */
export type FinalizerStep =
  /** It has to be there before anything is made, so that nothing can be orphaned by a deletion. */
  | 'Add'
  /** Nothing is left of the tenure, or the source has not ended it and it is mirrored again. */
  | 'Remove'
  /** It is there, and stays. */
  | 'Keep'
  /** The object is being deleted without it, and none can be added any more: nothing new may be made. */
  | 'TooLate';

/** What is to be done about the finalizer of a Deployment. Pure. */
export function finalizerStep({ metadata, spec, status }: Deployment): FinalizerStep {
  const isThere = (metadata.finalizers ?? []).includes(TEARDOWN_FINALIZER);
  if (metadata.deletionTimestamp === undefined) return isThere ? 'Keep' : 'Add';
  if (!isThere) return 'TooLate';
  // A deletion is not an order: a Deployment deleted by hand comes back, and what runs for it is found again by name.
  if (spec.state !== 'Ended') return 'Remove';
  return status.facts?.released === true ? 'Remove' : 'Keep';
}
