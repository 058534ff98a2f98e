import { BoundedCache } from '../../../base/bounded-cache.ts';
import type { Clock } from '../../../base/clock.ts';
import { RetryableError } from '../../../errors/dinfra-error.ts';
import type { CloudStackClient } from './client.ts';
import { errorOf } from './failure.ts';
import { integer, isObject, text } from './reply.ts';
import { type Network, words } from './resources.ts';
import type { Parameters } from './signing.ts';

/** A job that was started and whose end was not seen yet. */
export interface StartedJob {
  readonly id: string;
  /** What it does, in words: `deploying the VM`. */
  readonly what: string;
  /** The command that started it. */
  readonly command: string;
  /** True for a part of a removal. */
  readonly removing: boolean;
  /** The key of the difference it removes: once that is gone, the job has succeeded. */
  readonly removes?: string;
  /** Hash of the descriptor, if the VM was stopped for this job. */
  readonly stoppedFor?: string;
  /** True if it expunges a VM, which the role may not allow. */
  readonly expunges?: true;
}

/** A job that failed, with CloudStack's reason. */
export interface FailedJob extends StartedJob {
  readonly code: number;
  readonly text: string;
}

/** The result of an action. */
export interface Outcome {
  /** One line for a person; undefined if there was nothing to do. */
  readonly message: string | undefined;
  readonly job?: StartedJob;
  /** The command that was sent, if it started no job. */
  readonly command?: string;
  /** Ids and names that the reply contained. */
  readonly vm?: string;
  readonly network?: Network;
  readonly keyPair?: string;
  /** A VM that is being destroyed and not expunged. */
  readonly destroyed?: { readonly id: string; readonly name: string };
  /** A VM that CloudStack no longer knows. */
  readonly gone?: string;
}

/** Starts a job. If an equal rule exists already (537) nothing is started: the next observation sees the rule. */
export async function startJob(
  client: CloudStackClient,
  what: string,
  command: string,
  parameters: Parameters,
  signal: AbortSignal,
): Promise<Outcome> {
  const reply = await client.attempt(command, parameters, signal);
  if (reply.kind === 'Failed') {
    if (reply.failure.kind === 'Conflict') return { message: `${what}: it exists already` };
    throw staleOr(errorOf(reply.failure), reply.failure.kind);
  }
  const id = text(reply.body['jobid']);
  if (id === undefined) return { message: what, command };
  return { message: `${what} (job ${id})`, job: { id, what, command, removing: false } };
}

/**
 * A change of a resource that is gone since the last observation is refused with 431. That is not a fault of the order:
 * the next observation sees it.
 */
export function staleOr(error: Error, kind: string): Error {
  if (kind !== 'Rejected') return error;
  return new RetryableError('CloudStackFailed', { message: error.message, cause: error });
}

/** The state of a job. `Gone`: CloudStack no longer knows it, so its effect has to be observed. */
export type JobState =
  | { readonly kind: 'Pending' | 'Succeeded' | 'Gone' }
  | { readonly kind: 'Failed'; readonly failed: FailedJob };

/** Shortest interval between two listings of pending jobs, in milliseconds, for all callers together. */
const LIST_MS = 1_500;
/** Upper bound of the first wait for a job, in milliseconds. */
const MAX_FIRST_POLL_MS = 15_000;
const DEFAULT_POLL_MS = 2_000;
const FORBIDDEN_MS = 600_000;

/**
 * Tracks the jobs of all tenures. listAsyncJobs lists the account's jobs in progress, so one call serves every tenure
 * that waits. A job that is not listed is queried individually, and only by a caller that cannot see its effect.
 */
export class JobTracker {
  readonly #client: CloudStackClient;
  readonly #clock: Clock;
  /** Until when the role is assumed not to allow listAsyncJobs, in monotonic milliseconds. */
  #forbiddenUntil = Number.NEGATIVE_INFINITY;
  #listing: { readonly at: number; readonly ids: Promise<ReadonlySet<string> | undefined> } | undefined;
  /** Usual duration of a command's job, in milliseconds: a moving average in which recent jobs count most. */
  readonly #usualMs = new Map<string, number>();
  /** When a job of this process was started, in monotonic milliseconds. */
  readonly #startedAt = new BoundedCache<number>(10_000);

  constructor(client: CloudStackClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Records the start of a job, to learn how long such jobs take. */
  noteStart(job: StartedJob): void {
    this.#startedAt.set(job.id, this.#clock.monotonic());
  }

  /** How long to wait before the first query for a job that was just started, in milliseconds. */
  firstPollMs(jobs: readonly StartedJob[]): number {
    const usual = Math.max(0, ...jobs.map(({ command }) => this.#usualMs.get(command) ?? 0));
    return Math.min(Math.max(DEFAULT_POLL_MS, usual), MAX_FIRST_POLL_MS);
  }

  /** Those of the jobs that are listed as in progress; undefined if they cannot be listed. */
  async pending(jobs: readonly StartedJob[], signal: AbortSignal): Promise<readonly StartedJob[] | undefined> {
    const newest = Math.max(...jobs.map(({ id }) => this.#startedAt.get(id) ?? Number.NEGATIVE_INFINITY));
    signal.throwIfAborted();
    const ids = await this.#list(newest);
    signal.throwIfAborted();
    return ids && jobs.filter(({ id }) => ids.has(id));
  }

  /**
   * Queries one job. The VM in the result of a job has a `jobstatus` too, which is always 0: only the outer one counts.
   */
  async state(job: StartedJob, signal: AbortSignal): Promise<JobState> {
    const reply = await this.#client.attempt('queryAsyncJobResult', { jobid: job.id }, signal);
    if (reply.kind === 'Failed') {
      if (reply.failure.kind !== 'Rejected') throw errorOf(reply.failure);
      this.noteEnd(job);
      return { kind: 'Gone' };
    }
    const { body } = reply;
    const status = integer(body['jobstatus']);
    if (status === 0) return { kind: 'Pending' };
    this.noteEnd(job);
    if (status !== 2 && status !== 3) return { kind: 'Succeeded' };
    return { kind: 'Failed', failed: { ...job, ...reasonOf(body['jobresult'], body['jobresultcode']) } };
  }

  /** Records that a job has ended. */
  noteEnd({ id, command }: StartedJob): void {
    const started = this.#startedAt.get(id);
    if (started === undefined) return;
    this.#startedAt.delete(id);
    const took = this.#clock.monotonic() - started;
    const usual = this.#usualMs.get(command);
    this.#usualMs.set(command, usual === undefined ? took : usual * 0.7 + took * 0.3);
  }

  /** Ids of the jobs in progress, as listed after `since`. */
  async #list(since: number): Promise<ReadonlySet<string> | undefined> {
    const now = this.#clock.monotonic();
    if (now < this.#forbiddenUntil) return undefined;
    const known = this.#listing;
    if (known !== undefined && known.at > since && now - known.at < LIST_MS) return known.ids;
    const listing = { at: now, ids: this.#ask() };
    this.#listing = listing;
    listing.ids.catch(() => {
      if (this.#listing === listing) this.#listing = undefined;
    });
    return listing.ids;
  }

  async #ask(): Promise<ReadonlySet<string> | undefined> {
    // Shared by many callers, so it must not abort with the first of them. The client has its own deadline.
    const { signal } = new AbortController();
    try {
      const rows = await this.#client.list('listAsyncJobs', {}, signal);
      return new Set(rows.flatMap((row) => (integer(row['jobstatus']) === 0 ? (text(row['jobid']) ?? []) : [])));
    } catch (error) {
      if (!(error instanceof RetryableError) || error.code !== 'CloudStackForbidden') throw error;
      // A role without this command can still query each job.
      this.#forbiddenUntil = this.#clock.monotonic() + FORBIDDEN_MS;
      return undefined;
    }
  }
}

/** The message for a job without a result: a restarted management server leaves such jobs. */
const NO_REASON = 'the job was cancelled, or ended without saying why; a restart of the management server does that';

function reasonOf(result: unknown, resultCode: unknown): { code: number; text: string } {
  const code = integer(resultCode) || 530;
  // Old servers put only the text there.
  if (!isObject(result)) return { code, text: words(result) || NO_REASON };
  return { code: integer(result['errorcode']) ?? code, text: words(result['errortext']) || NO_REASON };
}
