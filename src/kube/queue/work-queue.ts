import { type BackoffLimits, backoffMs } from '../../base/backoff.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { DelayQueue } from './delay-queue.ts';
import { type Priority, ReadyKeys } from './ready-keys.ts';

export interface WorkQueueOptions {
  /** Backoff per key. Default 5 ms to 1000 s, doubling. */
  readonly backoff?: BackoffLimits;
  /** Keys of one lane that run at once, asked each time one is handed out. Default: unlimited. */
  readonly concurrencyOf?: (lane: string) => number;
  /** The lane of a key, asked each time it becomes ready. Default: one lane for all. */
  readonly laneOf?: (key: string) => string;
  /** Whose a key is: those who share a lane take turns. Default: all keys are one's. */
  readonly shareOf?: (key: string) => string;
  readonly observer?: WorkQueueObserver;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** What a queue reports to metrics. Times in milliseconds. */
export interface WorkQueueObserver {
  added(): void;
  retried(): void;
  started(queuedMs: number): void;
  finished(workedMs: number): void;
}

/** A queue's level. */
export interface WorkQueueLevel {
  readonly high: number;
  readonly low: number;
  readonly running: number;
  readonly delayed: number;
  /** Keys whose last run failed. */
  readonly failing: number;
  /** How long each running key has been running, in milliseconds. */
  readonly runningMs: readonly number[];
}

interface Running {
  readonly startedAt: number;
  readonly priority: Priority;
  readonly lane: string;
}

/**
 * A work queue with client-go's semantics, plus lanes:
 * - a key is queued at most once, and runs at most once at a time;
 * - a key added while it runs is queued again afterwards, so every add is followed by a run that started after it;
 * - adding a delayed key without a delay makes it run immediately;
 * - each lane has its own concurrency: keys that hang in one lane delay no other lane; it may change at any time;
 * - those who share a lane take turns in it;
 * - an idle key takes no memory.
 */
export class WorkQueue {
  private readonly backoff: BackoffLimits;
  private readonly concurrencyOf: (lane: string) => number;
  private readonly laneOf: (key: string) => string;
  private readonly shareOf: (key: string) => string;
  private readonly observer: WorkQueueObserver | undefined;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly ready = new ReadyKeys();
  private readonly running = new Map<string, Running>();
  /** Lane → number of its running keys. */
  private readonly load = new Map<string, number>();
  /** Running keys to queue again afterwards, and when they were added. */
  private readonly again = new Map<string, { readonly priority: Priority; readonly addedAt: number }>();
  private readonly delayed = new DelayQueue<Priority>();
  private readonly failures = new Map<string, number>();
  private readonly takers: ((key: string | undefined) => void)[] = [];
  private cancelTimer: (() => void) | undefined;
  private closed = false;

  constructor(options: WorkQueueOptions = {}) {
    this.backoff = options.backoff ?? { initialMs: 5, maxMs: 1_000_000 };
    this.concurrencyOf = options.concurrencyOf ?? (() => Number.POSITIVE_INFINITY);
    this.laneOf = options.laneOf ?? (() => '');
    this.shareOf = options.shareOf ?? (() => '');
    this.observer = options.observer;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
  }

  /** Adds a key: a run will start after this call. */
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
    if (this.ready.add({ key, priority, addedAt, ...this.placeOf(key) })) this.observer?.added();
    this.serve();
  }

  /** Adds a key after `ms` milliseconds, never earlier. If it is already due sooner, that time stays. */
  addAfter(key: string, ms: number, priority: Priority = 'high'): void {
    if (this.closed) return;
    // NaN runs immediately: running early is harmless, never running is not.
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

  /** Adds a key after a failure, with backoff that grows with each consecutive failure until `forget`. */
  addAfterFailure(key: string, priority: Priority = 'high'): void {
    if (this.closed) return;
    const failures = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, failures);
    this.observer?.retried();
    this.addAfter(key, backoffMs(failures, this.backoff, this.random), priority);
  }

  /** Resets the failure count of a key. */
  forget(key: string): void {
    this.failures.delete(key);
  }

  /** Consecutive failures of a key. */
  failuresOf(key: string): number {
    return this.failures.get(key) ?? 0;
  }

  /** The priority a running key was taken with. */
  priorityOf(key: string): Priority {
    return this.running.get(key)?.priority ?? 'low';
  }

  /** The next key to run, exclusively for this taker until `done`. Undefined once the queue is closed. */
  take(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.takers.push(resolve);
      this.serve();
    });
  }

  /** Marks a key as done. It is queued again if it was added meanwhile. */
  done(key: string): void {
    const run = this.running.get(key);
    if (run === undefined) return;
    this.running.delete(key);
    const left = (this.load.get(run.lane) ?? 0) - 1;
    if (left > 0) this.load.set(run.lane, left);
    else this.load.delete(run.lane);
    this.observer?.finished(this.clock.monotonic() - run.startedAt);
    const again = this.again.get(key);
    this.again.delete(key);
    if (again !== undefined && !this.closed) this.ready.add({ key, ...again, ...this.placeOf(key) });
    this.serve();
  }

  /**
   * Drops all waiting keys and hands out no more: the next process finds the same work in the cluster. Every taker gets
   * undefined; running keys must still be marked done.
   */
  close(): void {
    this.closed = true;
    this.cancelTimer?.();
    this.delayed.clear();
    this.ready.clear();
    this.again.clear();
    this.failures.clear();
    this.serve();
  }

  level(): WorkQueueLevel {
    const now = this.clock.monotonic();
    return {
      high: this.ready.sizeOf('high'),
      low: this.ready.sizeOf('low'),
      running: this.running.size,
      delayed: this.delayed.size,
      failing: this.failures.size,
      runningMs: [...this.running.values()].map(({ startedAt }) => now - startedAt),
    };
  }

  /** Hands ready keys to waiting takers. To be called from outside when `concurrencyOf` has risen. */
  serve(): void {
    for (let taker = this.takers[0]; taker !== undefined; taker = this.takers[0]) {
      const next = this.ready.take((lane) => (this.load.get(lane) ?? 0) < this.concurrencyOf(lane));
      if (next === undefined && !this.closed) return;
      this.takers.shift();
      if (next === undefined) {
        taker(undefined);
        continue;
      }
      const { key, priority, lane, addedAt } = next;
      const now = this.clock.monotonic();
      this.running.set(key, { startedAt: now, priority, lane });
      this.load.set(lane, (this.load.get(lane) ?? 0) + 1);
      this.observer?.started(now - addedAt);
      taker(key);
    }
  }

  private placeOf(key: string) {
    return { lane: this.laneOf(key), share: this.shareOf(key) };
  }

  /** Sets the single timer to the soonest delayed key. */
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
