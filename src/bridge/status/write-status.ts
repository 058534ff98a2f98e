import { isDeepStrictEqual } from 'node:util';
import { FieldManager } from '../../api/labels.ts';
import { isNotFound } from '../../kube/client/api-error.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';
import type { KubeObject, Manifest, ResourceType } from '../../kube/client/resource-type.ts';

/** Writes a status the bridge owns, when it has changed. True when it was written. An object that is gone is no error. */
export async function writeStatus<T extends KubeObject & { readonly status: object }>(
  client: KubeClient,
  type: ResourceType<T>,
  object: T,
  status: T['status'],
  signal: AbortSignal,
): Promise<boolean> {
  if (isDeepStrictEqual(status, object.status)) return false;
  const { name, namespace } = object.metadata;
  const manifest = {
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    status,
  } as unknown as Manifest<T>;
  try {
    await client.apply(type, manifest, { fieldManager: FieldManager.bridge, subresource: 'status' }, signal);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
