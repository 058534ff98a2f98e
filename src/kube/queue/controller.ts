import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../../base/clock.ts';
import { startDeadline } from '../../base/deadline.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import { DinfraError, RetryableError } from '../../errors/dinfra-error.ts';
import { parseKey } from '../client/resource-type.ts';
import type { ControllerObserver, Result } from './controller-metrics.ts';
import { type Priority, WorkQueue } from './work-queue.ts';

/** What a pass over an object asks for. */
export type Next =
  /** Nothing more, until something changes. */
  | { readonly done: true }
  /** Another pass in that many milliseconds. */
  | { readonly requeueAfterMs: number };

/** Nothing more to do, until something changes. */
export const done: Next = { done: true };

/**
 * Brings one object a step nearer to what is wanted, from what it reads and not from what has happened. Never two at
 * once for one key. What it throws is logged and counted and comes to: RetryableError, another pass later; TerminalError
 * and RefusedError, none until something changes; anything else is a defect, and another pass later.
 */
export type Reconcile = (key: string, signal: AbortSignal, log: Logger) => Promise<Next>;

export interface ControllerOptions {
  /** Lower case, e.g. `deployment`: label of metrics and log lines. */
  readonly name: string;
  readonly reconcile: Reconcile;
  /** How many keys at once. Default 4. */
  readonly concurrency?: number;
  /** How long one pass may take before its signal aborts, in milliseconds. Default 2 min. */
  readonly timeoutMs?: number;
  /** How long passes may go on after the stop before their signal aborts, in milliseconds. Default 20 s. */
  readonly graceMs?: number;
  readonly logger?: Logger;
  readonly observer?: ControllerObserver;
  /** Default: one of its own. To be given with other limits, and in tests. */
  readonly queue?: WorkQueue;
  readonly clock?: Clock;
  readonly newId?: () => string;
}

/** Works on keys until it is told to stop. */
export class Controller {
  readonly name: string;
  /** How long one pass may take before its signal aborts, in milliseconds. */
  readonly timeoutMs: number;
  private readonly options: ControllerOptions;
  private readonly queue: WorkQueue;
  private readonly clock: Clock;
  private readonly log: Logger;

  constructor(options: ControllerOptions) {
    this.options = options;
    this.name = options.name;
    this.timeoutMs = options.timeoutMs ?? 120_000;
    this.clock = options.clock ?? systemClock;
    this.queue =
      options.queue ??
      new WorkQueue({
        clock: this.clock,
        ...(options.observer === undefined ? {} : { observer: options.observer.queue }),
      });
    this.log = (options.logger ?? silentLogger).child({ controller: options.name });
    options.observer?.attach(() => this.queue.level(), this.concurrency);
  }

  /** Asks for a pass that begins from now on. */
  enqueue(key: string, priority: Priority = 'high'): void {
    this.queue.add(key, priority);
  }

  /** How long the longest pass has been at it, in milliseconds: a probe's sign of one that hangs. */
  longestPassMs(): number {
    return Math.max(0, ...this.queue.level().runningMs);
  }

  /**
   * Works until `stop` aborts, then lets the passes under way finish for `graceMs`, aborts them, and resolves when the
   * last has ended. Begins when all of `after` have resolved, such as the `synced` of the reflectors it reads from.
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
      void this.queue.close();
      cancelKill = this.clock.after(this.options.graceMs ?? 20_000, () => kill.abort(stop.reason));
    };
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    try {
      if (synced) await Promise.all(Array.from({ length: this.concurrency }, () => this.work(kill.signal)));
    } finally {
      cancelKill();
      stop.removeEventListener('abort', onStop);
    }
  }

  private get concurrency(): number {
    return this.options.concurrency ?? 4;
  }

  private async work(kill: AbortSignal): Promise<void> {
    for (let key = await this.queue.take(); key !== undefined; key = await this.queue.take()) {
      try {
        await this.pass(key, kill);
      } finally {
        this.queue.done(key);
      }
    }
  }

  /** One pass over one key. Never throws. */
  private async pass(key: string, kill: AbortSignal): Promise<void> {
    const { reconcile, observer, newId = randomUUID } = this.options;
    const log = this.log.child({ ...parseKey(key), reconcileId: newId() });
    const deadline = startDeadline(kill, this.timeoutMs);
    const startedAt = this.clock.monotonic();
    observer?.passStarted();
    let result: Result = 'error';
    try {
      const next = await reconcile(key, deadline.signal, log);
      result = this.settle(key, next);
    } catch (error) {
      const timedOut = deadline.signal.aborted && !kill.aborted;
      this.settleError(key, timedOut ? timeoutError(this.timeoutMs, error) : error, log, kill.aborted);
    } finally {
      deadline.clear();
      observer?.passEnded(result, this.clock.monotonic() - startedAt);
    }
  }

  private settle(key: string, next: Next): Result {
    this.queue.forget(key);
    if ('done' in next) return 'success';
    this.queue.addAfter(key, next.requeueAfterMs);
    return 'requeue_after';
  }

  private settleError(key: string, error: unknown, log: Logger, stopping: boolean): void {
    if (stopping) {
      log.info({ err: error }, 'the pass was cut short by the stop');
      return;
    }
    if (!(error instanceof DinfraError)) {
      this.options.observer?.failed('panic');
      log.error({ err: error }, 'the pass failed in a way it should not');
      this.queue.addAfterFailure(key);
      return;
    }
    const fields = { reason: error.code, error: error.message };
    if (error instanceof RetryableError) {
      this.options.observer?.failed(error.code === 'ReconcileTimeout' ? 'timeout' : 'retryable');
      if (error.retryAfterMs === undefined) this.queue.addAfterFailure(key);
      else this.queue.addAfter(key, error.retryAfterMs);
      log.warn({ ...fields, failures: this.queue.failuresOf(key) }, 'the pass failed and is tried again');
      return;
    }
    this.options.observer?.failed('terminal');
    this.queue.forget(key);
    log.error(fields, 'the pass failed for good, until something changes');
  }
}

function timeoutError(timeoutMs: number, cause: unknown): RetryableError {
  const inWords = cause instanceof Error ? `: ${cause.message}` : '';
  return new RetryableError('ReconcileTimeout', {
    message: `not finished after ${timeoutMs / 1000} s${inWords}`,
    cause,
  });
}
