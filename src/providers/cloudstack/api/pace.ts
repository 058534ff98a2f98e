import { type Clock, sleep } from '../../../base/clock.ts';
import { RetryableError } from '../../../errors/dinfra-error.ts';

/** Longest wait for a turn, in milliseconds: a call that would wait longer is refused so that its caller can requeue. */
const MAX_QUEUE_MS = 10_000;

/**
 * Spaces calls out: at most `callsPerSecond` starts, and none while the server has asked for silence. One for each
 * endpoint and account, shared by everything that calls it.
 */
export class Pace {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  /** When the next call may start. Bursts of up to a second's worth are let through. */
  #nextAt = Number.NEGATIVE_INFINITY;
  #silentUntil = Number.NEGATIVE_INFINITY;

  constructor(callsPerSecond: number, clock: Clock) {
    this.#intervalMs = 1_000 / callsPerSecond;
    this.#clock = clock;
  }

  /** Resolves when a call may start. Throws a RetryableError when that is further off than anybody should wait. */
  async turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic();
    if (this.#silentUntil - now > MAX_QUEUE_MS) throw tooLong(this.#silentUntil - now);
    const at = Math.max(this.#nextAt, now - 1_000, this.#silentUntil);
    if (at - now > MAX_QUEUE_MS) throw tooLong(at - now);
    this.#nextAt = at + this.#intervalMs;
    if (at > now) await sleep(at - now, this.#clock, signal);
  }

  /** No call starts for `ms` milliseconds: the server said so. */
  silence(ms: number): void {
    this.#silentUntil = Math.max(this.#silentUntil, this.#clock.monotonic() + ms);
  }
}

function tooLong(ms: number): RetryableError {
  return new RetryableError('CloudStackRateLimited', {
    message: `the next call to CloudStack may start in ${Math.ceil(ms / 1_000)} s`,
    retryAfterMs: Math.ceil(ms),
  });
}
