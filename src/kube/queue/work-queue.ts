import { type BackoffLimits, backoffMs } from '../../base/backoff.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { DelayQueue } from './delay-queue.ts';

/** `high` is what somebody is waiting for; `low` is everything read at start. */
export type Priority = 'high' | 'low';

export interface WorkQueueOptions {
  /** The wait after failures of one key. Default 5 ms to 1000 s, doubling. */
  readonly backoff?: BackoffLimits;
  readonly observer?: WorkQueueObserver;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** What metrics want to know. Times in milliseconds. */
export interface WorkQueueObserver {
  added(): void;
  retried(): void;
  started(queuedMs: number): void;
  finished(workedMs: number): void;
}

/** How full a queue is. */
export interface WorkQueueLevel {
  readonly high: number;
  readonly low: number;
  readonly running: number;
  readonly delayed: number;
  /** Keys whose last run failed. */
  readonly failing: number;
  /** How long each running key has been at it, in milliseconds. */
  readonly runningMs: readonly number[];
}

/** Every that many runs the longest waiting key of low priority comes first, so that a busy day does not starve it. */
const LOW_SHARE = 4;

/**
 * Keys that want work, as client-go has it:
 * - a key is in it at most once, and at most one worker has it;
 * - a key added while a worker has it runs again afterwards, so every add is followed by a run that began after it;
 * - a key that waits for its time runs at once when it is added without delay;
 * - what is idle takes no memory.
 */
export class WorkQueue {
  private readonly backoff: BackoffLimits;
  private readonly observer: WorkQueueObserver | undefined;
  private readonly clock: Clock;
  private readonly random: () => number;
  /** Key → when it was added. Maps keep the order of adding. */
  private readonly ready: Readonly<Record<Priority, Map<string, number>>> = { high: new Map(), low: new Map() };
  /** Key → when its run began. */
  private readonly running = new Map<string, number>();
  /** Keys to run again when their run is over, and when they were added. */
  private readonly again = new Map<string, { readonly priority: Priority; readonly addedAt: number }>();
  private readonly delayed = new DelayQueue<Priority>();
  private readonly failures = new Map<string, number>();
  private readonly takers: ((key: string | undefined) => void)[] = [];
  private readonly drains: (() => void)[] = [];
  private cancelTimer: (() => void) | undefined;
  private taken = 0;
  private closed = false;

  constructor(options: WorkQueueOptions = {}) {
    this.backoff = options.backoff ?? { initialMs: 5, maxMs: 1_000_000 };
    this.observer = options.observer;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
  }

  /** Wants a run of `key` that begins from now on. */
  add(key: string, priority: Priority = 'high'): void {
    if (this.closed) return;
    const addedAt = this.clock.monotonic();
    if (this.running.has(key)) {
      const known = this.again.get(key);
      if (known === undefined) this.observer?.added();
      this.again.set(key, {
        priority: known?.priority === 'high' ? 'high' : priority,
        addedAt: known?.addedAt ?? addedAt,
      });
      return;
    }
    if (this.ready.high.has(key)) return;
    const low = this.ready.low.get(key);
    if (low !== undefined && priority === 'low') return;
    if (low === undefined) this.observer?.added();
    this.ready.low.delete(key);
    this.ready[priority].set(key, low ?? addedAt);
    this.serve();
  }

  /** Wants a run of `key` in `ms` milliseconds, never earlier. A sooner time that is known already stays. */
  addAfter(key: string, ms: number, priority: Priority = 'high'): void {
    if (this.closed) return;
    // Also when it is no number at all: sooner than asked does no harm, never does.
    if (!(ms > 0)) {
      this.add(key, priority);
      return;
    }
    const at = this.clock.monotonic() + ms;
    const known = this.delayed.get(key);
    if (known !== undefined && known.at <= at) return;
    this.delayed.set({ key, at, value: priority });
    this.arm();
  }

  /** Wants another run of `key` after a failure: later with each one in a row, until `forget`. */
  addAfterFailure(key: string, priority: Priority = 'high'): void {
    if (this.closed) return;
    const failures = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, failures);
    this.observer?.retried();
    this.addAfter(key, backoffMs(failures, this.backoff, this.random), priority);
  }

  /** Ends a row of failures. */
  forget(key: string): void {
    this.failures.delete(key);
  }

  /** How many runs of `key` failed in a row. */
  failuresOf(key: string): number {
    return this.failures.get(key) ?? 0;
  }

  /** The next key to work on, for this worker alone until `done`. Undefined when the queue has been closed. */
  take(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.takers.push(resolve);
      this.serve();
    });
  }

  /** Gives a key back. It runs again when it was added meanwhile. */
  done(key: string): void {
    const startedAt = this.running.get(key);
    if (startedAt === undefined) return;
    this.running.delete(key);
    this.observer?.finished(this.clock.monotonic() - startedAt);
    const again = this.again.get(key);
    this.again.delete(key);
    if (again !== undefined && !this.closed) this.ready[again.priority].set(key, again.addedAt);
    this.serve();
    if (this.closed && this.running.size === 0) for (const resolve of this.drains.splice(0)) resolve();
  }

  /**
   * Takes no more keys, drops those that wait and sends the workers home: the next process finds the same work by
   * looking. Resolves when the last running key has been given back.
   */
  close(): Promise<void> {
    this.closed = true;
    this.cancelTimer?.();
    this.delayed.clear();
    this.ready.high.clear();
    this.ready.low.clear();
    this.again.clear();
    this.failures.clear();
    this.serve();
    if (this.running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.drains.push(resolve));
  }

  level(): WorkQueueLevel {
    const now = this.clock.monotonic();
    return {
      high: this.ready.high.size,
      low: this.ready.low.size,
      running: this.running.size,
      delayed: this.delayed.size,
      failing: this.failures.size,
      runningMs: [...this.running.values()].map((startedAt) => now - startedAt),
    };
  }

  /** Gives ready keys to waiting workers. */
  private serve(): void {
    for (let taker = this.takers[0]; taker !== undefined; taker = this.takers[0]) {
      const next = this.pick();
      if (next === undefined && !this.closed) return;
      this.takers.shift();
      if (next === undefined) {
        taker(undefined);
        continue;
      }
      const now = this.clock.monotonic();
      this.running.set(next.key, now);
      this.observer?.started(now - next.addedAt);
      taker(next.key);
    }
  }

  private pick(): { readonly key: string; readonly addedAt: number } | undefined {
    const { high, low } = this.ready;
    const lane = high.size === 0 || (low.size > 0 && this.taken % LOW_SHARE === LOW_SHARE - 1) ? low : high;
    const [first] = lane;
    if (first === undefined) return undefined;
    const [key, addedAt] = first;
    lane.delete(key);
    this.taken += 1;
    return { key, addedAt };
  }

  /** Sets the one timer to the soonest delayed key. */
  private arm(): void {
    this.cancelTimer?.();
    const soonest = this.delayed.peek();
    this.cancelTimer =
      soonest === undefined
        ? undefined
        : this.clock.after(soonest.at - this.clock.monotonic(), () => this.releaseDue());
  }

  private releaseDue(): void {
    const now = this.clock.monotonic();
    for (let due = this.delayed.peek(); due !== undefined && due.at <= now; due = this.delayed.peek()) {
      this.delayed.shift();
      this.add(due.key, due.value);
    }
    this.arm();
  }
}
