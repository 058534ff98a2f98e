import { BoundedCache } from '../../../base/bounded-cache.ts';
import type { Clock } from '../../../base/clock.ts';
import { RetryableError } from '../../../errors/dinfra-error.ts';
import type { CloudStackClient } from './client.ts';
import { errorOf } from './failure.ts';
import { integer, isObject, text } from './reply.ts';
import { type Network, words } from './resources.ts';
import type { Parameters } from './signing.ts';

/** A job that was started and not seen to end. */
export interface StartedJob {
  readonly id: string;
  /** What it does, in words: `deploying the VM`. */
  readonly what: string;
  /** The command that started it. */
  readonly command: string;
  /** Part of removing, not of making. */
  readonly removing: boolean;
  /** Names the difference it removes: once that is gone, the job has succeeded. */
  readonly removes?: string;
  /** Hash of the descriptor for whose sake the VM was stopped while it runs. */
  readonly stoppedFor?: string;
  /** It expunges a VM, which a role may not be allowed to. */
  readonly expunges?: true;
}

/** A job that failed, with what CloudStack says. */
export interface FailedJob extends StartedJob {
  readonly code: number;
  readonly text: string;
}

/** What came of a step's action. */
export interface Outcome {
  /** One line for a person; undefined when there was nothing to do after all. */
  readonly message: string | undefined;
  readonly job?: StartedJob;
  /** The command that was sent, where it has no job to say so. */
  readonly command?: string;
  /** Ids and names learned on the way. */
  readonly vm?: string;
  readonly network?: Network;
  readonly keyPair?: string;
  /** A VM that is being destroyed and not expunged. */
  readonly destroyed?: { readonly id: string; readonly name: string };
  /** A VM that CloudStack does not know any more. */
  readonly gone?: string;
}

/** Starts a job. An equal rule that exists already (537) starts nothing: the next observation sees it. */
export async function startJob(
  client: CloudStackClient,
  what: string,
  command: string,
  parameters: Parameters,
  signal: AbortSignal,
): Promise<Outcome> {
  const reply = await client.attempt(command, parameters, signal);
  if (reply.kind === 'Failed') {
    if (reply.failure.kind === 'Conflict') return { message: `${what}: it is there already` };
    throw staleOr(errorOf(reply.failure), reply.failure.kind);
  }
  const id = text(reply.body['jobid']);
  if (id === undefined) return { message: what, command };
  return { message: `${what} (job ${id})`, job: { id, what, command, removing: false } };
}

/**
 * A change of something that was there at the last look is refused with 431 when it has gone since: not the order's
 * fault. The next observation tells.
 */
export function staleOr(error: Error, kind: string): Error {
  if (kind !== 'Rejected') return error;
  return new RetryableError('CloudStackFailed', { message: error.message, cause: error });
}

/** How one job stands. `Gone` is one that CloudStack no longer knows: what it did is seen by looking. */
export type JobState =
  | { readonly kind: 'Pending' | 'Succeeded' | 'Gone' }
  | { readonly kind: 'Failed'; readonly failed: FailedJob };

/** How often the list of pending jobs is asked for, in milliseconds, whoever asks. */
const LIST_MS = 1_500;
/** Longest first wait for a job, in milliseconds, however long such jobs usually take. */
const MAX_FIRST_POLL_MS = 15_000;
const DEFAULT_POLL_MS = 2_000;
const FORBIDDEN_MS = 600_000;

/**
 * Follows jobs of all tenures. listAsyncJobs lists the account's jobs in progress, so one call answers for every tenure
 * that waits; only a job that is not in it is asked for by itself, and only by a caller that cannot see its effect.
 */
export class JobTracker {
  readonly #client: CloudStackClient;
  readonly #clock: Clock;
  /** Until when the role is taken to lack listAsyncJobs, in monotonic milliseconds. */
  #forbiddenUntil = Number.NEGATIVE_INFINITY;
  #listing: { readonly at: number; readonly ids: Promise<ReadonlySet<string> | undefined> } | undefined;
  /** Usual duration of a command's job, in milliseconds: an average in which recent jobs count most. */
  readonly #usualMs = new Map<string, number>();
  /** When a job of this process was started, in monotonic milliseconds. */
  readonly #startedAt = new BoundedCache<number>(10_000);

  constructor(client: CloudStackClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Remembers when a job was started: to learn how long such jobs take, and to ask late enough. */
  noteStart(job: StartedJob): void {
    this.#startedAt.set(job.id, this.#clock.monotonic());
  }

  /** How long to wait before a job that was just started is worth asking for, in milliseconds. */
  firstPollMs(jobs: readonly StartedJob[]): number {
    const usual = Math.max(0, ...jobs.map(({ command }) => this.#usualMs.get(command) ?? 0));
    return Math.min(Math.max(DEFAULT_POLL_MS, usual), MAX_FIRST_POLL_MS);
  }

  /** The jobs among these that are listed as in progress; undefined when that cannot be listed. */
  async pending(jobs: readonly StartedJob[], signal: AbortSignal): Promise<readonly StartedJob[] | undefined> {
    const newest = Math.max(...jobs.map(({ id }) => this.#startedAt.get(id) ?? Number.NEGATIVE_INFINITY));
    signal.throwIfAborted();
    const ids = await this.#list(newest);
    signal.throwIfAborted();
    return ids && jobs.filter(({ id }) => ids.has(id));
  }

  /** Asks for one job. The VM in a job's result has a `jobstatus` of its own, always 0; only the outer one counts. */
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

  /** A job was seen to have ended. */
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
    // Shared by many callers: it must not end with the one that happened to come first. The client has its own deadline.
    const { signal } = new AbortController();
    try {
      const rows = await this.#client.list('listAsyncJobs', {}, signal);
      return new Set(rows.flatMap((row) => (integer(row['jobstatus']) === 0 ? (text(row['jobid']) ?? []) : [])));
    } catch (error) {
      if (!(error instanceof RetryableError) || error.code !== 'CloudStackForbidden') throw error;
      // A role without the command can still ask for each job.
      this.#forbiddenUntil = this.#clock.monotonic() + FORBIDDEN_MS;
      return undefined;
    }
  }
}

/** The message for a job without a result, as a restarted management server leaves for jobs it cancelled. */
const NO_REASON = 'the job was cancelled, or ended without saying why; a restart of the management server does that';

function reasonOf(result: unknown, resultCode: unknown): { code: number; text: string } {
  const code = integer(resultCode) || 530;
  // Old servers put the bare text there.
  if (!isObject(result)) return { code, text: words(result) || NO_REASON };
  return { code: integer(result['errorcode']) ?? code, text: words(result['errortext']) || NO_REASON };
}
