import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import { BoundedCache } from '../../base/bounded-cache.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { abortable } from '../../base/deadline.ts';
import { type Overrun, WorkerPool, workerFile } from '../../base/worker-pool.ts';
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
 * Checks descriptors against schemas in worker threads, which are terminated when a check exceeds its time or memory. A
 * verdict depends only on the input, so it is computed once and cached, including refusals. Checks with one schema run
 * one after the other: a hostile schema occupies one thread while checks with other schemas go on.
 */
export class SchemaChecker {
  readonly #clock: Clock;
  readonly #limit: ReturnType<typeof pLimit>;
  /** Tail of the queue of checks with each schema, by the schema's hash. */
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #verdicts = new BoundedCache<Remembered>(MAX_REMEMBERED);
  readonly #workers: WorkerPool<Question, Verdict>;

  constructor({ timeMs = 2_000, memoryMiB = 64, concurrency = 2, idleMs = 30_000, clock }: CheckLimits = {}) {
    this.#clock = clock ?? systemClock;
    const file = workerFile('./schema-worker.js', import.meta.url);
    this.#workers = new WorkerPool(file, { timeMs, memoryMiB, idleMs, clock: this.#clock });
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
    return this.#workers.idleThreads;
  }

  /** Terminates all threads. Checks in flight are aborted. */
  async close(): Promise<void> {
    await this.#workers.close();
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
    const verdict = await this.#workers.run(question, signal);
    const until = verdict.kind === 'Overrun' ? this.#clock.monotonic() + OVERRUN_MS : undefined;
    this.#verdicts.set(key, { verdict, until });
    return verdict;
  }

  #remembered(key: string): Verdict | Overrun | undefined {
    const known = this.#verdicts.get(key);
    if (known?.until !== undefined && known.until <= this.#clock.monotonic()) return undefined;
    return known?.verdict;
  }
}

/** A key for an input. Lengths are hashed too, so that different splits of the same text differ. */
function digest(...parts: readonly (string | undefined)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part?.length ?? '-'}:`).update(part ?? '');
  return hash.digest('base64');
}
