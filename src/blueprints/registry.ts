import { type Blueprint, Blueprints } from './blueprints.ts';
import { composeToVm } from './compose/compose-to-vm.ts';

/** `compose/v1`: a Docker Compose file on a VM of its own. */
const compose: Blueprint = {
  type: 'vm/v1',
  translate: composeToVm,
  origins: { '/userData': '/compose' },
};

/** The blueprints of this program, by the name of their descriptor type. */
export const blueprints = new Blueprints(new Map([['compose/v1', compose]]));
