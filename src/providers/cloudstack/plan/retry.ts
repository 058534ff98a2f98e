import { backoffMs } from '../../../base/backoff.ts';
import { DinfraError, RetryableError } from '../../../errors/dinfra-error.ts';
import { describe, errorOf } from '../api/failure.ts';
import type { FailedJob } from '../api/jobs.ts';
import { asFailure, type FailedChange, type LastFailure, type TenureMemo } from '../observe/memo.ts';
import { needsStop, type Planned } from './action.ts';

/** Waits after failed jobs in a row, in milliseconds. */
const FAILED_JOB = { initialMs: 5_000, maxMs: 300_000 };
/** Waits before a VM is stopped again for a change that failed, in milliseconds. */
const FAILED_CHANGE = { initialMs: 5 * 60_000, maxMs: 24 * 3_600_000, factor: 4 };
/** How long removal goes without expunging once that was refused, in milliseconds. */
const EXPUNGE_REFUSED_MS = 15 * 60_000;

/**
 * What is left of a wait that began at `at`. A memo's times come from another host's clock, or from before this one was
 * set: a wait never lasts longer than its own length, and one from the future begins now.
 */
function leftOf(at: number, waitMs: number, now: number): number {
  return Math.min(Math.max(0, at + waitMs - now), waitMs);
}

/**
 * Throws while it is too soon after a failed job, so that a cloud that is full is not asked every second. Creating is not
 * held up by a failed removal, nor a removal by what could not be created. `now` is Unix milliseconds.
 */
export function throwIfBackingOff(memo: TenureMemo, doing: 'Creating' | 'Removing', now: number): void {
  const { failure } = memo;
  const left = backoffLeft(memo, doing, now);
  if (failure === undefined || left === 0) return;
  const error = errorOf(asFailure(failure));
  // What was refused in a job may be accepted later: only a refused call is the order's own fault.
  const code = error instanceof RetryableError ? error.code : 'CloudStackFailed';
  throw new RetryableError(retryable(code), { message: error.message, retryAfterMs: left, cause: error });
}

/** Milliseconds it is still too soon after a failed job; 0 when it is not. `now` is Unix milliseconds. */
export function backoffLeft({ failure }: TenureMemo, doing: 'Creating' | 'Removing', now: number): number {
  if (failure === undefined || failure.removing !== (doing === 'Removing')) return 0;
  return leftOf(
    failure.at,
    backoffMs(failure.count, FAILED_JOB, () => 0),
    now,
  );
}

/** Whether an expunge was refused a short while ago: then a VM is removed without. `now` is Unix milliseconds. */
export function isExpungeRefused({ expungeRefusedAt }: TenureMemo, now: number): boolean {
  return expungeRefusedAt !== undefined && leftOf(expungeRefusedAt, EXPUNGE_REFUSED_MS, now) > 0;
}

/** The memo after its jobs have ended, with what failed among them. */
export function recordJobResults(memo: TenureMemo, failed: readonly FailedJob[], now: number): TenureMemo {
  const ended = { ...memo, jobs: [] };
  const [first] = failed;
  if (first === undefined) return ended;
  const failure: LastFailure = {
    what: first.what,
    command: first.command,
    code: first.code,
    text: first.text.slice(0, 300),
    at: now,
    count: (memo.failure?.removing === first.removing ? memo.failure.count : 0) + 1,
    removing: first.removing,
  };
  // The VM is started again at once, as it was: no wait for that.
  if (first.stoppedFor !== undefined) {
    return recordFailedChange(ended, first.stoppedFor, describe(asFailure(failure)), now);
  }
  const expunge = failed.some(({ expunges }) => expunges === true) ? { expungeRefusedAt: now } : {};
  return { ...ended, failure, ...expunge };
}

/**
 * The changes that may be tried now: those for which the VM has to be stopped are left alone for a while after one of
 * them failed, so that the VM runs meanwhile, and so are the tags that would say that it is as ordered. `order` is the
 * descriptor's hash, `now` Unix milliseconds.
 */
export function withoutFailedChange<P extends Planned>(
  planned: readonly P[],
  { failedChange }: TenureMemo,
  order: string,
  now: number,
): readonly P[] {
  if (failedChangeLeft(failedChange, order, now) === 0 || !planned.some(needsStop)) return planned;
  return planned.filter((action) => !needsStop(action) && action.do !== 'tag' && action.do !== 'untag');
}

/** Why a change is not tried for now. */
export function failedChangeError(failed: FailedChange, change: Planned, now: number): RetryableError {
  return new RetryableError('CloudStackFailed', {
    message: `${change.what}: ${change.detail}; the VM was stopped for it and started again, as ${failed.why}`,
    retryAfterMs: failedChangeLeft(failed, failed.order, now),
  });
}

/** The memo after a change failed for which the VM was stopped. */
export function recordFailedChange(memo: TenureMemo, order: string, why: string, now: number): TenureMemo {
  const before = memo.failedChange?.order === order ? memo.failedChange.count : 0;
  return { ...memo, failedChange: { order, why: why.slice(0, 300), at: now, count: before + 1 } };
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

function failedChangeLeft(failed: FailedChange | undefined, order: string, now: number): number {
  if (failed?.order !== order) return 0;
  return leftOf(
    failed.at,
    backoffMs(failed.count, FAILED_CHANGE, () => 0),
    now,
  );
}

type RetryableCode = ConstructorParameters<typeof RetryableError>[0];

function retryable(code: string): RetryableCode {
  const known: readonly RetryableCode[] = [
    'CloudStackNoCapacity',
    'CloudStackLimitReached',
    'CloudStackForbidden',
    'CloudStackUnauthorized',
    'CloudStackRateLimited',
  ];
  return known.find((one) => one === code) ?? 'CloudStackFailed';
}
