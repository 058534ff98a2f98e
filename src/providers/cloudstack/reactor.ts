import pLimit from 'p-limit';
import type { TenureIdentity } from '../../award/identity.ts';
import type { Clock } from '../../base/clock.ts';
import type { Fence } from '../../base/fence.ts';
import { TerminalError } from '../../errors/dinfra-error.ts';
import type { Marked, Memo, Observation, Order, Present, Reactor, Step } from '../port.ts';
import { advance, refuseAny } from './act/advance.ts';
import { findChangeParts, findDiskOffering, findOffering, findParts, type Parts } from './act/parts.ts';
import { perform, rootDiskGrowth } from './act/perform.ts';
import { nextRemovals, notExpungeable, remove } from './act/removal.ts';
import { stepOf } from './act/step.ts';
import type { Alone, Done, Workshop } from './act/workshop.ts';
import { afterJobs, holdBack, waitAfterFailure } from './api/backoff.ts';
import type { CallLane } from './api/call-lane.ts';
import { type CallReport, CloudStackClient } from './api/client.ts';
import type { CloudStackConfig, CloudStackCredentials } from './api/config.ts';
import { jobStates } from './api/jobs.ts';
import type { KeyRefusal } from './api/key-refusal.ts';
import type { VirtualMachine } from './api/shapes.ts';
import type { Parameters } from './api/signing.ts';
import { isVerdict, noteStuck, withoutStuck } from './api/standstill.ts';
import { startJob } from './api/start-job.ts';
import { CloudCatalogue } from './observe/cloud-catalogue.ts';
import { Inventory } from './observe/inventory.ts';
import { everything, type Look, look } from './observe/look.ts';
import { observationOf, POLL_MS } from './observe/observation.ts';
import { RestingTenures } from './observe/resting-tenures.ts';
import { scopeFor, scopeToMake } from './observe/scope.ts';
import { DirectSource } from './observe/source.ts';
import { survey } from './observe/survey.ts';
import { needsStop } from './plan/action.ts';
import { type Design, designOf } from './plan/design.ts';
import { checkGrowth, checkLimits } from './plan/limits-check.ts';
import { memoOf, type Notes, noNotes, notesOf } from './plan/memo.ts';
import { isOurVm } from './plan/names.ts';
import { keeperOf, plan } from './plan/plan.ts';
import { networksToLeave, zoneFor } from './plan/zone-turns.ts';

export interface CloudStackReactorOptions {
  readonly config: CloudStackConfig;
  readonly credentials: CloudStackCredentials;
  readonly clock: Clock;
  /** How old a shared listing may be for a VM at rest, in milliseconds. Defaults to 20,000. */
  readonly restMaxAgeMs?: number;
  /** Shared with other clients of the same keys. Default: one of its own. */
  readonly refusal?: KeyRefusal;
  /** Shared with other reactors of the same endpoint and keys. Default: one of its own, with the limits of the config. */
  readonly lane?: CallLane;
  /** Asked before every call that may change something. Default: open. */
  readonly fence?: Fence;
  /** Told of every call, for metrics. */
  readonly onCall?: (report: CallReport) => void;
}

/** Virtual machines in CloudStack, one for each tenure. */
export class CloudStackReactor implements Reactor {
  readonly kind = 'cloudstack';
  readonly types: ReadonlySet<string> = new Set(['vm/v1']);
  readonly #config: CloudStackConfig;
  readonly #clock: Clock;
  readonly #scope: Parameters;
  readonly #client: CloudStackClient;
  readonly #direct: DirectSource;
  readonly #inventory: Inventory;
  readonly #catalogue: CloudCatalogue;
  readonly #alone: Alone = pLimit(1);
  readonly #resting: RestingTenures;
  /** What an observation rests on, so that the step taken on it need not look again. */
  readonly #evidence = new WeakMap<Present, Look>();

  constructor(options: CloudStackReactorOptions) {
    const { config, credentials, clock, refusal, lane, fence, onCall } = options;
    const { endpoint, caBundle, limits, project } = config;
    this.#config = config;
    this.#clock = clock;
    this.#scope = project === undefined ? {} : { projectid: project };
    this.#client = new CloudStackClient({
      endpoint,
      credentials,
      clock,
      caBundle,
      limits,
      refusal,
      lane,
      fence,
      onCall,
    });
    this.#direct = new DirectSource(this.#client, this.#scope);
    this.#inventory = new Inventory(this.#client, this.#scope, clock, options.restMaxAgeMs ?? 20_000);
    this.#resting = new RestingTenures(this.#inventory, clock);
    this.#catalogue = new CloudCatalogue(this.#client, clock);
  }

  async check(order: Order, signal: AbortSignal): Promise<void> {
    const { identity } = order;
    const design = designOf(order, this.#config);
    const parts = await this.#parts(design, noNotes, undefined, signal).catch((error: unknown) => asFault(error));
    // A VM that is there needs none of them. Whether it is, the listings say: what cannot be had must not cost a look.
    if (parts instanceof TerminalError && !(await this.#isListed(identity))) throw parts;
    const found = await look(identity, noNotes, scopeFor(identity, design), this.#direct, signal);
    const vm = keeperOf(found.vms);
    if (vm !== undefined) return this.#checkChange(design, found, vm, signal);
    if (parts instanceof TerminalError) throw parts;
    await checkLimits(design, parts, this.#account(), signal);
  }

  async #isListed(identity: TenureIdentity): Promise<boolean> {
    const named = await this.#inventory.virtualMachines(identity.name);
    return named.some((vm) => isOurVm(vm, identity, undefined));
  }

  /** A VM that runs already: the question is whether it can become what is ordered now. */
  async #checkChange(design: Design, found: Look, vm: VirtualMachine, signal: AbortSignal): Promise<void> {
    const planned = plan(design, found, this.#config);
    refuseAny(planned);
    await findChangeParts({ design, found, vm, planned }, this.#config, this.#catalogue, signal);
    await rootDiskGrowth(design.vm, vm.id, this.#direct, signal);
    await checkGrowth(design, vm, this.#account(), signal);
  }

  async observe(
    identity: TenureIdentity,
    order: Order | undefined,
    memo: Memo | undefined,
    signal: AbortSignal,
  ): Promise<Observation> {
    const notes = notesOf(memo);
    const design = order && designOf(order, this.#config);
    const resting = design && (await this.#observeAtRest(identity, design, notes, signal));
    if (resting !== undefined) return resting;
    const jobs = await jobStates(this.#client, notes.jobs, signal);
    if (jobs.pending.length > 0) {
      const what = jobs.pending.map((job) => job.what).join(', ');
      return { kind: 'Busy', what, pollAfterMs: POLL_MS, memo: memoOf({ ...notes, jobs: jobs.pending }) };
    }
    const now = afterJobs(notes, jobs.failed, this.#clock.wallTime());
    const found = await look(identity, now, scopeFor(identity, design), this.#direct, signal);
    const observation = this.#observation(identity, design, found, now);
    if (observation.kind === 'Present') this.#evidence.set(observation, found);
    return observation;
  }

  create(order: Order, memo: Memo | undefined, signal: AbortSignal): Promise<Step> {
    return this.#resting.changing(order.identity, this.#create(order, memo, signal));
  }

  async #create(order: Order, memo: Memo | undefined, signal: AbortSignal): Promise<Step> {
    const notes = notesOf(memo);
    holdBack(notes, 'Making', this.#clock.wallTime());
    const design = designOf(order, this.#config);
    const found = await look(order.identity, notes, scopeToMake(this.#config), this.#direct, signal);
    const parts = await this.#parts(design, notes, found, signal);
    if (found.vms.length === 0) await checkLimits(design, parts, this.#account(), signal);
    return this.#advance(design, found, notes, signal);
  }

  update(order: Order, present: Present, signal: AbortSignal): Promise<Step> {
    return this.#resting.changing(order.identity, this.#update(order, present, signal));
  }

  async #update(order: Order, present: Present, signal: AbortSignal): Promise<Step> {
    const { design, found, notes } = await this.#basis(order, present, signal);
    return this.#advance(design, found, notes, signal);
  }

  stop(identity: TenureIdentity, present: Present, signal: AbortSignal): Promise<Step> {
    return this.#resting.changing(identity, this.#stop(identity, present, signal));
  }

  async #stop(identity: TenureIdentity, present: Present, signal: AbortSignal): Promise<Step> {
    const { found, notes } = await this.#seen(identity, undefined, present, signal);
    const dones: Done[] = [];
    for (const { id, name } of found.vms.filter((vm) => vm.state === 'Running')) {
      dones.push(await startJob(this.#client, `stopping the VM ${name}`, 'stopVirtualMachine', { id }, signal));
    }
    const step = stepOf(dones, notes, 'nothing to stop');
    // What there is may be less than a VM, and suspended it is not completed: no need to look often.
    return dones.length > 0 ? step : { ...step, pollAfterMs: IDLE_MS };
  }

  start(order: Order, present: Present, signal: AbortSignal): Promise<Step> {
    return this.#resting.changing(order.identity, this.#start(order, present, signal));
  }

  async #start(order: Order, present: Present, signal: AbortSignal): Promise<Step> {
    const { design, found, notes } = await this.#basis(order, present, signal);
    const vm = keeperOf(found.vms);
    if (vm === undefined) return this.#advance(design, found, notes, signal);
    // While it stands still is the time for what cannot be done otherwise.
    const { descriptorHash } = design.order;
    const now = this.#clock.wallTime();
    const [change] = withoutStuck(plan(design, found, this.#config).filter(needsStop), notes, descriptorHash, now);
    const start = () =>
      startJob(this.#client, `starting the VM ${vm.name}`, 'startVirtualMachine', { id: vm.id }, signal);
    if (change === undefined) return stepOf([await start()], notes, 'nothing to start');
    const shop = await this.#workshop(design, notes, found, signal);
    try {
      const done = await perform(change, shop, signal);
      const job = done.job && { ...done.job, standstill: descriptorHash };
      return stepOf([{ ...done, ...(job === undefined ? {} : { job }) }], notes, 'nothing to start');
    } catch (error) {
      if (!isVerdict(error)) throw error;
      return stepOf([await start()], noteStuck(notes, descriptorHash, error.message, now), 'nothing to start');
    }
  }

  async delete(identity: TenureIdentity, present: Present, signal: AbortSignal): Promise<Step> {
    this.#resting.forget(identity);
    const notes = notesOf(present.memo);
    const found = await look(identity, notes, () => everything, this.#direct, signal);
    const expunge = await this.#mayExpunge(signal);
    const removals = nextRemovals(found, expunge);
    // A destroyed VM holds its network, and a user does not see it: what failed is tried again, with that as the reason.
    const wait = waitAfterFailure(notes, 'Removing', this.#clock.wallTime());
    const held = wait > 0 && !expunge && removals.some((removal) => removal.do === 'deleteNetwork');
    if (held) throw notExpungeable(`the network ${identity.name}`, wait);
    holdBack(notes, 'Removing', this.#clock.wallTime());
    const shop = { ...this.#tools(), identity, expunge };
    const dones: Done[] = [];
    for (const removal of removals) dones.push(removing(await remove(removal, shop, signal)));
    return stepOf(dones, notes, 'waiting for CloudStack to finish');
  }

  listManaged(signal: AbortSignal): Promise<readonly Marked[]> {
    return survey(this.#client, this.#scope, signal);
  }

  /** Ends open connections. */
  async close(): Promise<void> {
    await this.#client.close();
  }

  async #advance(design: Design, found: Look, notes: Notes, signal: AbortSignal): Promise<Step> {
    const leaving = await networksToLeave(found, notes, this.#config, this.#catalogue, signal);
    if (leaving.length > 0) {
      const what = 'removing the network, to make it where there is room';
      const jobs = leaving.map(({ id }) => startJob(this.#client, what, 'deleteNetwork', { id }, signal));
      return stepOf(await Promise.all(jobs), notes, 'nothing to do');
    }
    const shop = await this.#workshop(design, notes, found, signal);
    return stepOf(
      await advance(found, notes, this.#config, shop, this.#clock.wallTime(), signal),
      notes,
      'nothing to do',
    );
  }

  /**
   * The observation of a tenure that was as ordered when it was looked at last, from the listings all tenures share;
   * undefined when that is not so, or no longer so: then CloudStack itself is asked.
   */
  async #observeAtRest(
    identity: TenureIdentity,
    design: Design,
    notes: Notes,
    signal: AbortSignal,
  ): Promise<Observation | undefined> {
    const found = await this.#resting.look(identity, design, notes, signal);
    if (found === undefined) return undefined;
    const observation = this.#observation(identity, design, found, notes);
    if (observation.kind !== 'Present' || observation.differences.length > 0) return undefined;
    return observation;
  }

  #observation(identity: TenureIdentity, design: Design | undefined, found: Look, notes: Notes): Observation {
    const planned = design === undefined ? [] : plan(design, found, this.#config);
    const consoleUrl = (vm: string) => this.#consoleUrl(vm);
    return observationOf({ identity, found, notes, design, planned, consoleUrl });
  }

  /** What a step on an observation rests on: the look the observation was made from, or a new one. */
  async #basis(order: Order, present: Present, signal: AbortSignal) {
    const design = designOf(order, this.#config);
    return { design, ...(await this.#seen(order.identity, design, present, signal)) };
  }

  async #seen(identity: TenureIdentity, design: Design | undefined, present: Present, signal: AbortSignal) {
    const notes = notesOf(present.memo);
    holdBack(notes, 'Making', this.#clock.wallTime());
    const evidence = this.#evidence.get(present);
    const found = evidence ?? (await look(identity, notes, scopeFor(identity, design), this.#direct, signal));
    return { found, notes };
  }

  async #workshop(design: Design, notes: Notes, found: Look, signal: AbortSignal): Promise<Workshop> {
    const network = found.networks[0]?.id;
    const securityGroup = found.securityGroups[0]?.id;
    return {
      ...this.#tools(),
      design,
      expunge: await this.#mayExpunge(signal),
      parts: () => this.#parts(design, notes, found, signal),
      lookAgain: () => this.#catalogue.forget(),
      offering: () => findOffering(design, this.#catalogue, signal),
      diskOffering: () => findDiskOffering(design.vm, this.#config, this.#catalogue, signal),
      checkGrowth: (vm) => checkGrowth(design, vm, this.#account(), signal),
      ids: {
        ...(network === undefined ? {} : { network }),
        ...(securityGroup === undefined ? {} : { securityGroup }),
      },
    };
  }

  #parts(design: Design, notes: Notes, found: Look | undefined, signal: AbortSignal): Promise<Parts> {
    // A network that is made already says where.
    const zone = found?.networks[0]?.zone ?? zoneFor(this.#config, notes);
    return findParts(design, this.#config, zone, this.#catalogue, signal);
  }

  #account() {
    return { client: this.#client, project: this.#config.project };
  }

  #tools() {
    return { client: this.#client, source: this.#direct, scope: this.#scope, alone: this.#alone };
  }

  async #mayExpunge(signal: AbortSignal): Promise<boolean> {
    return (this.#config.expunge ?? true) && (await this.#catalogue.mayExpunge(signal));
  }

  #consoleUrl(vm: string): string {
    const { consoleUrl, endpoint } = this.#config;
    return consoleUrl?.replace('{id}', vm) ?? new URL(`/client/#/vm/${vm}`, endpoint).href;
  }
}

/** How soon to look again when there is nothing to do and nothing is awaited, in milliseconds. */
const IDLE_MS = 60_000;

/** An error that is an answer; any other is thrown. */
function asFault(error: unknown): TerminalError {
  if (error instanceof TerminalError) return error;
  throw error;
}

function removing(done: Done): Done {
  return done.job === undefined ? done : { ...done, job: { ...done.job, removing: true } };
}
