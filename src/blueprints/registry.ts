import { Blueprints } from './blueprints.ts';
import { compose } from './compose/blueprint.ts';

/** The blueprints of this program, by the name of their descriptor type. */
export const blueprints = new Blueprints(new Map([['compose/v1', compose]]));
