import { backoffMs } from '../../base/backoff.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import { apiStatusOf } from './api-error.ts';

/** What may be sent a second time. */
export type Repeatable =
  /** Reads and applies: sending twice comes to the same. */
  | 'always'
  /** Only when the server says it did nothing (429). */
  | 'ifRejected';

/** Attempts in all. The work queue goes on trying after that, without holding a worker. */
const MAX_ATTEMPTS = 4;
/** Longer waits are the work queue's. */
const MAX_WAIT_MS = 5_000;

/**
 * Runs `attempt` again while the server is busy or out of reach: up to four times in all, waiting as long as the server
 * asks, else 0.1 to 1.6 s.
 *
 * @throws the last error, at once when waiting would take more than 5 s or trying again cannot help.
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
        // What went wrong says more than that time is up.
        throw error;
      });
    }
  }
}

/** Milliseconds to wait before trying again, or undefined when that is not to be done here. */
function waitBefore(tries: number, error: unknown, repeatable: Repeatable, random: () => number): number | undefined {
  if (!(error instanceof RetryableError)) return undefined;
  const rejected = apiStatusOf(error)?.code === 429;
  const transient = error.code === 'ClusterBusy' || error.code === 'ClusterUnreachable';
  if (!rejected && !(transient && repeatable === 'always')) return undefined;
  const waitMs = error.retryAfterMs ?? backoffMs(tries, { initialMs: 100, maxMs: 1_600, jitter: 0.5 }, random);
  return waitMs <= MAX_WAIT_MS ? waitMs : undefined;
}
