import type { KubeObject } from './resource-type.ts';

/**
 * An object that many readers can share: deeply frozen and without managedFields, which nobody reads and which are often
 * more than half of it.
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
