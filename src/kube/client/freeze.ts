import type { KubeObject } from './resource-type.ts';

/**
 * An object as many readers share it: deeply frozen, and without the record of who wrote which field, which nobody reads
 * and which is often the larger half of it.
 */
export function forKeeping<T extends KubeObject>(object: T): T {
  if (!Object.isFrozen(object.metadata)) Reflect.deleteProperty(object.metadata, 'managedFields');
  return deepFreeze(object);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
