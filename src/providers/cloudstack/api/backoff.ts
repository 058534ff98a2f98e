import { RetryableError } from '../../../errors/dinfra-error.ts';
import { asFailure, type LastFailure, type Notes } from '../plan/memo.ts';
import { describe, errorOf } from './failure.ts';
import type { FailedJob } from './jobs.ts';
import { noteStuck } from './standstill.ts';

/** First wait after a failed job, in milliseconds; doubled for each further one in a row. */
const FIRST_MS = 5_000;
const LONGEST_MS = 300_000;

/**
 * Throws while it is too soon after a failed job, so that a cloud that is full is not asked every second. Making is not
 * held up by a failed removal, nor a removal by what could not be made. `now` is Unix milliseconds.
 */
export function holdBack(notes: Notes, doing: 'Making' | 'Removing', now: number): void {
  const { failure } = notes;
  const left = waitAfterFailure(notes, doing, now);
  if (failure === undefined || left === 0) return;
  const error = errorOf(asFailure(failure));
  // What was refused in a job may be accepted later: only a refused call is the order's own fault.
  const code = error instanceof RetryableError ? error.code : 'CloudStackFailed';
  throw new RetryableError(retryable(code), { message: error.message, retryAfterMs: left, cause: error });
}

/** Milliseconds it is still too soon after a failed job; 0 when it is not. `now` is Unix milliseconds. */
export function waitAfterFailure({ failure }: Notes, doing: 'Making' | 'Removing', now: number): number {
  if (failure === undefined || failure.removing !== (doing === 'Removing')) return 0;
  return Math.max(0, failure.at + Math.min(FIRST_MS * 2 ** (failure.count - 1), LONGEST_MS) - now);
}

/** The notes after jobs have ended, with what failed among them. */
export function afterJobs(notes: Notes, failed: readonly FailedJob[], now: number): Notes {
  const [first] = failed;
  if (first === undefined) return { ...notes, jobs: [] };
  const failure: LastFailure = {
    what: first.what,
    code: first.code,
    text: first.text.slice(0, 300),
    at: now,
    count: (notes.failure?.removing === first.removing ? notes.failure.count : 0) + 1,
    removing: first.removing,
  };
  const { standstill } = first;
  // The VM is started again at once, as it was: no wait for that.
  if (standstill !== undefined) return noteStuck({ ...notes, jobs: [] }, standstill, describe(asFailure(failure)), now);
  return { ...notes, jobs: [], failure };
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
