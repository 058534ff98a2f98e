import { DinfraError, RetryableError } from '../../../errors/dinfra-error.ts';
import { needsStop, type Planned } from '../plan/action.ts';
import type { Notes, Stuck } from '../plan/memo.ts';

/** First wait before a VM is stopped again for a change that failed, in milliseconds; four times as long each time. */
const FIRST_MS = 5 * 60_000;
const LONGEST_MS = 24 * 3_600_000;

/**
 * The changes that may be tried now: those for which the VM has to stand still are left alone for a while after one of
 * them failed, so that the VM runs meanwhile, and so are the tags that would say that it is as ordered. `order` is the
 * descriptor's hash, `now` Unix milliseconds.
 */
export function withoutStuck<P extends Planned>(
  planned: readonly P[],
  { stuck }: Notes,
  order: string,
  now: number,
): readonly P[] {
  if (waitOf(stuck, order, now) === 0 || !planned.some(needsStop)) return planned;
  return planned.filter((action) => !needsStop(action) && action.do !== 'tag' && action.do !== 'untag');
}

/** Why a change is not tried for now. */
export function stuckError(stuck: Stuck, change: Planned, now: number): RetryableError {
  return new RetryableError('CloudStackFailed', {
    message: `${change.what}: ${change.detail}; the VM was stopped for it and started again, as ${stuck.why}`,
    retryAfterMs: waitOf(stuck, stuck.order, now),
  });
}

/** The notes after a change failed for which the VM was stopped. */
export function noteStuck(notes: Notes, order: string, why: string, now: number): Notes {
  const before = notes.stuck?.order === order ? notes.stuck.count : 0;
  return { ...notes, stuck: { order, why: why.slice(0, 300), at: now, count: before + 1 } };
}

/** Whether CloudStack was asked and said no, in contrast to not having been asked. */
export function isVerdict(error: unknown): error is DinfraError {
  return error instanceof DinfraError && !UNASKED.has(error.code);
}

const UNASKED: ReadonlySet<string> = new Set([
  'CloudStackUnreachable',
  'CloudStackBadReply',
  'CloudStackRateLimited',
  'CloudStackUnauthorized',
]);

function waitOf(stuck: Stuck | undefined, order: string, now: number): number {
  if (stuck?.order !== order) return 0;
  return Math.max(0, stuck.at + Math.min(FIRST_MS * 4 ** (stuck.count - 1), LONGEST_MS) - now);
}
