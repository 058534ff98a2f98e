import { FairSlots } from '../../../base/fair-slots.ts';
import { type Overrun, WorkerPool, workerFile } from '../../../base/worker-pool.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import { type Answer, type Results, refusalOf, type Task } from './tasks.ts';

/** Bounds of one task. The defaults far exceed the needs of any chart that could be installed. */
export interface HelmWorkerLimits {
  /** Milliseconds. Default 10,000. */
  readonly timeMs?: number;
  /** MiB of heap. Default 256. */
  readonly memoryMiB?: number;
  /** Concurrent tasks, each in its own thread, round robin by tenant. Default 2. */
  readonly concurrency?: number;
}

const IDLE_MS = 30_000;

/** Processes untrusted input in separate threads, so that it cannot block the event loop. */
export class HelmWorkers {
  private readonly pool: WorkerPool<Task, Answer>;
  private readonly slots: FairSlots;

  constructor({ timeMs = 10_000, memoryMiB = 256, concurrency = 2 }: HelmWorkerLimits = {}) {
    this.pool = new WorkerPool(workerFile('./helm-worker.js', import.meta.url), { timeMs, memoryMiB, idleMs: IDLE_MS });
    this.slots = new FairSlots(concurrency);
  }

  /**
   * Performs a task.
   *
   * @param tenant for fairness: waiting tasks are taken round robin by tenant.
   * @throws TerminalError if the input is refused; ChartTooLarge if the task exceeds its bounds.
   */
  async run<Kind extends Task['kind']>(
    task: Extract<Task, { kind: Kind }>,
    tenant: string,
    signal: AbortSignal,
  ): Promise<Results[Kind]> {
    const answer: Answer | Overrun = await this.slots.run(tenant, signal, () => this.pool.run(task, signal));
    switch (answer.kind) {
      case 'Done':
        return answer.result as Results[Kind];
      case 'Refused':
        throw refusalOf(answer);
      case 'Overrun':
        throw new TerminalError('ChartTooLarge', {
          message: `the chart is too large: processing it takes ${answer.needed}`,
          path: '/chart',
        });
    }
  }

  /** Terminates the threads. */
  close(): Promise<void> {
    return this.pool.close();
  }
}
