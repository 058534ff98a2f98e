import { DinfraError } from '../../errors/dinfra-error.ts';
import { isConflict, isNotFound } from './api-error.ts';
import type { JsonPatchStep } from './call-options.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeObject, ResourceType } from './resource-type.ts';

/** The client methods used here. */
type FinalizerClient = Pick<KubeClient, 'find' | 'jsonPatch'>;

/** Other writers may change the list concurrently; this many times in a row is no coincidence. */
const MAX_ATTEMPTS = 5;

/**
 * Adds our finalizer to an object and keeps all others. Returns the updated object, or undefined when it is gone or
 * being deleted: then no finalizer can be added and nothing may be created for it.
 */
export async function addFinalizer<T extends KubeObject>(
  client: FinalizerClient,
  type: ResourceType<T>,
  object: T,
  finalizer: string,
  signal: AbortSignal,
): Promise<T | undefined> {
  return patchFinalizers(client, type, object, signal, (current) => {
    if (current.metadata.deletionTimestamp !== undefined) return 'GivenUp';
    const finalizers = current.metadata.finalizers ?? [];
    if (finalizers.includes(finalizer)) return 'NothingToDo';
    const path = '/metadata/finalizers';
    return finalizers.length === 0
      ? // A test for null passes when the list is absent.
        [testStep(path, null), { op: 'add', path, value: [finalizer] }]
      : [testStep(path, finalizers), { op: 'add', path: `${path}/-`, value: finalizer }];
  });
}

/**
 * Removes our finalizer from an object and keeps all others. Call it only when everything it protects is proven gone.
 * Returns the updated object, or undefined when it is gone.
 */
export async function removeFinalizer<T extends KubeObject>(
  client: FinalizerClient,
  type: ResourceType<T>,
  object: T,
  finalizer: string,
  signal: AbortSignal,
): Promise<T | undefined> {
  return patchFinalizers(client, type, object, signal, (current) => {
    const place = (current.metadata.finalizers ?? []).indexOf(finalizer);
    if (place < 0) return 'NothingToDo';
    const path = `/metadata/finalizers/${place}`;
    return [testStep(path, finalizer), { op: 'remove', path }];
  });
}

/**
 * Patches the list as last read, with a test that it is unchanged, and reads it again when the test fails. Never writes
 * the whole list: that would drop finalizers others have added since.
 */
async function patchFinalizers<T extends KubeObject>(
  client: FinalizerClient,
  type: ResourceType<T>,
  object: T,
  signal: AbortSignal,
  stepsFor: (current: T) => readonly JsonPatchStep[] | 'NothingToDo' | 'GivenUp',
): Promise<T | undefined> {
  const { uid } = object.metadata;
  let current = object;
  for (let attempt = 1; ; attempt++) {
    const steps = stepsFor(current);
    if (steps === 'NothingToDo') return current;
    if (steps === 'GivenUp') return undefined;
    try {
      return await client.jsonPatch(type, current.metadata, [testStep('/metadata/uid', uid), ...steps], signal);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (attempt >= MAX_ATTEMPTS || !(isConflict(error) || isFailedTest(error))) throw error;
    }
    const read = await client.find(type, object.metadata, signal);
    // Another object of the same name is not ours.
    if (read === undefined || read.metadata.uid !== uid) return undefined;
    current = read;
  }
}

/** The API server answers a failed test with 422, the same as for a patch that makes the object invalid. */
function isFailedTest(error: unknown): boolean {
  return error instanceof DinfraError && error.code === 'ClusterInvalid';
}

function testStep(path: string, value: unknown): JsonPatchStep {
  return { op: 'test', path, value };
}
