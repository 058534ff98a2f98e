import type { CloudStackConfig } from '../../api/cloud-stack-backend.ts';
import type { TenureIdentity } from '../../award/identity.ts';
import type { Clock } from '../../base/clock.ts';
import type { Fence } from '../../base/fence.ts';
import { TerminalError } from '../../errors/dinfra-error.ts';
import type { Marked, Memo, Observation, Order, Present, Reactor, Step } from '../port.ts';
import { ActionContexts } from './act/action-contexts.ts';
import { advance, refuseAny } from './act/advance.ts';
import { stepOf } from './act/context.ts';
import { perform, rootDiskGrowth } from './act/perform.ts';
import { deleteUnusedShared, expungeForbidden, nextRemovals, removeAll } from './act/removal.ts';
import { type CallReport, CloudStackClient } from './api/client.ts';
import { JobTracker, type Outcome, startJob } from './api/jobs.ts';
import type { KeyRefusal, RateLimiter } from './api/rate-limiter.ts';
import type { VirtualMachine } from './api/resources.ts';
import type { CloudStackCredentials, Parameters } from './api/signing.ts';
import { CloudCatalogue } from './observe/cloud-catalogue.ts';
import { everything, type FoundResources, findResources, listMarked, scopeToCreate } from './observe/found.ts';
import { Inventory, RestingTenures } from './observe/inventory.ts';
import { emptyMemo, readMemo, type TenureMemo } from './observe/memo.ts';
import { isOurVm } from './observe/names.ts';
import { DirectReader } from './observe/reader.ts';
import { needsStop } from './plan/action.ts';
import { checkChangeInputs, networksToLeave } from './plan/deploy-inputs.ts';
import { checkGrowth, checkLimits } from './plan/limits.ts';
import { Observer } from './plan/observer.ts';
import { plan, primaryVm } from './plan/plan.ts';
import { backoffLeft, isVerdict, recordFailedChange, throwIfBackingOff, withoutFailedChange } from './plan/retry.ts';
import { type WantedVm, wantedVmOf } from './plan/wanted-vm.ts';

export interface CloudStackReactorOptions {
  readonly config: CloudStackConfig;
  readonly credentials: CloudStackCredentials;
  readonly clock: Clock;
  /** Maximum age of a shared listing for a VM at rest, in milliseconds. Default 20,000. */
  readonly restMaxAgeMs?: number;
  /** Shared with other clients of the same keys. Default: one of its own. */
  readonly refusal?: KeyRefusal;
  /** Shared with other reactors of the same endpoint and keys. Default: one of its own, with the limits of the config. */
  readonly limiter?: RateLimiter;
  /** Asked immediately before every command that changes something. Default: open. */
  readonly fence?: Fence;
  /** Called for every call, for metrics and log. */
  readonly onCall?: (report: CallReport) => void;
}

/** When to observe again if there is nothing to do and no job to wait for, in milliseconds. */
const IDLE_MS = 60_000;
/** States of a VM that is stopped or cannot be stopped. */
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
  readonly #contexts: ActionContexts;
  readonly #resting: RestingTenures;
  readonly #observer: Observer;

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
    this.#contexts = new ActionContexts({
      config,
      client: this.#client,
      reader: this.#reader,
      catalogue: this.#catalogue,
      scope: this.#scope,
      clock,
    });
    this.#observer = new Observer({
      config,
      clock,
      jobs: this.#jobs,
      reader: this.#reader,
      resting: this.#resting,
    });
  }

  async check(order: Order, signal: AbortSignal): Promise<void> {
    const { identity } = order;
    const wanted = wantedVmOf(order, this.#config);
    const [inputs, isListed] = await Promise.all([
      this.#contexts.deployInputs(wanted, emptyMemo, undefined, signal).catch(terminalOrThrow),
      this.#isListed(identity, signal),
    ]);
    if (isListed) {
      // An existing VM needs none of the inputs.
      const found = await this.#observer.find(identity, emptyMemo, wanted, signal);
      const vm = primaryVm(found.vms);
      if (vm !== undefined) return this.#checkChange(wanted, found, vm, signal);
    }
    if (inputs instanceof TerminalError) throw inputs;
    await checkLimits(wanted, inputs, this.#contexts.account, signal);
  }

  async #isListed(identity: TenureIdentity, signal: AbortSignal): Promise<boolean> {
    const named = await this.#inventory.virtualMachines(identity.name, signal);
    return named.some((vm) => isOurVm(vm, identity, undefined));
  }

  /** For an existing VM: checks whether it can be changed to the new order. */
  async #checkChange(wanted: WantedVm, found: FoundResources, vm: VirtualMachine, signal: AbortSignal): Promise<void> {
    const planned = plan(wanted, found, this.#config);
    refuseAny(planned);
    await checkChangeInputs({ wanted, found, vm, planned }, this.#config, this.#catalogue, signal);
    await rootDiskGrowth(wanted.vm, vm.id, this.#reader, signal);
    await checkGrowth(wanted, vm, this.#contexts.account, signal);
  }

  observe(
    identity: TenureIdentity,
    order: Order | undefined,
    memo: Memo | undefined,
    signal: AbortSignal,
  ): Promise<Observation> {
    return this.#observer.observe(identity, order, memo, signal);
  }

  create(order: Order, memo: Memo | undefined, signal: AbortSignal): Promise<Step> {
    return this.#resting.trackChange(order.identity, this.#create(order, readMemo(memo), signal));
  }

  async #create(order: Order, memo: TenureMemo, signal: AbortSignal): Promise<Step> {
    throwIfBackingOff(memo, 'Creating', this.#clock.wallTime());
    const { identity } = order;
    const wanted = wantedVmOf(order, this.#config);
    const found = this.#observer.takeAbsence(identity) ?? (await this.#findCollisions(identity, memo, signal));
    const inputs = await this.#contexts.deployInputs(wanted, memo, found, signal);
    if (found.vms.length === 0) await checkLimits(wanted, inputs, this.#contexts.account, signal);
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
      // A VM that hangs in a transition, or whose state is unknown, only stops if forced.
      const forced: Parameters = state === 'Running' || state === 'Migrating' ? {} : { forced: 'true' };
      const parameters = { id, ...forced };
      outcomes.push(await startJob(this.#client, `stopping the VM ${name}`, 'stopVirtualMachine', parameters, signal));
    }
    const step = this.#step(outcomes, memo, 'nothing to stop');
    // There may be no VM yet, and a suspended tenure is not completed: observe again later.
    return outcomes.length > 0 ? step : { ...step, pollAfterMs: IDLE_MS };
  }

  start(order: Order, present: Present, signal: AbortSignal): Promise<Step> {
    return this.#resting.trackChange(order.identity, this.#start(order, present, signal));
  }

  async #start(order: Order, present: Present, signal: AbortSignal): Promise<Step> {
    const { wanted, found, memo } = await this.#basis(order, present, signal);
    const vm = primaryVm(found.vms);
    if (vm === undefined) return this.#advance(wanted, found, memo, signal);
    // Changes that need a stopped VM are made first.
    const { descriptorHash } = wanted.order;
    const now = this.#clock.wallTime();
    const possible = plan(wanted, found, this.#config).filter(needsStop);
    const [change] = withoutFailedChange(possible, memo, descriptorHash, now);
    const start = () =>
      startJob(this.#client, `starting the VM ${vm.name}`, 'startVirtualMachine', { id: vm.id }, signal);
    if (change === undefined) return this.#step([await start()], memo);
    const context = await this.#contexts.contextFor(wanted, memo, found, signal);
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
    this.#observer.forget(identity);
    const memo = readMemo(present.memo);
    const now = this.#clock.wallTime();
    const found = await findResources(identity, memo, () => everything, this.#reader, signal);
    const expunge = await this.#contexts.mayExpunge(memo, signal);
    const removals = nextRemovals({ found, expunge, unseenVm: unseenVmOf(memo, found) });
    const { expungeDelayMs } = this.#observer;
    const { destroyed } = memo;
    const waitMs = backoffLeft(memo, 'Removing', now);
    // A destroyed VM blocks its network and is not visible to a user: report that, not the refusal for the network.
    if (waitMs > 0 && destroyed !== undefined && removals.some((removal) => removal.do === 'deleteNetwork')) {
      throw expungeForbidden(`until then its network ${identity.name} stays`, destroyed, expungeDelayMs, waitMs);
    }
    // A refused expunge is followed by a stop immediately: an ended tenure must not run during a backoff.
    if (!removals.some((removal) => removal.do === 'stopVm')) throwIfBackingOff(memo, 'Removing', now);
    const context = { ...this.#contexts.tools(expunge), identity, expungeDelayMs, destroyed, now };
    return this.#step(await removeAll(removals, context, signal), memo, 'waiting for CloudStack to finish');
  }

  listManaged(signal: AbortSignal): Promise<readonly Marked[]> {
    return listMarked(this.#client, this.#scope, signal);
  }

  /** Closes open connections. */
  async close(): Promise<void> {
    await this.#client.close();
  }

  async #advance(wanted: WantedVm, found: FoundResources, memo: TenureMemo, signal: AbortSignal): Promise<Step> {
    const { identity } = wanted.order;
    this.#observer.forget(identity);
    const leaving = await networksToLeave(found, memo, this.#config, this.#catalogue, signal);
    if (leaving.length > 0) {
      const what = 'removing the network, to create it in a zone with capacity';
      const jobs = leaving.map(({ id }) => startJob(this.#client, what, 'deleteNetwork', { id }, signal));
      return this.#step(await Promise.all(jobs), memo);
    }
    const context = await this.#contexts.contextFor(wanted, memo, found, signal);
    const outcomes = await advance(found, memo, this.#config, context, this.#clock.wallTime(), signal).catch(
      async (error: unknown) => {
        // It will have no VM: shared resources that nobody else uses are removed now, because nothing would trigger it
        // later.
        if (error instanceof TerminalError && found.vms.length === 0) await deleteUnusedShared(context, signal);
        throw error;
      },
    );
    this.#observer.rememberConnections(identity.name, found, outcomes);
    return this.#step(outcomes, memo);
  }

  #step(outcomes: readonly Outcome[], memo: TenureMemo, idle?: string): Step {
    return stepOf(outcomes, memo, this.#jobs, this.#clock.wallTime(), idle);
  }

  /** The resources for a step on an observation: those it found, or read again. */
  async #basis(order: Order, present: Present, signal: AbortSignal) {
    const wanted = wantedVmOf(order, this.#config);
    return { wanted, ...(await this.#seen(order.identity, wanted, present, signal)) };
  }

  async #seen(identity: TenureIdentity, wanted: WantedVm | undefined, present: Present, signal: AbortSignal) {
    const memo = readMemo(present.memo);
    throwIfBackingOff(memo, 'Creating', this.#clock.wallTime());
    return { found: await this.#observer.found(identity, wanted, present, memo, signal), memo };
  }

  #findCollisions(identity: TenureIdentity, memo: TenureMemo, signal: AbortSignal): Promise<FoundResources> {
    const { network } = this.#config;
    const scopeOf = scopeToCreate(network.mode, network.mode === 'Shared' && (network.securityGroups ?? true));
    return findResources(identity, memo, scopeOf, this.#reader, signal);
  }
}

/**
 * A VM that may be invisible and block the removal of the rest: one we destroyed, or one whose network cannot be
 * deleted.
 */
function unseenVmOf({ vm, destroyed, failure }: TenureMemo, found: FoundResources): string | undefined {
  if (found.vms.length > 0) return undefined;
  if (destroyed !== undefined) return destroyed.id;
  return failure?.command === 'deleteNetwork' ? vm : undefined;
}

/** Returns a TerminalError, rethrows anything else. */
function terminalOrThrow(error: unknown): TerminalError {
  if (error instanceof TerminalError) return error;
  throw error;
}
