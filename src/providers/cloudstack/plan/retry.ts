import { backoffMs } from '../../../base/backoff.ts';
import { DinfraError, RetryableError } from '../../../errors/dinfra-error.ts';
import { describe, errorOf } from '../api/failure.ts';
import type { FailedJob } from '../api/jobs.ts';
import { asFailure, type FailedChange, type LastFailure, type TenureMemo } from '../observe/memo.ts';
import { needsStop, type Planned } from './action.ts';

/** Backoff after consecutive failed jobs, in milliseconds. */
const FAILED_JOB = { initialMs: 5_000, maxMs: 300_000 };
/** Backoff before a VM is stopped again for a change that failed, in milliseconds. */
const FAILED_CHANGE = { initialMs: 5 * 60_000, maxMs: 24 * 3_600_000, factor: 4 };
/** How long removals do not expunge after an expunge was refused, in milliseconds. */
const EXPUNGE_REFUSED_MS = 15 * 60_000;

/**
 * The rest of a wait that began at `at`. Times in a memo may come from another host's clock, or from before this clock
 * was set: a wait that began in the future begins now, so it never exceeds its own length.
 */
function leftOf(at: number, waitMs: number, now: number): number {
  return Math.min(Math.max(0, at + waitMs - now), waitMs);
}

/**
 * Throws during the backoff after a failed job, so that a full cloud does not get a call every second. A failed removal
 * does not delay a create, nor a failed create a removal. `now` is Unix milliseconds.
 */
export function throwIfBackingOff(memo: TenureMemo, doing: 'Creating' | 'Removing', now: number): void {
  const { failure } = memo;
  const left = backoffLeft(memo, doing, now);
  if (failure === undefined || left === 0) return;
  const error = errorOf(asFailure(failure));
  // A failed job may succeed later: only a refused call is the fault of the order.
  const code = error instanceof RetryableError ? error.code : 'CloudStackFailed';
  throw new RetryableError(retryable(code), { message: error.message, retryAfterMs: left, cause: error });
}

/** The rest of the backoff after a failed job, in milliseconds; 0 if there is none. `now` is Unix milliseconds. */
export function backoffLeft({ failure }: TenureMemo, doing: 'Creating' | 'Removing', now: number): number {
  if (failure === undefined || failure.removing !== (doing === 'Removing')) return 0;
  return leftOf(
    failure.at,
    backoffMs(failure.count, FAILED_JOB, () => 0),
    now,
  );
}

/** Whether an expunge was refused recently: then a VM is removed without it. `now` is Unix milliseconds. */
export function isExpungeRefused({ expungeRefusedAt }: TenureMemo, now: number): boolean {
  return expungeRefusedAt !== undefined && leftOf(expungeRefusedAt, EXPUNGE_REFUSED_MS, now) > 0;
}

/** The memo after its jobs have ended, with the failures. */
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
  // The unchanged VM is started again immediately, without a backoff.
  if (first.stoppedFor !== undefined) {
    return recordFailedChange(ended, first.stoppedFor, describe(asFailure(failure)), now);
  }
  const expunge = failed.some(({ expunges }) => expunges === true) ? { expungeRefusedAt: now } : {};
  return { ...ended, failure, ...expunge };
}

/**
 * The changes that may be tried now. After a change failed that needs a stopped VM, all such changes wait for a
 * backoff, so that the VM runs meanwhile; the tags that would mark it as ordered wait, too. `order` is the descriptor's
 * hash, `now` Unix milliseconds.
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

/** The error that reports a change which waits for its backoff. */
export function failedChangeError(failed: FailedChange, change: Planned, now: number): RetryableError {
  return new RetryableError('CloudStackFailed', {
    message: `${change.what}: ${change.detail}; the VM was stopped for it and started again, as ${failed.why}`,
    retryAfterMs: failedChangeLeft(failed, failed.order, now),
  });
}

/** The memo after the failure of a change for which the VM was stopped. */
export function recordFailedChange(memo: TenureMemo, order: string, why: string, now: number): TenureMemo {
  const before = memo.failedChange?.order === order ? memo.failedChange.count : 0;
  return { ...memo, failedChange: { order, why: why.slice(0, 300), at: now, count: before + 1 } };
}

/** True if CloudStack refused, in contrast to not having been reached. */
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
