import type { Blueprint } from './blueprint-reactor.ts';
import { compose } from './compose/blueprint.ts';

/** Descriptor types that become a VM, beside `vm/v1`, by name. */
export const vmBlueprints: ReadonlyMap<string, Blueprint> = new Map([['compose/v1', compose]]);
