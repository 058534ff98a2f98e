import type { Address, ApiObject, Cluster } from '../cluster.ts';
import { POD } from '../confine/kinds.ts';
import { at, numberOf } from '../json-fields.ts';
import { forEachOf } from './each-object.ts';

/** Limit of the grace period of an ended tenure's pods in seconds, whatever their spec says. */
const GRACE_SECONDS = 30;

/** Finalizers of Kubernetes itself: its controllers remove them after their own cleanup. */
const OF_KUBERNETES = new Set([
  'foregroundDeletion',
  'orphan',
  'batch.kubernetes.io/job-tracking',
  'kubernetes.io/pvc-protection',
  'service.kubernetes.io/load-balancer-cleanup',
]);

/**
 * Terminates the pods of a namespace whose tenure has ended: within half a minute, or immediately if `overdue`, which
 * also removes their finalizers. Meant for a namespace whose quota admits no more pods. Returns how many there were; a
 * pod that is refused keeps no other.
 */
export async function endPods(
  cluster: Cluster,
  namespace: string,
  overdue: boolean,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  const endOne = async (pod: ApiObject) => {
    count += 1;
    const { name, uid, deletionTimestamp } = pod.metadata;
    if (overdue) await releaseOne(cluster, POD, pod, new Set(), signal);
    else if (deletionTimestamp !== undefined && graceOf(pod) <= GRACE_SECONDS) return;
    const gracePeriodSeconds = overdue ? 0 : GRACE_SECONDS;
    await cluster.delete(POD, { name, namespace }, signal, { preconditions: { uid }, gracePeriodSeconds });
  };
  await forEachOf(cluster, POD, namespace, endOne, signal);
  return count;
}

/** The grace period of a terminating pod, in seconds. */
function graceOf(pod: ApiObject): number {
  return numberOf(at(pod, 'metadata', 'deletionGracePeriodSeconds')) ?? 0;
}

/** Removes the finalizers of all objects of these kinds, except those of Kubernetes itself. One that is refused keeps no other. */
export async function releaseFinalizers(
  cluster: Cluster,
  namespace: string,
  kinds: readonly Address[],
  signal: AbortSignal,
): Promise<void> {
  for (const kind of kinds) {
    const release = (object: ApiObject) => releaseOne(cluster, kind, object, OF_KUBERNETES, signal);
    await forEachOf(cluster, kind, namespace, release, signal);
  }
}

async function releaseOne(
  cluster: Cluster,
  address: Address,
  { metadata }: ApiObject,
  keep: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace = '', uid, finalizers = [] } = metadata;
  const kept = finalizers.filter((finalizer) => keep.has(finalizer));
  if (kept.length === finalizers.length) return;
  await cluster.mergePatch(address, { name, namespace }, { metadata: { uid, finalizers: kept } }, signal);
}
