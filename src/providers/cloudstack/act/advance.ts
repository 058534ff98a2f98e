import { RefusedError } from '../../../errors/dinfra-error.ts';
import type { CloudStackConfig } from '../api/config.ts';
import { stuckError, withoutStuck } from '../api/standstill.ts';
import { startJob } from '../api/start-job.ts';
import type { Look } from '../observe/look.ts';
import { mayShareStep, needsStop, type Planned } from '../plan/action.ts';
import type { Notes } from '../plan/memo.ts';
import { keeperOf, plan } from '../plan/plan.ts';
import { perform } from './perform.ts';
import type { Done, Workshop } from './workshop.ts';

/** Calls of one step, at most: rules and disks are many. */
const MAX_SHARED = 16;

/**
 * Takes the first thing the plan has, and whatever may go along with it; goes on while everything was answered at once.
 * `now` is Unix milliseconds.
 * Throws a RefusedError, before anything is touched, when a part of a changed order cannot be had; or when nothing but
 * refused things is left.
 */
export async function advance(
  found: Look,
  notes: Notes,
  config: CloudStackConfig,
  shop: Workshop,
  now: number,
  signal: AbortSignal,
): Promise<readonly Done[]> {
  const [stranger] = found.strangers;
  if (stranger !== undefined && found.vms.length === 0) throw notOurs(stranger.id, stranger.name);
  const planned = plan(shop.design, found, config);
  refuseLoss(planned);
  const vm = keeperOf(found.vms);
  const dones: Done[] = [];
  const wanted = planned.filter((action) => action.do !== 'refuse');
  let rest = withoutStuck(wanted, notes, shop.design.order.descriptorHash, now);
  while (rest[0] !== undefined && dones.every((done) => done.job === undefined)) {
    const [action] = rest;
    if (vm?.state === 'Running' && needsStop(action)) {
      if (action.do === 'scale') await shop.checkGrowth(vm);
      const what = `stopping the VM to mend its ${action.what}`;
      dones.push(await startJob(shop.client, what, 'stopVirtualMachine', { id: vm.id }, signal));
      break;
    }
    const group = rest.filter((other) => other === action || mayShareStep(action, other)).slice(0, MAX_SHARED);
    for (const one of group) dones.push(await perform(one, shop, signal));
    rest = rest.filter((other) => !group.includes(other));
  }
  if (dones.some((done) => done.message !== undefined)) return dones;
  const refused = planned.find(isRefusal);
  if (refused !== undefined) throw refusalOf(refused);
  const left = wanted.find(needsStop);
  if (left !== undefined && notes.stuck !== undefined && vm?.state === 'Running')
    throw stuckError(notes.stuck, left, now);
  return dones;
}

/** Throws when the plan has a change that cannot be made, or not without what the provider does not allow. */
export function refuseAny(planned: readonly Planned[]): void {
  refuseLoss(planned);
  const refused = planned.find(isRefusal);
  if (refused !== undefined) throw refusalOf(refused);
}

/** Throws when the plan has a change that would lose something. */
function refuseLoss(planned: readonly Planned[]): void {
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
