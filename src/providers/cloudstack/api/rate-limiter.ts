import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';
import { backoffMs } from '../../../base/backoff.ts';
import type { Clock } from '../../../base/clock.ts';
import { sleep } from '../../../base/clock.ts';
import { startDeadline } from '../../../base/deadline.ts';
import { TokenBucket } from '../../../base/token-bucket.ts';
import { RetryableError } from '../../../errors/dinfra-error.ts';
import type { Failure } from './failure.ts';

/** Limits on the use of the API. */
export type CallLimits = NonNullable<CloudStackConfig['limits']>;

/** Longest wait for a slot, in milliseconds. A caller that would wait longer gets an error and requeues. */
const MAX_WAIT_MS = 10_000;
/** Consecutive calls without an answer after which further ones fail immediately. */
const UNANSWERED_LIMIT = 3;
/** How long calls then fail immediately, in milliseconds. */
const UNANSWERED_BACKOFF = { initialMs: 5_000, maxMs: 60_000 };

/**
 * Limits the calls to one management server with one pair of keys. Shared by all clients of the two. Bounds the calls
 * in flight and per second, honours the pauses that the server asks for, and fails fast while the server does not
 * answer, so that hundreds of tenures do not each wait for a timeout.
 */
export class RateLimiter {
  /** Maximum number of calls in flight. */
  readonly concurrency: number;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];
  #silentUntil = Number.NEGATIVE_INFINITY;
  #unanswered = 0;
  #failFastUntil = Number.NEGATIVE_INFINITY;

  constructor({ concurrency = 8, callsPerSecond = 20 }: CallLimits, clock: Clock) {
    this.concurrency = concurrency;
    this.#clock = clock;
    this.#bucket = new TokenBucket(callsPerSecond, callsPerSecond, clock);
  }

  /** Runs `call` as soon as it may start. Throws a RetryableError if that would take too long. */
  async run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const failFastMs = this.#failFastUntil - this.#clock.monotonic();
    if (failFastMs > 0) throw unanswered(this.#unanswered, failFastMs);
    await this.#acquireSlot(signal);
    try {
      await this.#waitForTurn(signal);
      return await call();
    } finally {
      this.#releaseSlot();
    }
  }

  /** Starts no call for `ms` milliseconds, as the server requested. */
  silence(ms: number): void {
    this.#silentUntil = Math.max(this.#silentUntil, this.#clock.monotonic() + ms);
  }

  /** Records that the server answered, whatever the answer. */
  noteAnswer(): void {
    this.#unanswered = 0;
    this.#failFastUntil = Number.NEGATIVE_INFINITY;
  }

  /** Records that a call got no answer. */
  noteNoAnswer(): void {
    this.#unanswered += 1;
    if (this.#unanswered < UNANSWERED_LIMIT) return;
    const wait = backoffMs(this.#unanswered - UNANSWERED_LIMIT + 1, UNANSWERED_BACKOFF, () => 0);
    this.#failFastUntil = this.#clock.monotonic() + wait;
  }

  async #acquireSlot(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#inFlight < this.concurrency) {
      this.#inFlight += 1;
      return;
    }
    const deadline = startDeadline(signal, MAX_WAIT_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        // The slot is handed over instead of being freed, which keeps callers in order.
        const take = () => {
          deadline.signal.removeEventListener('abort', onAbort);
          resolve();
        };
        const onAbort = () => {
          this.#waiting.splice(this.#waiting.indexOf(take), 1);
          reject(signal.aborted ? signal.reason : tooLong(MAX_WAIT_MS));
        };
        this.#waiting.push(take);
        deadline.signal.addEventListener('abort', onAbort, { once: true });
      });
    } finally {
      deadline.clear();
    }
  }

  #releaseSlot(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inFlight -= 1;
    else next();
  }

  async #waitForTurn(signal: AbortSignal): Promise<void> {
    const silentMs = this.#silentUntil - this.#clock.monotonic();
    const waitMs = Math.max(silentMs, this.#bucket.waitMs);
    if (waitMs > MAX_WAIT_MS) throw tooLong(waitMs);
    if (silentMs > 0) await sleep(silentMs, this.#clock, signal);
    await this.#bucket.take(signal);
  }
}

function tooLong(ms: number): RetryableError {
  return new RetryableError('CloudStackRateLimited', {
    message: `the next call to CloudStack may start in ${Math.ceil(ms / 1_000)} s`,
    retryAfterMs: Math.ceil(ms),
  });
}

function unanswered(count: number, ms: number): RetryableError {
  return new RetryableError('CloudStackUnreachable', {
    message: `the last ${count} calls got no answer; the next one is sent in ${Math.ceil(ms / 1_000)} s`,
    retryAfterMs: Math.ceil(ms),
  });
}

/** How long calls are refused after the keys were, in milliseconds, so that a thousand tenures do not each try them. */
const REFUSED_KEYS_MS = 30_000;

/**
 * Remembers that CloudStack has refused a pair of keys. Shared by all clients that use them: every call would get 401
 * and only fill the server's log.
 */
export class KeyRefusal {
  readonly #clock: Clock;
  #last: { readonly until: number; readonly failure: Failure } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why no call may be made now; undefined if calls are allowed. */
  get current(): Failure | undefined {
    return this.#last !== undefined && this.#clock.monotonic() < this.#last.until ? this.#last.failure : undefined;
  }

  record(failure: Failure): void {
    this.#last = { until: this.#clock.monotonic() + REFUSED_KEYS_MS, failure };
  }
}
