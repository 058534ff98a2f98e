import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import type { Question, Verdict } from './check-schema.ts';

/** Bounds of one check. */
export interface CheckLimits {
  /** Milliseconds one check may take. Default 2,000; an ordinary one takes a few. */
  readonly timeMs?: number;
  /** MiB of heap one check may use. Default 64. */
  readonly memoryMiB?: number;
  /** Checks at once, each in a thread of its own. Default 2. */
  readonly concurrency?: number;
}

/** A check that was ended because it went over its bounds. */
export interface Overrun {
  readonly kind: 'Overrun';
  /** What it would have needed more of, in words: `more than 2 s`. */
  readonly needed: string;
}

/** How long a thread may take to start, in milliseconds: the machine may be busy, and that is nobody's fault. */
const START_MS = 30_000;

/**
 * Checks descriptors against schemas in threads that are ended when a check takes too long or too much. Nothing a
 * schema or a descriptor contains holds up anything but the checks behind it, and these not for long.
 */
export class SchemaChecker {
  readonly #timeMs: number;
  readonly #memoryMiB: number;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #idle: Worker[] = [];
  readonly #closed = new AbortController();

  constructor({ timeMs = 2_000, memoryMiB = 64, concurrency = 2 }: CheckLimits = {}) {
    this.#timeMs = timeMs;
    this.#memoryMiB = memoryMiB;
    this.#limit = pLimit(concurrency);
  }

  /** The verdict, or that there is none within the bounds. Throws the signal's reason when it is aborted. */
  async check(question: Question, signal: AbortSignal): Promise<Verdict | Overrun> {
    return this.#limit(() => this.#check(question, AbortSignal.any([signal, this.#closed.signal])));
  }

  /** Ends all threads. Checks under way are aborted. */
  async close(): Promise<void> {
    this.#closed.abort(new Error('the schema checker is closed'));
    await Promise.all(this.#idle.splice(0).map((worker) => worker.terminate()));
  }

  async #check(question: Question, signal: AbortSignal): Promise<Verdict | Overrun> {
    signal.throwIfAborted();
    const worker = this.#idle.pop() ?? (await this.#start(signal));
    const late = AbortSignal.timeout(this.#timeMs);
    // A check under way keeps the process alive, a thread that waits does not.
    worker.ref();
    try {
      const answer = once(worker, 'message', { signal: AbortSignal.any([signal, late]) });
      worker.postMessage(question);
      const [verdict] = (await answer) as [Verdict];
      this.#keep(worker);
      return verdict;
    } catch (error) {
      await worker.terminate();
      signal.throwIfAborted();
      if (late.aborted) return { kind: 'Overrun', needed: `more than ${this.#timeMs / 1000} s` };
      if (isOutOfMemory(error)) return { kind: 'Overrun', needed: `more than ${this.#memoryMiB} MiB of memory` };
      throw error;
    }
  }

  #keep(worker: Worker): void {
    worker.unref();
    this.#idle.push(worker);
  }

  #forget(worker: Worker): void {
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  async #start(signal: AbortSignal): Promise<Worker> {
    // Node runs the sources as they are; what tsc wrote runs beside its own output.
    const file = import.meta.url.endsWith('.ts') ? './schema-worker.ts' : './schema-worker.js';
    const worker = new Worker(new URL(file, import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: this.#memoryMiB, maxYoungGenerationSizeMb: 16 },
      // The thread needs nothing of the process: no secrets from its environment, nothing on its output.
      env: {},
      argv: [],
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    // Whoever waits for the thread hears of an error; one that nobody waits for must not end the process.
    worker.on('error', () => undefined);
    worker.once('exit', () => this.#forget(worker));
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

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
