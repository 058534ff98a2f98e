import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
import { FieldManager } from '../../api/labels.ts';
import { isNotFound } from '../../kube/client/api-error.ts';
import type { KubeObject, Manifest, ResourceType } from '../../kube/client/resource-type.ts';
import { concernsWholeServer } from '../failures.ts';
import type { BridgeCluster } from '../ports.ts';

const CONCURRENCY = 8;

/** An object with the status it should have. */
export interface WantedStatus<T extends StatusObject> {
  readonly object: T;
  readonly status: T['status'];
}

interface StatusObject extends KubeObject {
  readonly status: object;
}

/** Whether a status has to be written. */
export function differs<T extends StatusObject>({ object, status }: WantedStatus<T>): boolean {
  return !isDeepStrictEqual(status, object.status);
}

/** Writes a status if it differs. True if it was written. An object that was deleted is not an error. */
export async function writeStatus<T extends StatusObject>(
  cluster: BridgeCluster,
  type: ResourceType<T>,
  wanted: WantedStatus<T>,
  signal: AbortSignal,
): Promise<boolean> {
  if (!differs(wanted)) return false;
  const { object, status } = wanted;
  const { name, namespace, uid } = object.metadata;
  const manifest = {
    metadata: { name, uid, ...(namespace !== undefined && { namespace }) },
    status,
  } as unknown as Manifest<T>;
  try {
    await cluster.apply(type, manifest, { fieldManager: FieldManager.bridge, subresource: 'status' }, signal);
    return true;
  } catch (error) {
    // Deleted, or recreated under the same name: its next status is computed from the new object.
    if (isNotFound(error)) return false;
    throw error;
  }
}

/**
 * Writes the statuses that differ, several at once. A refused one does not block the others; the first refusal is
 * thrown at the end.
 */
export async function writeStatuses<T extends StatusObject>(
  cluster: BridgeCluster,
  type: ResourceType<T>,
  wanted: readonly WantedStatus<T>[],
  signal: AbortSignal,
): Promise<void> {
  const limit = pLimit(CONCURRENCY);
  let failure: { readonly error: unknown } | undefined;
  const write = async (one: WantedStatus<T>) => {
    if (failure !== undefined && concernsWholeServer(failure.error)) return;
    try {
      await writeStatus(cluster, type, one, signal);
    } catch (error) {
      failure = failure === undefined || concernsWholeServer(error) ? { error } : failure;
    }
  };
  await Promise.all(wanted.map((one) => limit(() => write(one))));
  if (failure !== undefined) throw failure.error;
}
