import type { Json } from '../../base/json.ts';
import type { Fields } from './compose-file.ts';
import { invalid } from './fault.ts';

/** Services by name, from one to the farthest that it extends. */
export type Lineage = ReadonlyMap<string, Fields>;

/**
 * The services whose fields a service has: itself, the one it extends, the one that extends, and so on. Throws
 * ComposeInvalid for a circle. A name that is not a service of the file ends the chain.
 */
export function lineageOf(name: string, services: ReadonlyMap<string, Fields>): Lineage {
  const lineage = new Map<string, Fields>();
  for (let at: string | undefined = name; at !== undefined; at = extendedBy(services.get(at)?.get('extends'))) {
    const fields = services.get(at);
    if (fields === undefined) break;
    if (lineage.has(at)) throw invalid(['services', name, 'extends'], `leads back to the service "${at}"`);
    lineage.set(at, fields);
  }
  return lineage;
}

/** Name of the service in `extends`, in either form. */
export function extendedBy(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !('service' in value)) return undefined;
  return typeof value['service'] === 'string' ? value['service'] : undefined;
}
