import { ApiError } from './api-error.ts';
import type { Clock } from './clock.ts';
import type { Json } from './json.ts';
import type { Account, Job, User } from './rows.ts';
import type { World } from './world.ts';

/** Durations of jobs, in milliseconds. */
export interface Delays {
  /** Before a job starts. */
  readonly queue: number;
  /** Deploying, starting, stopping, expunging. */
  readonly vm: number;
  /** Everything else that is a job. */
  readonly other: number;
}

/** The work of an asynchronous command. */
export interface Work {
  /** Id of the created resource; returned immediately. */
  readonly created?: string;
  readonly instance?: { readonly type: string; readonly id: string | undefined };
  /** Jobs of one lane run one after the other. */
  readonly lane?: string;
  readonly takes: 'vm' | 'other';
  /** Runs when the call arrives, not in order with other jobs of the lane. */
  readonly check?: () => void;
  /** When the job starts: checks and the transitional state. */
  readonly begin?: () => void;
  /** What is left behind when the job fails, e.g. by an injected fault. */
  readonly abandon?: () => void;
  /** Runs at the end: applies the effect and returns the object in `jobresult`. */
  readonly finish: () => Json;
}

/** How long results are kept, the server's default. */
const KEPT_MS = 1_440 * 60_000;

/** Runs jobs over time, each lane in order. */
export class Jobs {
  readonly #world: World;
  readonly #clock: Clock;
  readonly #delays: Delays;
  readonly #lanes = new Map<string, (() => void)[]>();
  readonly #changed: () => void;
  /** Jobs that must fail; set by faults. */
  readonly #doomed = new Map<string, ApiError>();
  /** Unfinished jobs of a resource, oldest first. */
  readonly #pending = new Map<string, Job[]>();
  #stopped = false;

  constructor(world: World, clock: Clock, delays: Delays, changed: () => void) {
    this.#world = world;
    this.#clock = clock;
    this.#delays = delays;
    this.#changed = changed;
  }

  /** Queues the work and returns its job. */
  start(command: string, account: Account, user: User, work: Work): Job {
    this.#expire();
    const job = this.#world.tables.jobs.add({
      created: this.#clock.now(),
      command,
      account: account.id,
      user: user.id,
      status: 0,
      resultCode: 0,
      ...(work.instance === undefined ? {} : { instanceType: work.instance.type }),
      ...(work.instance?.id === undefined ? {} : { instance: work.instance.id }),
    });
    if (job.instance !== undefined) this.#pending.set(job.instance, [...(this.#pending.get(job.instance) ?? []), job]);
    const refused = refusalOf(work);
    this.#clock.after(this.#delays.queue, () => {
      if (this.#stopped) return;
      if (refused !== undefined) this.#fail(job, refused);
      else this.#enter(work.lane ?? job.id, () => this.#begin(job, work));
    });
    return job;
  }

  /** Makes a job fail when it starts, before it has any effect. */
  doom(job: Job, error: ApiError): void {
    this.#doomed.set(job.id, error);
  }

  /** The unfinished job of a resource: CloudStack shows it in the resource's own rows. */
  pendingFor(instance: string): Job | undefined {
    return this.#pending.get(instance)?.[0];
  }

  /** What a restart of the management server does to jobs in progress. */
  cancelAll(): void {
    for (const job of this.#world.tables.jobs.live()) {
      // Cancelled jobs have no result at all, only a code.
      if (job.status === 0) this.#end(job, 2, 530, undefined);
    }
  }

  /** Stops all jobs: the process is about to exit. */
  stop(): void {
    this.#stopped = true;
  }

  #begin(job: Job, work: Work): void {
    if (this.#stopped) return;
    const lane = work.lane ?? job.id;
    const doom = this.#doomed.get(job.id);
    try {
      if (doom !== undefined) {
        work.abandon?.();
        throw doom;
      }
      work.begin?.();
    } catch (error) {
      this.#fail(job, error);
      this.#leave(lane);
      return;
    }
    this.#clock.after(this.#delays[work.takes], () => {
      if (this.#stopped) return;
      try {
        const result = work.finish();
        this.#end(job, 1, 0, result);
      } catch (error) {
        this.#fail(job, error);
      }
      this.#leave(lane);
    });
  }

  #fail(job: Job, error: unknown): void {
    const { code, message } = error instanceof ApiError ? error : new ApiError(530, undefined, String(error));
    this.#end(job, 2, code, { errorcode: code, errortext: message });
  }

  #end(job: Job, status: 1 | 2, resultCode: number, result: Json | undefined): void {
    job.status = status;
    job.resultCode = resultCode;
    if (result !== undefined) job.result = result;
    job.completed = this.#clock.now();
    this.#doomed.delete(job.id);
    this.#forget(job);
    this.#changed();
  }

  #forget(job: Job): void {
    if (job.instance === undefined) return;
    const left = (this.#pending.get(job.instance) ?? []).filter((other) => other !== job);
    if (left.length === 0) this.#pending.delete(job.instance);
    else this.#pending.set(job.instance, left);
  }

  #enter(lane: string, run: () => void): void {
    const queue = this.#lanes.get(lane);
    if (queue !== undefined) {
      queue.push(run);
      return;
    }
    this.#lanes.set(lane, []);
    run();
  }

  #leave(lane: string): void {
    const next = this.#lanes.get(lane)?.shift();
    if (next === undefined) this.#lanes.delete(lane);
    else next();
  }

  #expire(): void {
    const before = this.#clock.now() - KEPT_MS;
    for (const job of this.#world.tables.jobs.live()) {
      if (job.created >= before) break;
      if (job.status !== 0) this.#world.tables.jobs.drop(job.id);
    }
  }
}

function refusalOf({ check }: Work): unknown {
  try {
    check?.();
    return undefined;
  } catch (error) {
    return error;
  }
}
