import type { Deployment } from '../../api/deployment.ts';
import { TEARDOWN_FINALIZER } from '../../api/labels.ts';

/** What to do about our finalizer before anything else. */
export type FinalizerStep =
  /** It has to be added before anything is created, so that a deletion cannot orphan anything. */
  | 'Add'
  /**
   * It is removed: nothing is left of the tenure, or the source has not ended it and the Deployment is mirrored again.
   */
  | 'Remove'
  /** It is present, and stays. */
  | 'Keep'
  /** The object is being deleted without it, and it cannot be added any more: nothing new may be created. */
  | 'TooLate';

/** What to do about the finalizer of a Deployment. Pure. */
export function finalizerStep({ metadata, spec, status }: Deployment): FinalizerStep {
  const isThere = (metadata.finalizers ?? []).includes(TEARDOWN_FINALIZER);
  if (metadata.deletionTimestamp === undefined) return isThere ? 'Keep' : 'Add';
  if (!isThere) return 'TooLate';
  // A deletion by hand ends nothing: the Deployment is mirrored again, and its workload is found by name.
  if (spec.state !== 'Ended') return 'Remove';
  return status.facts?.released === true ? 'Remove' : 'Keep';
}
