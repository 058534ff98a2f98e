import type { Blueprint } from '../blueprints.ts';
import { composeToVm } from './compose-to-vm.ts';

/** `compose/v1`: a Docker Compose file on a VM of its own. */
export const compose: Blueprint = {
  type: 'vm/v1',
  translate: composeToVm,
  origins: { '/userData': '/compose' },
};
