import { backoffMs } from '../../base/backoff.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import { apiStatusOf } from './api-error.ts';

/** Whether a request may be sent again. */
export type Repeatable =
  /** Reads and applies: idempotent. */
  | 'always'
  /** Only when the server says it did nothing (429). */
  | 'ifRejected';

/** Attempts in total. After that the work queue retries, without occupying a worker. */
const MAX_ATTEMPTS = 4;
/** Longer waits are left to the work queue. */
const MAX_WAIT_MS = 5_000;

/**
 * Retries `attempt` while the server is busy or unreachable: up to four attempts in total, waiting as long as the server
 * asks, otherwise 0.1 to 1.6 s.
 *
 * @throws the last error; immediately when the wait would exceed 5 s or a retry cannot help.
 */
export async function withRetry<T>(
  attempt: () => Promise<T>,
  repeatable: Repeatable,
  clock: Clock,
  random: () => number,
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const waitMs = waitBefore(tries, error, repeatable, random);
      if (waitMs === undefined || tries >= MAX_ATTEMPTS || signal.aborted) throw error;
      await sleep(waitMs, clock, signal).catch(() => {
        // The last error says more than the timeout does.
        throw error;
      });
    }
  }
}

/** Milliseconds to wait before the next attempt, or undefined when there must be none. */
function waitBefore(tries: number, error: unknown, repeatable: Repeatable, random: () => number): number | undefined {
  if (!(error instanceof RetryableError)) return undefined;
  const rejected = apiStatusOf(error)?.code === 429;
  const transient = error.code === 'ClusterBusy' || error.code === 'ClusterUnreachable';
  if (!rejected && !(transient && repeatable === 'always')) return undefined;
  const waitMs = error.retryAfterMs ?? backoffMs(tries, { initialMs: 100, maxMs: 1_600, jitter: 0.5 }, random);
  return waitMs <= MAX_WAIT_MS ? waitMs : undefined;
}
