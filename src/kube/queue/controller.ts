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

/** What a reconcile returns. */
export type Next =
  /** Do not requeue. */
  | { readonly done: true }
  /** Requeue after this many milliseconds. */
  | { readonly requeueAfterMs: number };

/** Nothing to do until something changes. */
export const done: Next = { done: true };

/**
 * Moves one object a step towards its desired state. Level-triggered: acts on current state, not on the event. Never
 * runs twice at once for one key.
 *
 * `signal` aborts at the deadline of the work, `writeSignal` later: the time between them is for writing the status of
 * unfinished work. Errors are logged and counted: a RetryableError is retried with backoff, a TerminalError or
 * RefusedError only when something changes; anything else is a defect, and retried with backoff.
 */
export type Reconcile = (key: string, signal: AbortSignal, log: Logger, writeSignal: AbortSignal) => Promise<Next>;

export interface ControllerOptions {
  /** Lower case, e.g. `deployment`: a label in metrics and log lines. */
  readonly name: string;
  readonly reconcile: Reconcile;
  /** Concurrent reconciles per lane. Default 4. */
  readonly concurrency?: number;
  /** A lower limit of concurrent reconciles that applies to a lane at the moment. At least 1. */
  readonly concurrencyOf?: (lane: string) => number;
  /**
   * The lane of a key, e.g. the backend it needs. Lanes share no workers. Default: one lane for all keys.
   */
  readonly laneOf?: (key: string) => string;
  /** The share of a key: the shares of a lane take turns. Default: one share for all keys. */
  readonly shareOf?: (key: string) => string;
  /** Additional fields of every log line about a key. Default: none. */
  readonly fieldsOf?: (key: string) => object;
  /** Timeout of one reconcile, in milliseconds. Default 60 s. */
  readonly timeoutMs?: number;
  /** The part of it reserved for writing the status, in milliseconds. Default 10 s. */
  readonly reserveMs?: number;
  /** Grace period after a stop before the reconciles' signals abort, in milliseconds. Default 20 s. */
  readonly graceMs?: number;
  readonly logger?: Logger;
  readonly observer?: ControllerObserver;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly newId?: () => string;
}

/** A key requeued after at least this long gets low priority: nobody is waiting for it. In milliseconds. */
const PUT_OFF_MS = 30_000;

/** Reconciles keys until stopped. */
export class Controller {
  readonly name: string;
  /** Timeout of one reconcile, in milliseconds. */
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

  /** Enqueues a key: a reconcile will start after this call. */
  enqueue(key: string, priority: Priority = 'high'): void {
    this.queue.add(key, priority);
  }

  /** To be called when `concurrencyOf` has risen: starts reconciles that it has delayed. */
  noteConcurrency(): void {
    this.queue.serve();
  }

  /** Age of the longest-running reconcile, in milliseconds, so that the liveness probe finds one that hangs. */
  longestRunMs(): number {
    return Math.max(0, ...this.queue.level().runningMs);
  }

  /**
   * Runs until `stop` aborts, then lets reconciles finish for `graceMs`, aborts the rest, and resolves when the last has
   * ended. Starts when all of `after` have resolved, such as `synced` of the reflectors it reads from.
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
    const { reconcile, observer, fieldsOf = () => ({}), newId = randomUUID } = this.options;
    const log = this.log.child({ ...parseKey(key), ...fieldsOf(key), reconcileId: newId() });
    const work = startDeadline(kill, this.timeoutMs - this.reserveMs, this.clock);
    const write = startDeadline(kill, this.timeoutMs, this.clock);
    const startedAt = this.clock.monotonic();
    let overdue = false;
    write.signal.addEventListener('abort', () => {
      if (kill.aborted) return;
      overdue = true;
      observer?.overdue(1);
      log.error({ timeoutMs: this.timeoutMs }, 'reconcile overruns its deadline');
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

  /** Keeps the key's priority, unless the delay is long. */
  private requeue(key: string, ms: number): void {
    this.queue.addAfter(key, ms, ms >= PUT_OFF_MS ? 'low' : this.queue.priorityOf(key));
  }

  private settleError(key: string, error: unknown, log: Logger, stopping: boolean): void {
    // The process is about to exit; the error says nothing about this object.
    if (error instanceof LeadershipLostError) return;
    if (stopping) {
      log.info({ err: error }, 'reconcile aborted by shutdown');
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
  { concurrencyOf, laneOf, shareOf, observer, random }: ControllerOptions,
  concurrency: number,
  clock: Clock,
): WorkQueueOptions {
  return {
    clock,
    concurrencyOf: (lane) => Math.min(concurrency, Math.max(1, concurrencyOf?.(lane) ?? concurrency)),
    ...(laneOf !== undefined && { laneOf }),
    ...(shareOf !== undefined && { shareOf }),
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
