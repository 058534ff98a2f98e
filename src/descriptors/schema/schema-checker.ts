import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { BoundedCache } from '../../base/bounded-cache.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { abortable } from '../../base/deadline.ts';
import type { Question, Verdict } from './check-schema.ts';

/** Bounds of one check. */
export interface CheckLimits {
  /** Time limit of one check, in milliseconds. Default 2,000; a usual check takes a few. */
  readonly timeMs?: number;
  /** Heap limit of one check, in MiB. Default 64. */
  readonly memoryMiB?: number;
  /** Checks at once, each in a thread of its own. Default 2. */
  readonly concurrency?: number;
  /** Time after which an idle thread is terminated, in milliseconds. Default 30,000. A thread takes tens of MiB. */
  readonly idleMs?: number;
  readonly clock?: Clock;
}

/** A check that was terminated because it exceeded its bounds. */
export interface Overrun {
  readonly kind: 'Overrun';
  /** What it would have needed, in words: `more than 2 s`. */
  readonly needed: string;
}

/** Maximum number of cached verdicts. Each is a message of at most ten faults. */
const MAX_REMEMBERED = 4_096;
/** How long an overrun is cached, in milliseconds. Not longer, because the machine may have been busy. */
const OVERRUN_MS = 10 * 60_000;

interface Remembered {
  readonly verdict: Verdict | Overrun;
  /** Monotonic time; undefined: never. */
  readonly until: number | undefined;
}

/**
 * Time limit for the start of a thread, in milliseconds. Generous, because a busy machine is not the schema's fault.
 */
const START_MS = 30_000;

/**
 * Checks descriptors against schemas in worker threads, which are terminated when a check exceeds its time or memory. A
 * verdict depends only on the input, so it is computed once and cached, including refusals. Checks with one schema run
 * one after the other: a hostile schema occupies one thread while checks with other schemas go on.
 */
export class SchemaChecker {
  readonly #timeMs: number;
  readonly #memoryMiB: number;
  readonly #idleMs: number;
  readonly #clock: Clock;
  readonly #limit: ReturnType<typeof pLimit>;
  /** Tail of the queue of checks with each schema, by the schema's hash. */
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #verdicts = new BoundedCache<Remembered>(MAX_REMEMBERED);
  readonly #idle = new Map<Worker, () => void>();
  readonly #closed = new AbortController();

  constructor({ timeMs = 2_000, memoryMiB = 64, concurrency = 2, idleMs = 30_000, clock }: CheckLimits = {}) {
    this.#timeMs = timeMs;
    this.#memoryMiB = memoryMiB;
    this.#idleMs = idleMs;
    this.#clock = clock ?? systemClock;
    this.#limit = pLimit(concurrency);
  }

  /** The verdict, or `Overrun` if there is none within the bounds. Throws the signal's reason if it is aborted. */
  async check(question: Question, signal: AbortSignal): Promise<Verdict | Overrun> {
    const key = digest(question.type, question.schema, question.descriptor);
    const known = this.#remembered(key);
    if (known !== undefined) return known;
    // The signal also has to end the wait behind other checks.
    return abortable(
      this.#inTurn(digest(question.schema), () => this.#checkOnce(key, question, signal)),
      signal,
    );
  }

  /** Number of threads that wait for work. */
  get idleThreads(): number {
    return this.#idle.size;
  }

  /** Terminates all threads. Checks in flight are aborted. */
  async close(): Promise<void> {
    this.#closed.abort(new Error('the schema checker is closed'));
    await Promise.all([...this.#idle.keys()].map((worker) => this.#end(worker)));
  }

  /** Runs `work` after all earlier work with the same key. */
  async #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(key);
    const mine = (before ?? Promise.resolve()).then(() => this.#limit(work));
    const ended = mine.catch(() => undefined);
    this.#queues.set(key, ended);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(key) === ended) this.#queues.delete(key);
    }
  }

  async #checkOnce(key: string, question: Question, signal: AbortSignal): Promise<Verdict | Overrun> {
    // An identical check may have finished while this one was queued.
    const known = this.#remembered(key);
    if (known !== undefined) return known;
    const verdict = await this.#check(question, AbortSignal.any([signal, this.#closed.signal]));
    const until = verdict.kind === 'Overrun' ? this.#clock.monotonic() + OVERRUN_MS : undefined;
    this.#verdicts.set(key, { verdict, until });
    return verdict;
  }

  #remembered(key: string): Verdict | Overrun | undefined {
    const known = this.#verdicts.get(key);
    if (known?.until !== undefined && known.until <= this.#clock.monotonic()) return undefined;
    return known?.verdict;
  }

  async #check(question: Question, signal: AbortSignal): Promise<Verdict | Overrun> {
    signal.throwIfAborted();
    const worker = this.#takeIdle() ?? (await this.#start(signal));
    const late = AbortSignal.timeout(this.#timeMs);
    // A running check keeps the process alive, an idle thread does not.
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
      this.#clock.after(this.#idleMs, () => void this.#end(worker)),
    );
  }

  async #end(worker: Worker): Promise<void> {
    this.#idle.get(worker)?.();
    this.#idle.delete(worker);
    await worker.terminate();
  }

  async #start(signal: AbortSignal): Promise<Worker> {
    // The sources run unchanged in Node; the compiled program runs the compiled worker.
    const file = import.meta.url.endsWith('.ts') ? './schema-worker.ts' : './schema-worker.js';
    const worker = new Worker(new URL(file, import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: this.#memoryMiB, maxYoungGenerationSizeMb: 16 },
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

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

/** A key for an input. Lengths are hashed too, so that different splits of the same text differ. */
function digest(...parts: readonly (string | undefined)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part?.length ?? '-'}:`).update(part ?? '');
  return hash.digest('base64');
}
