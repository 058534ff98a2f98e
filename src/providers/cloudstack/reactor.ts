import pLimit from 'p-limit';
import type { CloudStackConfig } from '../../api/cloud-stack-backend.ts';
import type { TenureIdentity } from '../../award/identity.ts';
import { BoundedCache } from '../../base/bounded-cache.ts';
import type { Clock } from '../../base/clock.ts';
import type { Fence } from '../../base/fence.ts';
import { TerminalError } from '../../errors/dinfra-error.ts';
import type { Marked, Memo, Observation, Order, Present, Reactor, Step } from '../port.ts';
import { advance, refuseAny } from './act/advance.ts';
import { type ActionContext, type Exclusively, stepOf, type Tools } from './act/context.ts';
import { perform, rootDiskGrowth } from './act/perform.ts';
import { publicKeyOf } from './act/prerequisites.ts';
import { deleteUnusedShared, expungeForbidden, nextRemovals, removeAll } from './act/removal.ts';
import { type CallReport, CloudStackClient } from './api/client.ts';
import { type FailedJob, JobTracker, type Outcome, type StartedJob, startJob } from './api/jobs.ts';
import type { KeyRefusal, RateLimiter } from './api/rate-limiter.ts';
import type { VirtualMachine } from './api/resources.ts';
import type { CloudStackCredentials, Parameters } from './api/signing.ts';
import { CloudCatalogue } from './observe/cloud-catalogue.ts';
import {
  type Expected,
  everything,
  type FoundResources,
  findResources,
  listMarked,
  scopeToCompare,
  scopeToCreate,
} from './observe/found.ts';
import { Inventory, RestingTenures } from './observe/inventory.ts';
import { emptyMemo, readMemo, type TenureMemo, writeMemo } from './observe/memo.ts';
import { fingerprintOf, isOurVm } from './observe/names.ts';
import { DirectReader } from './observe/reader.ts';
import { RecentConnections } from './observe/recent-connections.ts';
import { differenceKey, needsStop, type Planned } from './plan/action.ts';
import {
  checkChangeInputs,
  type DeployInputs,
  findDeployInputs,
  findDiskOffering,
  findOffering,
  networksToLeave,
  zoneFor,
} from './plan/deploy-inputs.ts';
import { checkGrowth, checkLimits } from './plan/limits.ts';
import { observationOf, POLL_MS } from './plan/observation.ts';
import { plan, primaryVm } from './plan/plan.ts';
import {
  backoffLeft,
  isExpungeRefused,
  isVerdict,
  recordFailedChange,
  recordJobResults,
  throwIfBackingOff,
  withoutFailedChange,
} from './plan/retry.ts';
import { type WantedVm, wantedVmOf } from './plan/wanted-vm.ts';

export interface CloudStackReactorOptions {
  readonly config: CloudStackConfig;
  readonly credentials: CloudStackCredentials;
  readonly clock: Clock;
  /** How old a shared listing may be for a VM at rest, in milliseconds. Defaults to 20,000. */
  readonly restMaxAgeMs?: number;
  /** Shared with other clients of the same keys. Default: one of its own. */
  readonly refusal?: KeyRefusal;
  /** Shared with other reactors of the same endpoint and keys. Default: one of its own, with the limits of the config. */
  readonly limiter?: RateLimiter;
  /** Asked immediately before every command that changes something. Default: always held. */
  readonly fence?: Fence;
  /** Told of every call, for metrics. */
  readonly onCall?: (report: CallReport) => void;
}

/** CloudStack's own `expunge.delay`, in seconds. */
const EXPUNGE_DELAY_SECONDS = 86_400;
/** How long a proof of absence spares a create from looking again, in milliseconds. */
const ABSENCE_MS = 5_000;
/** How soon to look again when there is nothing to do and nothing is awaited, in milliseconds. */
const IDLE_MS = 60_000;
/** States of a VM that is stopped, or cannot be. */
const DOWN: ReadonlySet<string> = new Set(['Stopped', 'Shutdown', 'Destroyed', 'Error', 'Expunging']);

/** Virtual machines in CloudStack, one for each tenure. */
export class CloudStackReactor implements Reactor {
  readonly kind = 'cloudstack';
  readonly types: ReadonlySet<string> = new Set(['vm/v1']);
  readonly #config: CloudStackConfig;
  readonly #clock: Clock;
  readonly #scope: Parameters;
  readonly #client: CloudStackClient;
  readonly #jobs: JobTracker;
  readonly #reader: DirectReader;
  readonly #inventory: Inventory;
  readonly #catalogue: CloudCatalogue;
  readonly #exclusively: Exclusively = pLimit(1);
  readonly #resting: RestingTenures;
  readonly #recent: RecentConnections;
  /** What an observation rests on, so that the step taken on it need not look again. */
  readonly #evidence = new WeakMap<Present, FoundResources>();
  /** What was found when a tenure was proven absent, and when, in monotonic milliseconds. */
  readonly #absent = new BoundedCache<{ readonly at: number; readonly found: FoundResources }>(1_000);

  constructor(options: CloudStackReactorOptions) {
    const { config, clock } = options;
    this.#config = config;
    this.#clock = clock;
    this.#scope = config.project === undefined ? {} : { projectid: config.project };
    this.#client = new CloudStackClient({
      ...options,
      endpoint: config.endpoint,
      caBundle: config.caBundle,
      limits: config.limits,
    });
    this.#jobs = new JobTracker(this.#client, clock);
    this.#reader = new DirectReader(this.#client, this.#scope);
    this.#inventory = new Inventory(this.#client, this.#scope, clock, options.restMaxAgeMs ?? 20_000);
    this.#resting = new RestingTenures(this.#inventory, clock);
    this.#catalogue = new CloudCatalogue(this.#client, clock);
    this.#recent = new RecentConnections(clock);
  }

  async check(order: Order, signal: AbortSignal): Promise<void> {
    const { identity } = order;
    const wanted = wantedVmOf(order, this.#config);
    const [inputs, isListed] = await Promise.all([
      this.#deployInputs(wanted, emptyMemo, undefined, signal).catch(terminalOrThrow),
      this.#isListed(identity, signal),
    ]);
    if (isListed) {
      // A VM that is there needs none of the inputs.
      const found = await this.#find(identity, emptyMemo, expectedOf(wanted), signal);
      const vm = primaryVm(found.vms);
      if (vm !== undefined) return this.#checkChange(wanted, found, vm, signal);
    }
    if (inputs instanceof TerminalError) throw inputs;
    await checkLimits(wanted, inputs, this.#account(), signal);
  }

  async #isListed(identity: TenureIdentity, signal: AbortSignal): Promise<boolean> {
    const named = await this.#inventory.virtualMachines(identity.name, signal);
    return named.some((vm) => isOurVm(vm, identity, undefined));
  }

  /** A VM that runs already: the question is whether it can become what is ordered now. */
  async #checkChange(wanted: WantedVm, found: FoundResources, vm: VirtualMachine, signal: AbortSignal): Promise<void> {
    const planned = plan(wanted, found, this.#config);
    refuseAny(planned);
    await checkChangeInputs({ wanted, found, vm, planned }, this.#config, this.#catalogue, signal);
    await rootDiskGrowth(wanted.vm, vm.id, this.#reader, signal);
    await checkGrowth(wanted, vm, this.#account(), signal);
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
    const found = await this.#find(identity, after, wanted && expectedOf(wanted), signal, known);
    const planned = wanted === undefined ? [] : plan(wanted, found, this.#config);
    const unproven = await this.#queryUnproven(started.unproven, planned, found, signal);
    if (unproven.pending.length > 0) return busy(memo, unproven.pending);
    const settled = this.#withJobResults(after, [], unproven.failed);
    const observation = this.#observation(identity, wanted, found, planned, settled);
    if (observation.kind === 'Present') this.#evidence.set(observation, found);
    if (observation.kind === 'Absent') this.#absent.set(identity.name, { at: this.#clock.monotonic(), found });
    return observation;
  }

  create(order: Order, memo: Memo | undefined, signal: AbortSignal): Promise<Step> {
    return this.#resting.trackChange(order.identity, this.#create(order, readMemo(memo), signal));
  }

  async #create(order: Order, memo: TenureMemo, signal: AbortSignal): Promise<Step> {
    throwIfBackingOff(memo, 'Creating', this.#clock.wallTime());
    const { identity } = order;
    const wanted = wantedVmOf(order, this.#config);
    const found = this.#takeAbsence(identity) ?? (await this.#findCollisions(identity, memo, signal));
    const inputs = await this.#deployInputs(wanted, memo, found, signal);
    if (found.vms.length === 0) await checkLimits(wanted, inputs, this.#account(), signal);
    return this.#advance(wanted, found, memo, signal);
  }

  update(order: Order, present: Present, signal: AbortSignal): Promise<Step> {
    return this.#resting.trackChange(order.identity, this.#update(order, present, signal));
  }

  async #update(order: Order, present: Present, signal: AbortSignal): Promise<Step> {
    const { wanted, found, memo } = await this.#basis(order, present, signal);
    return this.#advance(wanted, found, memo, signal);
  }

  stop(identity: TenureIdentity, present: Present, signal: AbortSignal): Promise<Step> {
    return this.#resting.trackChange(identity, this.#stop(identity, present, signal));
  }

  async #stop(identity: TenureIdentity, present: Present, signal: AbortSignal): Promise<Step> {
    const { found, memo } = await this.#seen(identity, undefined, present, signal);
    const outcomes: Outcome[] = [];
    for (const { id, name, state } of found.vms.filter((vm) => !DOWN.has(vm.state))) {
      // One that hangs on its way, or is of unknown state, does not stop unless forced.
      const forced: Parameters = state === 'Running' || state === 'Migrating' ? {} : { forced: 'true' };
      const parameters = { id, ...forced };
      outcomes.push(await startJob(this.#client, `stopping the VM ${name}`, 'stopVirtualMachine', parameters, signal));
    }
    const step = this.#step(outcomes, memo, 'nothing to stop');
    // What there is may be less than a VM, and suspended it is not completed: no need to look often.
    return outcomes.length > 0 ? step : { ...step, pollAfterMs: IDLE_MS };
  }

  start(order: Order, present: Present, signal: AbortSignal): Promise<Step> {
    return this.#resting.trackChange(order.identity, this.#start(order, present, signal));
  }

  async #start(order: Order, present: Present, signal: AbortSignal): Promise<Step> {
    const { wanted, found, memo } = await this.#basis(order, present, signal);
    const vm = primaryVm(found.vms);
    if (vm === undefined) return this.#advance(wanted, found, memo, signal);
    // A stopped VM allows what cannot be changed otherwise.
    const { descriptorHash } = wanted.order;
    const now = this.#clock.wallTime();
    const possible = plan(wanted, found, this.#config).filter(needsStop);
    const [change] = withoutFailedChange(possible, memo, descriptorHash, now);
    const start = () =>
      startJob(this.#client, `starting the VM ${vm.name}`, 'startVirtualMachine', { id: vm.id }, signal);
    if (change === undefined) return this.#step([await start()], memo);
    const context = await this.#context(wanted, memo, found, signal);
    try {
      const outcome = await perform(change, context, signal);
      const job = outcome.job && { ...outcome.job, stoppedFor: descriptorHash };
      return this.#step([{ ...outcome, ...(job === undefined ? {} : { job }) }], memo);
    } catch (error) {
      if (!isVerdict(error)) throw error;
      return this.#step([await start()], recordFailedChange(memo, descriptorHash, error.message, now));
    }
  }

  async delete(identity: TenureIdentity, present: Present, signal: AbortSignal): Promise<Step> {
    this.#resting.forget(identity);
    this.#recent.forget(identity.name);
    this.#absent.delete(identity.name);
    const memo = readMemo(present.memo);
    const now = this.#clock.wallTime();
    const found = await findResources(identity, memo, () => everything, this.#reader, signal);
    const expunge = (await this.#mayExpunge(signal)) && !isExpungeRefused(memo, now);
    const removals = nextRemovals({ found, expunge, unseenVm: unseenVmOf(memo, found) });
    const expungeDelayMs = this.#expungeDelayMs();
    const { destroyed } = memo;
    const waitMs = backoffLeft(memo, 'Removing', now);
    // A destroyed VM holds its network, and a user does not see it: say so, rather than that the network is refused.
    if (waitMs > 0 && destroyed !== undefined && removals.some((removal) => removal.do === 'deleteNetwork')) {
      throw expungeForbidden(`until then its network ${identity.name} stays`, destroyed, expungeDelayMs, waitMs);
    }
    // A refused expunge is followed by a stop at once: what has ended must not run for the time of a backoff.
    if (!removals.some((removal) => removal.do === 'stopVm')) throwIfBackingOff(memo, 'Removing', now);
    const context = { ...this.#tools(expunge), identity, expungeDelayMs, destroyed, now };
    return this.#step(await removeAll(removals, context, signal), memo, 'waiting for CloudStack to finish');
  }

  listManaged(signal: AbortSignal): Promise<readonly Marked[]> {
    return listMarked(this.#client, this.#scope, signal);
  }

  /** Ends open connections. */
  async close(): Promise<void> {
    await this.#client.close();
  }

  async #advance(wanted: WantedVm, found: FoundResources, memo: TenureMemo, signal: AbortSignal): Promise<Step> {
    const { name } = wanted.order.identity;
    this.#recent.forget(name);
    const leaving = await networksToLeave(found, memo, this.#config, this.#catalogue, signal);
    if (leaving.length > 0) {
      const what = 'removing the network, to create it where there is room';
      const jobs = leaving.map(({ id }) => startJob(this.#client, what, 'deleteNetwork', { id }, signal));
      return this.#step(await Promise.all(jobs), memo);
    }
    const context = await this.#context(wanted, memo, found, signal);
    const outcomes = await advance(found, memo, this.#config, context, this.#clock.wallTime(), signal).catch(
      async (error: unknown) => {
        // It never becomes a VM: what was shared with nobody else has to go, because nothing else is left to say so.
        if (error instanceof TerminalError && found.vms.length === 0) await deleteUnusedShared(context, signal);
        throw error;
      },
    );
    this.#rememberConnections(name, found, outcomes);
    return this.#step(outcomes, memo);
  }

  /** After a step of which every part was a job, only what the jobs touch has to be read again. */
  #rememberConnections(name: string, found: FoundResources, outcomes: readonly Outcome[]): void {
    const created = outcomes.flatMap(({ network }) => network ?? []);
    const commands = outcomes.flatMap(({ job, command }) => job?.command ?? command ?? []);
    if (commands.length > 0 && commands.every((command) => command !== 'deleteNetwork')) {
      this.#recent.remember(name, { ...found, networks: [...found.networks, ...created] }, commands);
    }
  }

  #step(outcomes: readonly Outcome[], memo: TenureMemo, idle?: string): Step {
    return stepOf(outcomes, memo, this.#jobs, this.#clock.wallTime(), idle);
  }

  /**
   * How started jobs stand. Of those that are no longer in progress, the ones whose success shows in what is found are
   * left `unproven`: asking for each would double the calls of a deploy.
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

  /** Asks for the jobs whose effect is not to be seen: they failed, or are not over after all. */
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
      // In order of starting: while one is pending, those after it need not be asked for.
      if (state.kind === 'Pending') return { pending: jobs.slice(index), failed };
      if (state.kind === 'Failed') failed.push(state.failed);
    }
    return { pending: [], failed };
  }

  #withJobResults(memo: TenureMemo, ended: readonly StartedJob[], failed: readonly FailedJob[]): TenureMemo {
    const failedIds = new Set(failed.map(({ id }) => id));
    const expunged = ended.some((job) => job.expunges === true && !failedIds.has(job.id));
    // An expunged VM need not be looked for by its id any more.
    const { vm: _vm, destroyed: _destroyed, ...rest } = memo;
    return recordJobResults(expunged ? rest : memo, failed, this.#clock.wallTime());
  }

  /**
   * The observation of a tenure that was as ordered when it was looked at last, from the listings all tenures share;
   * undefined when that is not so, or no longer so: then CloudStack itself is asked.
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
    const consoleUrl = (vm: string) => this.#consoleUrl(vm);
    const expungeDelayMs = this.#expungeDelayMs();
    const now = this.#clock.wallTime();
    return observationOf({ identity, found, memo, wanted, planned, consoleUrl, expungeDelayMs, now });
  }

  /** What a step on an observation rests on: what the observation found, or a new look. */
  async #basis(order: Order, present: Present, signal: AbortSignal) {
    const wanted = wantedVmOf(order, this.#config);
    return { wanted, ...(await this.#seen(order.identity, wanted, present, signal)) };
  }

  async #seen(identity: TenureIdentity, wanted: WantedVm | undefined, present: Present, signal: AbortSignal) {
    const memo = readMemo(present.memo);
    throwIfBackingOff(memo, 'Creating', this.#clock.wallTime());
    const evidence = this.#evidence.get(present);
    const found = evidence ?? (await this.#find(identity, memo, wanted && expectedOf(wanted), signal));
    return { found, memo };
  }

  #find(
    identity: TenureIdentity,
    memo: TenureMemo,
    expected: Expected | undefined,
    signal: AbortSignal,
    known = {},
  ): Promise<FoundResources> {
    const scopeOf = scopeToCompare(identity, expected, memo.settled !== undefined);
    return findResources(identity, memo, scopeOf, this.#reader, signal, known);
  }

  #findCollisions(identity: TenureIdentity, memo: TenureMemo, signal: AbortSignal): Promise<FoundResources> {
    const { network } = this.#config;
    const scopeOf = scopeToCreate(network.mode, network.mode === 'Shared' && (network.securityGroups ?? true));
    return findResources(identity, memo, scopeOf, this.#reader, signal);
  }

  /** What this process has just found of an absent tenure. Good for one create: the next one looks again. */
  #takeAbsence({ name }: TenureIdentity): FoundResources | undefined {
    const absent = this.#absent.get(name);
    this.#absent.delete(name);
    return absent !== undefined && this.#clock.monotonic() - absent.at < ABSENCE_MS ? absent.found : undefined;
  }

  async #context(
    wanted: WantedVm,
    memo: TenureMemo,
    found: FoundResources,
    signal: AbortSignal,
  ): Promise<ActionContext> {
    const network = found.networks[0]?.id;
    const securityGroup = found.securityGroups[0]?.id;
    const expunge = (await this.#mayExpunge(signal)) && !isExpungeRefused(memo, this.#clock.wallTime());
    return {
      ...this.#tools(expunge),
      wanted,
      deployInputs: () => this.#deployInputs(wanted, memo, found, signal),
      forgetOffers: () => this.#catalogue.forget(),
      offering: () => findOffering(wanted, this.#catalogue, signal),
      diskOffering: () => findDiskOffering(wanted.vm, this.#config, this.#catalogue, signal),
      checkGrowth: (vm) => checkGrowth(wanted, vm, this.#account(), signal),
      unseenVm: found.vms.length === 0 ? (memo.destroyed?.id ?? memo.vm) : undefined,
      ids: {
        ...(network === undefined ? {} : { network }),
        ...(securityGroup === undefined ? {} : { securityGroup }),
      },
    };
  }

  #deployInputs(
    wanted: WantedVm,
    memo: TenureMemo,
    found: FoundResources | undefined,
    signal: AbortSignal,
  ): Promise<DeployInputs> {
    // A network that was created already says where.
    const zone = found?.networks[0]?.zone ?? zoneFor(this.#config, memo);
    return findDeployInputs(wanted, this.#config, zone, this.#catalogue, signal);
  }

  #account() {
    return { catalogue: this.#catalogue, project: this.#config.project };
  }

  #tools(expunge: boolean): Tools {
    return {
      client: this.#client,
      reader: this.#reader,
      scope: this.#scope,
      exclusively: this.#exclusively,
      expunge,
    };
  }

  /** Whether VMs may be expunged, as far as capabilities and settings say. The role may still forbid it. */
  async #mayExpunge(signal: AbortSignal): Promise<boolean> {
    return (this.#config.expunge ?? true) && (await this.#catalogue.mayExpunge(signal));
  }

  #expungeDelayMs(): number {
    return (this.#config.expungeDelaySeconds ?? EXPUNGE_DELAY_SECONDS) * 1_000;
  }

  #consoleUrl(vm: string): string {
    const { consoleUrl, endpoint } = this.#config;
    return consoleUrl?.replace('{id}', vm) ?? new URL(`/client/#/vm/${vm}`, endpoint).href;
  }
}

/** Jobs that were started, by how they stand. */
interface PolledJobs {
  readonly pending: readonly StartedJob[];
  readonly failed: readonly FailedJob[];
  /** Over, and not asked how: what is found tells. */
  readonly unproven: readonly StartedJob[];
}

function busy(memo: TenureMemo, pending: readonly StartedJob[]): Observation {
  const what = pending.map((job) => job.what).join(', ');
  return { kind: 'Busy', what, pollAfterMs: POLL_MS, memo: writeMemo({ ...memo, jobs: pending }) };
}

/** The VM that may be out of sight, and hold what is left: one we destroyed, or one whose network is not to be deleted. */
function unseenVmOf({ vm, destroyed, failure }: TenureMemo, found: FoundResources): string | undefined {
  if (found.vms.length > 0) return undefined;
  if (destroyed !== undefined) return destroyed.id;
  return failure?.command === 'deleteNetwork' ? vm : undefined;
}

function expectedOf({ order, vm }: WantedVm): Expected {
  const { descriptorHash, accessKey } = order;
  const fingerprint = fingerprintOf(publicKeyOf(accessKey));
  return { descriptorHash, accessKey, fingerprint, dataDisks: vm.dataDisks.length };
}

/** Returns a TerminalError, rethrows anything else. */
function terminalOrThrow(error: unknown): TerminalError {
  if (error instanceof TerminalError) return error;
  throw error;
}
