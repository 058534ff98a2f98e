import { FairSlots } from '../../../base/fair-slots.ts';
import { type Overrun, WorkerPool, workerFile } from '../../../base/worker-pool.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import { type Answer, type Results, refusalOf, type Task } from './tasks.ts';

/** Bounds of one task; defaults are far beyond what any chart needs that could be installed. */
export interface HelmWorkerLimits {
  /** Milliseconds. Default 10,000. */
  readonly timeMs?: number;
  /** MiB of heap. Default 256. */
  readonly memoryMiB?: number;
  /** Tasks at once, each in a thread of its own, handed out round robin by tenant. Default 2. */
  readonly concurrency?: number;
}

const IDLE_MS = 30_000;

/** Looks at what strangers wrote in threads of its own, so that nothing they write holds the event loop. */
export class HelmWorkers {
  private readonly pool: WorkerPool<Task, Answer>;
  private readonly slots: FairSlots;

  constructor({ timeMs = 10_000, memoryMiB = 256, concurrency = 2 }: HelmWorkerLimits = {}) {
    this.pool = new WorkerPool(workerFile('./helm-worker.js', import.meta.url), { timeMs, memoryMiB, idleMs: IDLE_MS });
    this.slots = new FairSlots(concurrency);
  }

  /**
   * What comes of a task.
   *
   * @param tenant whose turn it is among those that wait.
   * @throws TerminalError what the task says of its input, or ChartTooLarge when it exceeds its bounds.
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
          message: `the chart is too large: to look at it takes ${answer.needed}`,
          path: '/chart',
        });
    }
  }

  /** Terminates the threads. */
  close(): Promise<void> {
    return this.pool.close();
  }
}
