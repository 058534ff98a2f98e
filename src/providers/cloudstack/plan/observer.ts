import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';
import type { TenureIdentity } from '../../../award/identity.ts';
import { BoundedCache } from '../../../base/bounded-cache.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Memo, Observation, Order, Present } from '../../port.ts';
import type { FailedJob, JobTracker, Outcome, StartedJob } from '../api/jobs.ts';
import {
  type Connections,
  type Expected,
  type FoundResources,
  findResources,
  scopeToCompare,
} from '../observe/found.ts';
import type { RestingTenures } from '../observe/inventory.ts';
import { readMemo, type TenureMemo, writeMemo } from '../observe/memo.ts';
import { fingerprintOf, publicKeyOf } from '../observe/names.ts';
import type { ResourceReader } from '../observe/reader.ts';
import { RecentConnections } from '../observe/recent-connections.ts';
import { differenceKey, type Planned } from './action.ts';
import { observationOf, POLL_MS } from './observation.ts';
import { plan, primaryVm } from './plan.ts';
import { recordJobResults } from './retry.ts';
import { type WantedVm, wantedVmOf } from './wanted-vm.ts';

/** CloudStack's own `expunge.delay`, in seconds. */
const EXPUNGE_DELAY_SECONDS = 86_400;
/** How long a proof of absence is valid for a create, in milliseconds. */
const ABSENCE_MS = 5_000;

export interface ObserverOptions {
  readonly config: CloudStackConfig;
  readonly clock: Clock;
  readonly jobs: JobTracker;
  readonly reader: ResourceReader;
  readonly resting: RestingTenures;
}

/**
 * Observes tenures: the results of their jobs, their resources, and how these differ from the order. Keeps what it read
 * only for the step that follows, which then need not read it again.
 */
export class Observer {
  readonly #config: CloudStackConfig;
  readonly #clock: Clock;
  readonly #jobs: JobTracker;
  readonly #reader: ResourceReader;
  readonly #resting: RestingTenures;
  readonly #recent: RecentConnections;
  /** The resources behind an observation, so that the step that follows need not read them again. */
  readonly #evidence = new WeakMap<Present, FoundResources>();
  /** What was found when a tenure was proven absent, and the time in monotonic milliseconds. */
  readonly #absent = new BoundedCache<{ readonly at: number; readonly found: FoundResources }>(1_000);

  constructor({ config, clock, jobs, reader, resting }: ObserverOptions) {
    this.#config = config;
    this.#clock = clock;
    this.#jobs = jobs;
    this.#reader = reader;
    this.#resting = resting;
    this.#recent = new RecentConnections(clock);
  }

  /** How long CloudStack keeps a destroyed VM, in milliseconds. */
  get expungeDelayMs(): number {
    return (this.#config.expungeDelaySeconds ?? EXPUNGE_DELAY_SECONDS) * 1_000;
  }

  async observe(
    identity: TenureIdentity,
    order: Order | undefined,
    stored: Memo | undefined,
    signal: AbortSignal,
  ): Promise<Observation> {
    const memo = readMemo(stored);
    const wanted = order && wantedVmOf(order, this.#config);
    const resting = wanted && (await this.#observeAtRest(identity, wanted, memo, signal));
    if (resting !== undefined) return resting;
    const started = await this.#pollJobs(memo.jobs, wanted !== undefined, signal);
    if (started.pending.length > 0) return busy(memo, started.pending);
    const after = this.#withJobResults(memo, memo.jobs, started.failed);
    const known = started.failed.length > 0 ? {} : this.#recent.take(identity.name);
    const found = await this.find(identity, after, wanted, signal, known);
    const planned = wanted === undefined ? [] : plan(wanted, found, this.#config);
    const unproven = await this.#queryUnproven(started.unproven, planned, found, signal);
    if (unproven.pending.length > 0) return busy(memo, unproven.pending);
    const settled = this.#withJobResults(after, [], unproven.failed);
    const observation = this.#observation(identity, wanted, found, planned, settled);
    if (observation.kind === 'Present') this.#evidence.set(observation, found);
    if (observation.kind === 'Absent') this.#absent.set(identity.name, { at: this.#clock.monotonic(), found });
    return observation;
  }

  /** The resources behind an observation; read now if the observation was made by another process. */
  async found(
    identity: TenureIdentity,
    wanted: WantedVm | undefined,
    present: Present,
    memo: TenureMemo,
    signal: AbortSignal,
  ): Promise<FoundResources> {
    return this.#evidence.get(present) ?? this.find(identity, memo, wanted, signal);
  }

  /** Reads the resources of a tenure from CloudStack, except those in `known`. */
  find(
    identity: TenureIdentity,
    memo: TenureMemo,
    wanted: WantedVm | undefined,
    signal: AbortSignal,
    known: Partial<Connections> = {},
  ): Promise<FoundResources> {
    const attached = memo.settled !== undefined || memo.foreignDisks === true;
    const scopeOf = scopeToCompare(identity, wanted && expectedOf(wanted), attached);
    return findResources(identity, memo, scopeOf, this.#reader, signal, known);
  }

  /** What this process has just found of an absent tenure. Valid for one create only. */
  takeAbsence({ name }: TenureIdentity): FoundResources | undefined {
    const absent = this.#absent.get(name);
    this.#absent.delete(name);
    return absent !== undefined && this.#clock.monotonic() - absent.at < ABSENCE_MS ? absent.found : undefined;
  }

  /** After a step that consisted only of jobs, only the resources they touch have to be read again. */
  rememberConnections(name: string, found: FoundResources, outcomes: readonly Outcome[]): void {
    const created = outcomes.flatMap(({ network }) => network ?? []);
    const commands = outcomes.flatMap(({ job, command }) => job?.command ?? command ?? []);
    if (commands.length > 0 && commands.every((command) => command !== 'deleteNetwork')) {
      this.#recent.remember(name, { ...found, networks: [...found.networks, ...created] }, commands);
    }
  }

  /** Drops what was read, because a step begins or the tenure ends. */
  forget({ name }: TenureIdentity): void {
    this.#recent.forget(name);
    this.#absent.delete(name);
  }

  /**
   * The state of started jobs. Those that are no longer in progress and whose success shows in the resources are
   * `unproven`: a query for each would double the calls of a deploy.
   */
  async #pollJobs(jobs: readonly StartedJob[], compared: boolean, signal: AbortSignal): Promise<PolledJobs> {
    if (jobs.length === 0) return { pending: [], failed: [], unproven: [] };
    const pending = await this.#jobs.pending(jobs, signal);
    if (pending !== undefined && pending.length > 0) return { pending, failed: [], unproven: [] };
    const isSeen = (job: StartedJob) => pending !== undefined && compared && job.removes !== undefined;
    const queried = await this.#queryJobs(
      jobs.filter((job) => !isSeen(job)),
      signal,
    );
    return { ...queried, unproven: jobs.filter(isSeen) };
  }

  /** Queries the jobs whose effect cannot be seen: they failed, or are still in progress. */
  async #queryUnproven(
    jobs: readonly StartedJob[],
    planned: readonly Planned[],
    found: FoundResources,
    signal: AbortSignal,
  ): Promise<Pick<PolledJobs, 'pending' | 'failed'>> {
    const missing = new Set(planned.map(differenceKey));
    const broken = primaryVm(found.vms)?.state === 'Error';
    const isProven = (job: StartedJob) => !broken && job.removes !== undefined && !missing.has(job.removes);
    for (const job of jobs.filter(isProven)) this.#jobs.noteEnd(job);
    return this.#queryJobs(
      jobs.filter((job) => !isProven(job)),
      signal,
    );
  }

  async #queryJobs(jobs: readonly StartedJob[], signal: AbortSignal): Promise<Pick<PolledJobs, 'pending' | 'failed'>> {
    const failed: FailedJob[] = [];
    for (const [index, job] of jobs.entries()) {
      const state = await this.#jobs.state(job, signal);
      // In the order they were started: while one is pending, the later ones need no query.
      if (state.kind === 'Pending') return { pending: jobs.slice(index), failed };
      if (state.kind === 'Failed') failed.push(state.failed);
    }
    return { pending: [], failed };
  }

  #withJobResults(memo: TenureMemo, ended: readonly StartedJob[], failed: readonly FailedJob[]): TenureMemo {
    const failedIds = new Set(failed.map(({ id }) => id));
    const expunged = ended.some((job) => job.expunges === true && !failedIds.has(job.id));
    // An expunged VM is no longer looked for by its id.
    const { vm: _vm, destroyed: _destroyed, ...rest } = memo;
    return recordJobResults(expunged ? rest : memo, failed, this.#clock.wallTime());
  }

  /**
   * The observation from shared listings, for a tenure that was as ordered at the last observation; undefined if it was
   * not, or no longer is: then CloudStack is asked directly.
   */
  async #observeAtRest(
    identity: TenureIdentity,
    wanted: WantedVm,
    memo: TenureMemo,
    signal: AbortSignal,
  ): Promise<Observation | undefined> {
    const found = await this.#resting.find(identity, expectedOf(wanted), memo, signal);
    if (found === undefined) return undefined;
    const planned = plan(wanted, found, this.#config);
    const observation = this.#observation(identity, wanted, found, planned, memo);
    return observation.kind === 'Present' && observation.differences.length === 0 ? observation : undefined;
  }

  #observation(
    identity: TenureIdentity,
    wanted: WantedVm | undefined,
    found: FoundResources,
    planned: readonly Planned[],
    memo: TenureMemo,
  ): Observation {
    const { consoleUrl: page, endpoint } = this.#config;
    const consoleUrl = (vm: string) => page?.replace('{id}', vm) ?? new URL(`/client/#/vm/${vm}`, endpoint).href;
    const { expungeDelayMs } = this;
    const now = this.#clock.wallTime();
    return observationOf({ identity, found, memo, wanted, planned, consoleUrl, expungeDelayMs, now });
  }
}

/** Started jobs by their state. */
interface PolledJobs {
  readonly pending: readonly StartedJob[];
  readonly failed: readonly FailedJob[];
  /** Ended, with an unknown result: the resources show it. */
  readonly unproven: readonly StartedJob[];
}

function busy(memo: TenureMemo, pending: readonly StartedJob[]): Observation {
  const what = pending.map((job) => job.what).join(', ');
  return { kind: 'Busy', what, pollAfterMs: POLL_MS, memo: writeMemo({ ...memo, jobs: pending }) };
}

function expectedOf({ order, vm }: WantedVm): Expected {
  const { descriptorHash, accessKey } = order;
  const fingerprint = fingerprintOf(publicKeyOf(accessKey));
  return { descriptorHash, accessKey, fingerprint, dataDisks: vm.dataDisks.length };
}
