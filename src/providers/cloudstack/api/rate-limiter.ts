import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';
import { backoffMs } from '../../../base/backoff.ts';
import type { Clock } from '../../../base/clock.ts';
import { sleep } from '../../../base/clock.ts';
import { startDeadline } from '../../../base/deadline.ts';
import { TokenBucket } from '../../../base/token-bucket.ts';
import { RetryableError } from '../../../errors/dinfra-error.ts';
import type { Failure } from './failure.ts';

/** How hard the API may be used. */
export type CallLimits = NonNullable<CloudStackConfig['limits']>;

/** Longest wait for permission to call, in milliseconds. A caller that would wait longer requeues instead. */
const MAX_WAIT_MS = 10_000;
/** Calls in a row that got no answer before further ones fail at once. */
const UNANSWERED_LIMIT = 3;
/** How long calls fail at once then. Times in milliseconds. */
const UNANSWERED_BACKOFF = { initialMs: 5_000, maxMs: 60_000 };

/**
 * How hard one management server is used with one pair of keys. Shared by everything that calls it. Bounds the calls in
 * flight and per second, keeps the silence the server asks for, and fails fast while the server does not answer, so that
 * hundreds of tenures do not each wait for a timeout.
 */
export class RateLimiter {
  /** Most calls in flight. */
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

  /** Runs `call` when it may start. Throws a RetryableError when that is further off than anybody should wait. */
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

  /** No call starts for `ms` milliseconds: the server said so. */
  silence(ms: number): void {
    this.#silentUntil = Math.max(this.#silentUntil, this.#clock.monotonic() + ms);
  }

  /** The server answered, whatever it said. */
  noteAnswer(): void {
    this.#unanswered = 0;
    this.#failFastUntil = Number.NEGATIVE_INFINITY;
  }

  /** A call ended without an answer. */
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
        // A slot is handed over, not freed and taken again: the order of asking is kept.
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

/** How long every call is refused after the keys were, in milliseconds: a thousand tenures must not each try them. */
const REFUSED_KEYS_MS = 30_000;

/**
 * That CloudStack has refused a pair of keys. Shared by every client that uses them: 401 is the same for every call, and
 * asking again with the same keys only fills the server's log.
 */
export class KeyRefusal {
  readonly #clock: Clock;
  #last: { readonly until: number; readonly failure: Failure } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why no call may be tried now; undefined when one may. */
  get current(): Failure | undefined {
    return this.#last !== undefined && this.#clock.monotonic() < this.#last.until ? this.#last.failure : undefined;
  }

  record(failure: Failure): void {
    this.#last = { until: this.#clock.monotonic() + REFUSED_KEYS_MS, failure };
  }
}
