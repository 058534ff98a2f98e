import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Clock, systemClock } from './clock.ts';

/** Bounds of the tasks of a pool. */
export interface WorkerLimits {
  /** Time limit of one task, in milliseconds. */
  readonly timeMs: number;
  /** Heap limit of one thread, in MiB. */
  readonly memoryMiB: number;
  /** Time after which an idle thread is terminated, in milliseconds. A thread takes tens of MiB. */
  readonly idleMs: number;
  readonly clock?: Clock;
}

/** A task that was terminated because it exceeded its bounds. */
export interface Overrun {
  readonly kind: 'Overrun';
  /** What it would have needed, e.g. `more than 2 s`. */
  readonly needed: string;
}

/**
 * Time limit for the start of a thread, in milliseconds. Generous, because a busy machine is not the input's fault.
 */
const START_MS = 30_000;

/**
 * Threads for work on untrusted input, each terminated if a task exceeds its time or memory. A thread posts `ready`
 * when it has started, and then one answer per task. The caller decides how many run at once.
 */
export class WorkerPool<Task, Answer extends object> {
  readonly #file: URL;
  readonly #limits: WorkerLimits;
  readonly #clock: Clock;
  readonly #idle = new Map<Worker, () => void>();
  readonly #closed = new AbortController();

  /** @param file is the module that the threads run. */
  constructor(file: URL, limits: WorkerLimits) {
    this.#file = file;
    this.#limits = limits;
    this.#clock = limits.clock ?? systemClock;
  }

  /** Number of threads that wait for work. */
  get idleThreads(): number {
    return this.#idle.size;
  }

  /** The answer, or `Overrun` if there is none within the bounds. Throws the signal's reason if it is aborted. */
  async run(task: Task, caller: AbortSignal): Promise<Answer | Overrun> {
    const signal = AbortSignal.any([caller, this.#closed.signal]);
    signal.throwIfAborted();
    const { timeMs, memoryMiB } = this.#limits;
    const worker = this.#takeIdle() ?? (await this.#start(signal));
    const late = AbortSignal.timeout(timeMs);
    // A running task keeps the process alive, an idle thread does not.
    worker.ref();
    try {
      const answer = once(worker, 'message', { signal: AbortSignal.any([signal, late]) });
      worker.postMessage(task);
      const [said] = (await answer) as [Answer];
      this.#keep(worker);
      return said;
    } catch (error) {
      await worker.terminate();
      signal.throwIfAborted();
      if (late.aborted) return { kind: 'Overrun', needed: `more than ${timeMs / 1000} s` };
      if (isOutOfMemory(error)) return { kind: 'Overrun', needed: `more than ${memoryMiB} MiB of memory` };
      throw error;
    }
  }

  /** Terminates all threads. Tasks in flight are aborted. */
  async close(): Promise<void> {
    this.#closed.abort(new Error('the worker pool is closed'));
    await Promise.all([...this.#idle.keys()].map((worker) => this.#end(worker)));
  }

  #takeIdle(): Worker | undefined {
    // Most recently used first, so that the others reach their idle timeout.
    const [worker, cancel] = [...this.#idle].at(-1) ?? [];
    if (worker === undefined) return undefined;
    cancel?.();
    this.#idle.delete(worker);
    return worker;
  }

  #keep(worker: Worker): void {
    worker.unref();
    this.#idle.set(
      worker,
      this.#clock.after(this.#limits.idleMs, () => void this.#end(worker)),
    );
  }

  async #end(worker: Worker): Promise<void> {
    this.#idle.get(worker)?.();
    this.#idle.delete(worker);
    await worker.terminate();
  }

  async #start(signal: AbortSignal): Promise<Worker> {
    const worker = new Worker(this.#file, {
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.memoryMiB, maxYoungGenerationSizeMb: 16 },
      // The thread needs nothing from the process: neither its environment, which may contain secrets, nor its output.
      env: {},
      argv: [],
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    // Awaiting callers see the error; without callers it must not become an uncaught exception.
    worker.on('error', () => undefined);
    worker.once('exit', () => {
      this.#idle.get(worker)?.();
      this.#idle.delete(worker);
    });
    try {
      await once(worker, 'message', { signal: AbortSignal.any([signal, AbortSignal.timeout(START_MS)]) });
      return worker;
    } catch (error) {
      await worker.terminate();
      signal.throwIfAborted();
      throw error;
    }
  }
}

/**
 * The file of a worker beside the module at `base`: the sources run unchanged in Node, the bundle runs its own.
 *
 * @param name as the bundle has it, `./x-worker.js`.
 */
export function workerFile(name: `./${string}-worker.js`, base: string): URL {
  return new URL(base.endsWith('.ts') ? name.replace(/js$/, 'ts') : name, base);
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
