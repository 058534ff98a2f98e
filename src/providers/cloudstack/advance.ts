import { RefusedError } from '../../errors/dinfra-error.ts';
import { mayShareStep, needsStop, type Planned } from './action.ts';
import type { CloudStackConfig } from './config.ts';
import type { Look } from './look.ts';
import type { Notes } from './memo.ts';
import { perform } from './perform.ts';
import { keeperOf, plan } from './plan.ts';
import { startJob } from './start-job.ts';
import type { Done, Workshop } from './workshop.ts';

/** Calls of one step, at most: rules and disks are many. */
const MAX_SHARED = 16;

/**
 * Takes the first thing the plan has, and whatever may go along with it; goes on while everything was answered at once.
 * Throws a RefusedError, before anything is touched, when a part of a changed order cannot be had; or when nothing but
 * refused things is left.
 */
export async function advance(
  found: Look,
  notes: Notes,
  config: CloudStackConfig,
  shop: Workshop,
  signal: AbortSignal,
): Promise<readonly Done[]> {
  const [stranger] = found.strangers;
  if (stranger !== undefined && found.vms.length === 0) throw notOurs(stranger.id, stranger.name);
  const planned = plan(shop.design, found, notes.vm, config);
  refuseLoss(planned);
  const vm = keeperOf(found.vms, notes.vm);
  const dones: Done[] = [];
  let rest = planned.filter((action) => action.do !== 'refuse');
  while (rest[0] !== undefined && dones.every((done) => done.job === undefined)) {
    const [action] = rest;
    if (vm?.state === 'Running' && needsStop(action)) {
      const what = `stopping the VM to mend its ${action.what}`;
      dones.push(await startJob(shop.client, what, 'stopVirtualMachine', { id: vm.id }, signal));
      break;
    }
    const group = rest.filter((other) => other === action || mayShareStep(action, other)).slice(0, MAX_SHARED);
    for (const one of group) dones.push(await perform(one, shop, signal));
    rest = rest.filter((other) => !group.includes(other));
  }
  const refused = planned.find(isRefusal);
  if (refused !== undefined && dones.every((done) => done.message === undefined)) throw refusalOf(refused);
  return dones;
}

/** Throws when the plan has a change that would lose something. */
export function refuseLoss(planned: readonly Planned[]): void {
  const lossy = planned.filter(isRefusal).find(({ reason }) => reason === 'VmChangeRefused');
  if (lossy !== undefined) throw refusalOf(lossy);
}

type Refusal = Extract<Planned, { do: 'refuse' }>;

function isRefusal(action: Planned): action is Refusal {
  return action.do === 'refuse';
}

function refusalOf({ reason, path, what, detail }: Refusal): RefusedError {
  return new RefusedError(reason, { message: `${what}: ${detail}`, ...(path === '' ? {} : { path }) });
}

function notOurs(id: string, name: string): RefusedError {
  return new RefusedError('CloudStackNotOurs', {
    message: `the VM ${id} is named ${name}, but it is not marked as this tenure's`,
  });
}
