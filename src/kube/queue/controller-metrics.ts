import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { WorkQueueLevel, WorkQueueObserver } from './work-queue.ts';

/** The result of a reconcile, in controller-runtime's terms. */
export type Result = 'success' | 'error' | 'requeue_after';

/** What a controller reports to metrics. Times in milliseconds. */
export interface ControllerObserver {
  readonly queue: WorkQueueObserver;
  /** Called once at start with the function that returns the queue's level. */
  attach(level: () => WorkQueueLevel, concurrency: number): void;
  started(): void;
  ended(result: Result, ms: number): void;
  /** The change in the number of reconciles that overrun their deadline. */
  overdue(change: 1 | -1): void;
  failed(how: 'retryable' | 'terminal' | 'timeout' | 'panic'): void;
}

const RESULTS: readonly Result[] = ['success', 'error', 'requeue_after'];
const RECONCILE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const QUEUE_SECONDS = [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 60, 300, 1000];

/**
 * Metrics of all controllers of a process, under controller-runtime's names so that its dashboards and alerts work.
 * Every series of a controller exists from its start, at zero.
 */
export class ControllerMetrics {
  private readonly reconciles;
  private readonly errors;
  private readonly terminalErrors;
  private readonly timeouts;
  private readonly panics;
  private readonly seconds;
  private readonly workers;
  private readonly overdue;
  private readonly maxWorkers;
  private readonly adds;
  private readonly retries;
  private readonly queueSeconds;
  private readonly workSeconds;
  private readonly levels = new Map<string, () => WorkQueueLevel>();

  constructor(registry: Registry) {
    const registers = [registry];
    const controller = { labelNames: ['controller'] as const, registers };
    const queue = { labelNames: ['name', 'controller'] as const, registers };
    this.reconciles = new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Reconciles, by result.',
      labelNames: ['controller', 'result'] as const,
      registers,
    });
    this.errors = new Counter({
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Reconciles that failed.',
      ...controller,
    });
    this.terminalErrors = new Counter({
      name: 'controller_runtime_terminal_reconcile_errors_total',
      help: 'Reconciles that failed and are not retried until something changes.',
      ...controller,
    });
    this.timeouts = new Counter({
      name: 'controller_runtime_reconcile_timeouts_total',
      help: 'Reconciles that timed out.',
      ...controller,
    });
    this.panics = new Counter({
      name: 'controller_runtime_reconcile_panics_total',
      help: 'Reconciles that failed with an unexpected exception.',
      ...controller,
    });
    this.seconds = new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'How long a reconcile takes.',
      buckets: RECONCILE_SECONDS,
      ...controller,
    });
    this.workers = new Gauge({
      name: 'controller_runtime_active_workers',
      help: 'Reconciles in progress.',
      ...controller,
    });
    this.overdue = new Gauge({
      name: 'dinfra_reconciles_overdue',
      help: 'Reconciles that overrun their deadline: anything but zero is a defect.',
      ...controller,
    });
    this.maxWorkers = new Gauge({
      name: 'controller_runtime_max_concurrent_reconciles',
      help: 'Maximum concurrent reconciles of each lane.',
      ...controller,
    });
    this.adds = new Counter({ name: 'workqueue_adds_total', help: 'Keys added to the queue.', ...queue });
    this.retries = new Counter({ name: 'workqueue_retries_total', help: 'Keys added after a failure.', ...queue });
    this.queueSeconds = new Histogram({
      name: 'workqueue_queue_duration_seconds',
      help: 'How long a key waits in the queue before its reconcile starts.',
      buckets: QUEUE_SECONDS,
      ...queue,
    });
    this.workSeconds = new Histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'How long processing a key takes.',
      buckets: QUEUE_SECONDS,
      ...queue,
    });
    this.registerLevels(registry);
  }

  /** The observer of one controller. */
  forController(controller: string): ControllerObserver {
    const own = { controller };
    const ownQueue = { name: controller, controller };
    for (const result of RESULTS) this.reconciles.inc({ ...own, result }, 0);
    for (const counter of [this.errors, this.terminalErrors, this.timeouts, this.panics]) counter.inc(own, 0);
    for (const counter of [this.adds, this.retries]) counter.inc(ownQueue, 0);
    this.seconds.zero(own);
    for (const histogram of [this.queueSeconds, this.workSeconds]) histogram.zero(ownQueue);
    this.workers.set(own, 0);
    this.overdue.set(own, 0);
    return {
      queue: {
        added: () => this.adds.inc(ownQueue),
        retried: () => this.retries.inc(ownQueue),
        started: (queuedMs) => this.queueSeconds.observe(ownQueue, queuedMs / 1000),
        finished: (workedMs) => this.workSeconds.observe(ownQueue, workedMs / 1000),
      },
      attach: (level, concurrency) => {
        this.levels.set(controller, level);
        this.maxWorkers.set(own, concurrency);
      },
      started: () => this.workers.inc(own),
      ended: (result, ms) => {
        this.workers.dec(own);
        this.reconciles.inc({ ...own, result });
        this.seconds.observe(own, ms / 1000);
      },
      overdue: (change) => this.overdue.inc(own, change),
      failed: (how) => {
        this.errors.inc(own);
        if (how === 'terminal') this.terminalErrors.inc(own);
        if (how === 'timeout') this.timeouts.inc(own);
        if (how === 'panic') this.panics.inc(own);
      },
    };
  }

  /** Gauges computed from the queues on each scrape. */
  private registerLevels(registry: Registry): void {
    const { levels } = this;
    const labelNames = ['name', 'controller'] as const;
    new Gauge({
      name: 'workqueue_depth',
      help: 'Keys waiting for a worker, by priority.',
      labelNames: ['name', 'controller', 'priority'],
      registers: [registry],
      collect() {
        for (const [name, level] of levels) {
          const { high, low } = level();
          this.set({ name, controller: name, priority: 'high' }, high);
          this.set({ name, controller: name, priority: 'low' }, low);
        }
      },
    });
    new Gauge({
      name: 'workqueue_unfinished_work_seconds',
      help: 'Total time the reconciles in progress have been running.',
      labelNames,
      registers: [registry],
      collect() {
        for (const [name, level] of levels) {
          const totalMs = level().runningMs.reduce((sum, ms) => sum + ms, 0);
          this.set({ name, controller: name }, totalMs / 1000);
        }
      },
    });
    new Gauge({
      name: 'workqueue_longest_running_processor_seconds',
      help: 'How long the longest-running reconcile has been running.',
      labelNames,
      registers: [registry],
      collect() {
        for (const [name, level] of levels) {
          this.set({ name, controller: name }, Math.max(0, ...level().runningMs) / 1000);
        }
      },
    });
  }
}
