import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../../base/clock.ts';
import { startDeadline } from '../../base/deadline.ts';
import { LeadershipLostError } from '../../base/fence.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import { DinfraError, RetryableError } from '../../errors/dinfra-error.ts';
import { parseKey } from '../client/resource-type.ts';
import type { ControllerObserver, Result } from './controller-metrics.ts';
import type { Priority } from './ready-keys.ts';
import { WorkQueue, type WorkQueueOptions } from './work-queue.ts';

/** What a reconcile of an object asks for. */
export type Next =
  /** Nothing more, until something changes. */
  | { readonly done: true }
  /** Another reconcile in that many milliseconds. */
  | { readonly requeueAfterMs: number };

/** Nothing more to do, until something changes. */
export const done: Next = { done: true };

/**
 * Brings one object a step nearer to what is wanted, from what it reads and not from what has happened. Never two at
 * once for one key.
 *
 * `signal` aborts at the deadline of the work, `writeSignal` later: between the two there is time left to write the status
 * of what could not be finished. What it throws is logged and counted: after a RetryableError it is tried again later,
 * after a TerminalError or RefusedError when something changes; anything else is a defect, and tried again later.
 */
export type Reconcile = (key: string, signal: AbortSignal, log: Logger, writeSignal: AbortSignal) => Promise<Next>;

export interface ControllerOptions {
  /** Lower case, e.g. `deployment`: label of metrics and log lines. */
  readonly name: string;
  readonly reconcile: Reconcile;
  /** How many keys of one lane at once. Default 4. */
  readonly concurrency?: number;
  /**
   * The lane of a key, e.g. the backend it needs: keys of one lane take no worker from another. Default: one for all.
   */
  readonly laneOf?: (key: string) => string;
  /** How long one reconcile may take in all, in milliseconds. Default 60 s. */
  readonly timeoutMs?: number;
  /** How much of that is kept for writing the status, in milliseconds. Default 10 s. */
  readonly reserveMs?: number;
  /** How long reconciles may go on after the stop before their signals abort, in milliseconds. Default 20 s. */
  readonly graceMs?: number;
  readonly logger?: Logger;
  readonly observer?: ControllerObserver;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly newId?: () => string;
}

/** What is put off for that long comes back with low priority: nobody is waiting for it. In milliseconds. */
const PUT_OFF_MS = 30_000;

/** Reconciles keys until it is told to stop. */
export class Controller {
  readonly name: string;
  /** How long one reconcile may take in all, in milliseconds. */
  readonly timeoutMs: number;
  private readonly options: ControllerOptions;
  private readonly reserveMs: number;
  private readonly queue: WorkQueue;
  private readonly clock: Clock;
  private readonly log: Logger;

  constructor(options: ControllerOptions) {
    this.options = options;
    this.name = options.name;
    this.timeoutMs = options.timeoutMs ?? 60_000;
    this.reserveMs = options.reserveMs ?? 10_000;
    if (this.reserveMs >= this.timeoutMs) {
      throw new RangeError(`reserveMs (${this.reserveMs}) < timeoutMs (${this.timeoutMs}) must hold`);
    }
    this.clock = options.clock ?? systemClock;
    const concurrency = options.concurrency ?? 4;
    this.queue = new WorkQueue(queueOptions(options, concurrency, this.clock));
    this.log = (options.logger ?? silentLogger).child({ controller: options.name });
    options.observer?.attach(() => this.queue.level(), concurrency);
  }

  /** Asks for a reconcile that begins from now on. */
  enqueue(key: string, priority: Priority = 'high'): void {
    this.queue.add(key, priority);
  }

  /** How long the longest reconcile has been running, in milliseconds: the liveness probe finds one that hangs. */
  longestRunMs(): number {
    return Math.max(0, ...this.queue.level().runningMs);
  }

  /**
   * Works until `stop` aborts, then lets the reconciles under way finish for `graceMs`, aborts them, and resolves when
   * the last has ended. Begins when all of `after` have resolved, such as the `synced` of the reflectors it reads from.
   */
  async run(stop: AbortSignal, after: readonly Promise<unknown>[] = []): Promise<void> {
    const synced = await Promise.all(after).then(
      () => true,
      (error: unknown) => {
        if (stop.aborted) return false;
        throw error;
      },
    );
    const kill = new AbortController();
    let cancelKill = () => {};
    const onStop = () => {
      this.queue.close();
      cancelKill = this.clock.after(this.options.graceMs ?? 20_000, () => kill.abort(stop.reason));
    };
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    try {
      if (synced) await this.work(kill.signal);
    } finally {
      cancelKill();
      stop.removeEventListener('abort', onStop);
    }
  }

  /** The queue bounds how many run at once. */
  private async work(kill: AbortSignal): Promise<void> {
    const running = new Set<Promise<void>>();
    for (let key = await this.queue.take(); key !== undefined; key = await this.queue.take()) {
      const taken = key;
      const run = this.reconcileOne(taken, kill).finally(() => {
        this.queue.done(taken);
        running.delete(run);
      });
      running.add(run);
    }
    await Promise.all(running);
  }

  /** One reconcile of one key. Never throws. */
  private async reconcileOne(key: string, kill: AbortSignal): Promise<void> {
    const { reconcile, observer, newId = randomUUID } = this.options;
    const log = this.log.child({ ...parseKey(key), reconcileId: newId() });
    const work = startDeadline(kill, this.timeoutMs - this.reserveMs, this.clock);
    const write = startDeadline(kill, this.timeoutMs, this.clock);
    const startedAt = this.clock.monotonic();
    let overdue = false;
    write.signal.addEventListener('abort', () => {
      if (kill.aborted) return;
      overdue = true;
      observer?.overdue(1);
      log.error({ timeoutMs: this.timeoutMs }, 'reconcile goes on beyond its deadline');
    });
    observer?.started();
    let result: Result = 'error';
    try {
      const next = await reconcile(key, work.signal, log, write.signal);
      result = this.settle(key, next);
    } catch (error) {
      const timedOut = work.signal.aborted && !kill.aborted;
      this.settleError(key, timedOut ? timeoutError(this.timeoutMs, error) : error, log, kill.aborted);
    } finally {
      work.clear();
      write.clear();
      if (overdue) observer?.overdue(-1);
      observer?.ended(result, this.clock.monotonic() - startedAt);
    }
  }

  private settle(key: string, next: Next): Result {
    this.queue.forget(key);
    if ('done' in next) return 'success';
    this.requeue(key, next.requeueAfterMs);
    return 'requeue_after';
  }

  /** With the priority it had, unless it has been put off for long. */
  private requeue(key: string, ms: number): void {
    this.queue.addAfter(key, ms, ms >= PUT_OFF_MS ? 'low' : this.queue.priorityOf(key));
  }

  private settleError(key: string, error: unknown, log: Logger, stopping: boolean): void {
    // It ends the process, and is nothing of this object's.
    if (error instanceof LeadershipLostError) return;
    if (stopping) {
      log.info({ err: error }, 'reconcile was cut short by the stop');
      return;
    }
    if (!(error instanceof DinfraError)) {
      this.options.observer?.failed('panic');
      log.error({ err: error }, 'reconcile failed with an unexpected error');
      this.queue.addAfterFailure(key, this.queue.priorityOf(key));
      return;
    }
    const fields = { reason: error.code, error: error.message };
    if (error instanceof RetryableError) {
      this.options.observer?.failed(error.code === 'ReconcileTimeout' ? 'timeout' : 'retryable');
      if (error.retryAfterMs === undefined) this.queue.addAfterFailure(key, this.queue.priorityOf(key));
      else this.requeue(key, error.retryAfterMs);
      log.warn({ ...fields, failures: this.queue.failuresOf(key) }, 'reconcile failed, retrying');
      return;
    }
    this.options.observer?.failed('terminal');
    this.queue.forget(key);
    log.error(fields, 'reconcile failed and is not retried until something changes');
  }
}

function queueOptions(
  { laneOf, observer, random }: ControllerOptions,
  concurrency: number,
  clock: Clock,
): WorkQueueOptions {
  return {
    clock,
    concurrency,
    ...(laneOf !== undefined && { laneOf }),
    ...(random !== undefined && { random }),
    ...(observer !== undefined && { observer: observer.queue }),
  };
}

function timeoutError(timeoutMs: number, cause: unknown): RetryableError {
  const inWords = cause instanceof Error ? `: ${cause.message}` : '';
  return new RetryableError('ReconcileTimeout', {
    message: `not finished after ${timeoutMs / 1000} s${inWords}`,
    cause,
  });
}
