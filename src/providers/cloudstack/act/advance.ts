import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';
import { RefusedError } from '../../../errors/dinfra-error.ts';
import { type Outcome, startJob } from '../api/jobs.ts';
import type { FoundResources } from '../observe/found.ts';
import type { TenureMemo } from '../observe/memo.ts';
import { differenceKey, mayShareStep, needsStop, type Planned } from '../plan/action.ts';
import { plan, primaryVm } from '../plan/plan.ts';
import { failedChangeError, withoutFailedChange } from '../plan/retry.ts';
import type { ActionContext } from './context.ts';
import { perform } from './perform.ts';

/** Maximum number of calls in one step, because there may be many rules and disks. */
const MAX_SHARED = 16;

/**
 * Performs the first action of the plan and those that may share its step; continues while all of them completed
 * synchronously. `now` is Unix milliseconds. Throws a RefusedError, before anything is touched, if a part of a changed
 * order cannot be realised, or if only refused actions are left.
 */
export async function advance(
  found: FoundResources,
  memo: TenureMemo,
  config: CloudStackConfig,
  context: ActionContext,
  now: number,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const [other] = found.foreignVms;
  if (other !== undefined && found.vms.length === 0) throw notOurs(other.id, other.name);
  const planned = plan(context.wanted, found, config);
  refuseLoss(planned);
  const vm = primaryVm(found.vms);
  const outcomes: Outcome[] = [];
  const wanted = planned.filter((action) => action.do !== 'refuse');
  let rest = withoutFailedChange(wanted, memo, context.wanted.order.descriptorHash, now);
  while (rest[0] !== undefined && outcomes.every((outcome) => outcome.job === undefined)) {
    const [action] = rest;
    if (vm?.state === 'Running' && needsStop(action)) {
      if (action.do === 'scale') await context.checkGrowth(vm);
      const what = `stopping the VM to change its ${action.what}`;
      outcomes.push(await startJob(context.client, what, 'stopVirtualMachine', { id: vm.id }, signal));
      break;
    }
    const group = rest.filter((other) => other === action || mayShareStep(action, other)).slice(0, MAX_SHARED);
    for (const one of group) outcomes.push(withDifference(await perform(one, context, signal), one));
    rest = rest.filter((other) => !group.includes(other));
    // Changes are compared again before a tag marks the VM as ordered.
    if (action.do === 'applyChange' && outcomes.some(({ message }) => message !== undefined)) break;
  }
  if (outcomes.some((outcome) => outcome.message !== undefined)) return outcomes;
  const refused = planned.find(isRefusal);
  if (refused !== undefined) throw refusalOf(refused);
  const left = wanted.find(needsStop);
  if (left !== undefined && memo.failedChange !== undefined && vm?.state === 'Running') {
    throw failedChangeError(memo.failedChange, left, now);
  }
  return outcomes;
}

/** The job has succeeded once the difference it removes is gone. */
function withDifference(outcome: Outcome, action: Planned): Outcome {
  return outcome.job === undefined ? outcome : { ...outcome, job: { ...outcome.job, removes: differenceKey(action) } };
}

/**
 * Throws if the plan has a change that is impossible, or needs something the provider does not allow. Parts that others
 * added do not count.
 */
export function refuseAny(planned: readonly Planned[]): void {
  refuseLoss(planned);
  const refused = planned.filter(isRefusal).find(({ reason }) => reason !== 'VmForeignPart');
  if (refused !== undefined) throw refusalOf(refused);
}

/** Throws if the plan has a change that would lose data. */
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
