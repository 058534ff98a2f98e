import { IN_USE_FINALIZER } from '../api/labels.ts';
import type { Offer } from '../api/offer.ts';
import { type Provider, providers } from '../api/provider.ts';
import type { Tenure } from '../award/identity.ts';
import type { SubmitResult, TenureReport } from '../award/report.ts';
import type { AwardSource, Desired, Standing, Submission } from '../award/source.ts';
import { BoundedWaits } from '../base/bounded-wait.ts';
import type { Logger } from '../base/logger.ts';
import { inSlices } from '../base/slices.ts';
import { Wake } from '../base/wake.ts';
import type { ContentSource } from '../descriptors/content/content-source.ts';
import { ipfsGateway } from '../descriptors/content/ipfs-gateway.ts';
import { preimageSource } from '../descriptors/content/preimage-source.ts';
import { type DinfraError, RefusedError } from '../errors/dinfra-error.ts';
import { addFinalizer, removeFinalizer } from '../kube/client/finalizers.ts';
import type { BridgeContext, SessionClaims } from './bridge-context.ts';
import { type Problem, problemOf } from './failures.ts';
import { watchFinances } from './finance-watch.ts';
import { indexMirror, type MirrorIndex } from './mirror/mirror-index.ts';
import { type MirrorPlan, planMirror } from './mirror/mirror-plan.ts';
import { type MirrorOutcome, MirrorWriter } from './mirror/mirror-writer.ts';
import { TenureNames, tenureKey } from './mirror/tenure-names.ts';
import { endingNow, liveTenures, unreadableKeys, waitingTenures } from './mirror/tenure-sets.ts';
import { offersToSell } from './offers/offer-verdicts.ts';
import { wantedRegistration } from './offers/wanted-registration.ts';
import type { ProviderKeys } from './provider-keys.ts';
import { consumerProblem } from './report/consumer-list.ts';
import { dueReports } from './report/due-reports.ts';
import { ReportedConditions } from './report/reported-condition.ts';
import { TenureMemory } from './report/tenure-memory.ts';
import { demandSameProvider } from './safeguards/same-provider.ts';
import { TeardownBudget, teardownsPerHour } from './safeguards/teardown-budget.ts';
import { SourceMonitor } from './source-monitor.ts';
import { Stages } from './stages.ts';
import { StatusStage } from './status/status-stage.ts';

/** How often the session compares when nothing wakes it, in milliseconds. */
const COMPARE_MS = 15_000;
const RETRY_MS = 2_000;
/**
 * Minimum pause between two comparisons, in milliseconds, because events come in bursts. It is at least twice the
 * duration of the last comparison.
 */
const MIN_GAP_MS = 100;
const MAX_GAP_MS = 3_000;
/** How many names of tenures are cached beside those of the current awards. */
const SPARE_NAMES = 20_000;

/**
 * Synchronises one provider with the source of its awards for as long as the session lasts: the desired set goes into
 * the cluster; registration, offers and reports go to the source. Each comparison starts from the current state of
 * both, so events that were missed before it do not matter.
 */
export class ProviderSession {
  readonly key: string;
  private readonly context: BridgeContext;
  private readonly claims: SessionClaims;
  private readonly namespace: string;
  private readonly name: string;
  private readonly account: string;
  private readonly log: Logger;
  private readonly source: AwardSource;
  private readonly stages: Stages;
  private readonly writer: MirrorWriter;
  private readonly reported: ReportedConditions;
  private readonly statuses: StatusStage;
  private readonly monitor: SourceMonitor;
  private readonly memory = new TenureMemory();
  private readonly waits: BoundedWaits;
  private readonly wake = new Wake();
  private names: TenureNames | undefined;
  private budget: TeardownBudget | undefined;
  private index: MirrorIndex | undefined;
  private isRequested = false;
  /** False until the source is known to describe this provider: until then nothing may be submitted for it. */
  private isOurs = false;
  private hasLeft = false;

  constructor(provider: Provider, keys: ProviderKeys, context: BridgeContext, claims: SessionClaims, log: Logger) {
    this.context = context;
    this.claims = claims;
    this.namespace = provider.metadata.namespace ?? '';
    this.name = provider.metadata.name;
    this.key = `${this.namespace}/${this.name}`;
    this.account = keys.account.address;
    this.log = log;
    this.waits = new BoundedWaits(context.clock);
    this.stages = new Stages(context.stageTimeoutMs, (stage, error, isNew) => this.noteFailure(stage, error, isNew));
    this.writer = new MirrorWriter(context.cluster, this.namespace, context.clock, log);
    this.reported = new ReportedConditions(context, log);
    this.statuses = new StatusStage(context, this.account);
    this.monitor = new SourceMonitor(context, this.labels, log);
    const { endpoints, genesisHash, pallets, finalityTimeoutSeconds } = provider.spec.chain;
    const seen = provider.status.chain;
    this.source = context.openSource(
      {
        endpoints,
        genesis: genesisHash ?? seen?.genesisHash,
        pallets,
        stallMs: finalityTimeoutSeconds === undefined ? undefined : finalityTimeoutSeconds * 1_000,
        cursor: seen?.finalized,
        keys,
        canReport: () => this.isOurs && context.canReport(),
      },
      {
        onWake: () => this.wake.call(),
        onState: (state) => {
          this.monitor.noteState(state);
          this.wake.call();
        },
        onSubmitted: (submission, result) => this.noteSubmitted(submission, result),
      },
    );
  }

  /** Resolves once the source was reached for the first time, or was found to be unreachable. */
  get settled(): Promise<void> {
    return this.source.settled;
  }

  /** Genesis of the chain, once known. */
  get genesis(): string | undefined {
    return this.names?.genesis;
  }

  /** Called when an object of this provider has changed in the cluster. `asked`: a person requested a full read. */
  enqueue(asked = false): void {
    this.isRequested ||= asked;
    this.wake.call();
  }

  /** Where the descriptors of this provider's tenures can be fetched. */
  contentSources(): readonly ContentSource[] {
    const gateways = this.provider()?.spec.ipfsGateways ?? [];
    const preimages = preimageSource((hash, length, signal) => this.source.preimage(hash, length, signal));
    return [preimages, ...gateways.map((url) => ipfsGateway(url))];
  }

  /** The state of a tenure at the source now. `Unknown` unless the source is known to describe this provider. */
  async standing(tenure: Tenure, signal: AbortSignal): Promise<Standing> {
    return this.isOurs ? this.source.standing(tenure, signal) : 'Unknown';
  }

  /** Runs until `signal` is aborted; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const following = this.source.run(signal);
    const { clock, metrics } = this.context;
    const money = watchFinances(
      this.labels,
      { source: this.source, metrics: metrics.finances, clock, log: this.log },
      signal,
    );
    while (!signal.aborted) {
      const began = this.context.clock.monotonic();
      const isWell = await this.compare(signal).catch(() => false);
      const tookMs = this.context.clock.monotonic() - began;
      await new Wake().wait(Math.min(Math.max(2 * tookMs, MIN_GAP_MS), MAX_GAP_MS), signal);
      await this.wake.wait(isWell ? COMPARE_MS : RETRY_MS, signal);
    }
    await Promise.all([following, money]);
    this.context.metrics.forget(this.namespace, this.name);
  }

  /** Compares the source with the cluster once. True if every stage succeeded. */
  async compare(signal: AbortSignal): Promise<boolean> {
    const provider = this.provider();
    if (provider === undefined || this.hasLeft) return true;
    const { stages } = this;
    const isLeaving = provider.metadata.deletionTimestamp !== undefined;
    if (!isLeaving) await stages.run('finalizer', (stage) => this.ensureFinalizer(provider, stage), signal);
    const offers = this.offersOfProvider();
    const read = await stages.run('read', (stage) => this.read(provider, offers, stage), signal);
    if (read === undefined) {
      await stages.run(
        'provider',
        (stage) => this.statuses.writeProblem(provider, offers, this.problem(provider), stage),
        signal,
      );
      return this.count();
    }
    const { desired, index } = read;
    const sold = offersToSell(offers);
    const sources = this.contentSources();
    this.context.types.want(desired.genesis, desired.types.values(), sources, () => this.wake.call());
    const plan = await stages.run('plan', (stage) => this.plan(provider, desired, index, sold, stage), signal);
    const reports = await stages.run('reports', (stage) => this.reports(desired, index, stage), signal);
    // Before the mirror: reports to the chain must not wait for the API server.
    const submissions = await stages.run(
      'submit',
      () => this.source.submit(desired, this.registration(provider, desired, sold), reports ?? []),
      signal,
    );
    const outcome = plan && (await stages.run('mirror', (stage) => this.mirror(plan, stage), signal));
    const found = {
      provider,
      offers,
      sold,
      desired,
      index,
      plan,
      outcome,
      submissions: submissions ?? [],
      refusalOf: (key: string) => this.source.refusal(key),
      teardowns: this.budget?.record(),
      waitsFor: isLeaving ? waitingTenures(desired, index) : undefined,
    };
    await stages.run('statuses', (stage) => this.statuses.writeOthers(found, stage), signal);
    await stages.run('provider', (stage) => this.statuses.writeProvider(found, this.problem(provider), stage), signal);
    if (isLeaving && found.waitsFor === 0) {
      await stages.run('release', (stage) => this.release(provider, desired, found.submissions, stage), signal);
    }
    return this.count();
  }

  private async ensureFinalizer(provider: Provider, signal: AbortSignal): Promise<void> {
    await addFinalizer(this.context.cluster, providers, provider, IN_USE_FINALIZER, signal);
  }

  /** The desired state and its mirror, or undefined before the first finalised point. */
  private async read(provider: Provider, offers: readonly Offer[], signal: AbortSignal) {
    if (this.isRequested) this.source.invalidate();
    this.isRequested = false;
    const types = [...new Set(offers.map(({ spec }) => spec.descriptorType))];
    const desired = await this.source.desired(types, signal);
    if (desired === undefined) return undefined;
    this.monitor.noteBlock(desired.point.number);
    this.isOurs = false;
    const rival = this.claims.rivalOn(desired.genesis);
    if (rival !== undefined) {
      throw new RefusedError('AccountInUse', {
        message: `Provider ${rival} already serves account ${this.account} on this chain`,
      });
    }
    demandSameProvider(provider.status, this.account, desired.provider);
    this.isOurs = true;
    this.context.metrics.desired.note(this.labels, desired);
    const names = this.namesFor(desired);
    const { deployments, subscriptions } = this.context;
    this.index = await inSlices(indexMirror(deployments.list(), subscriptions.list(), this.namespace, names), signal);
    return { desired, index: this.index };
  }

  private async plan(
    provider: Provider,
    desired: Desired,
    index: MirrorIndex,
    sold: ReadonlyMap<string, Offer>,
    signal: AbortSignal,
  ): Promise<MirrorPlan | undefined> {
    if (desired.provider === undefined) return undefined;
    this.budget ??= new TeardownBudget(endingNow(index), this.context.clock, provider.status.teardowns);
    const { budget } = this;
    const { teardown } = provider.spec;
    const plan = await inSlices(
      planMirror({
        names: this.namesFor(desired),
        providerName: this.name,
        awards: desired.awards,
        unreadable: unreadableKeys(desired),
        index,
        sold,
        teardownsLeft: budget.left(teardownsPerHour(teardown, liveTenures(desired)), teardown.approvedUntil),
        begun: budget.begun(),
      }),
      signal,
    );
    // Before the plan is carried out, because some teardowns may begin even if others fail.
    budget.spend(plan.begins);
    return plan;
  }

  private async reports(desired: Desired, index: MirrorIndex, signal: AbortSignal): Promise<readonly TenureReport[]> {
    const { acceptance, updates } = this.source.capabilities;
    const reports = await inSlices(
      dueReports({
        genesis: desired.genesis,
        awards: desired.awards,
        point: desired.point,
        acceptPeriod: desired.acceptPeriod,
        index,
        memory: this.memory,
        waits: this.waits,
        unseenAfterMs: this.context.unseenAfterMs,
        now: this.context.clock.monotonic(),
      }),
      signal,
    );
    return reports.filter(({ report }) => {
      if (report === 'accept' || report === 'decline') return acceptance;
      return updates || (report !== 'acceptUpdate' && report !== 'declineUpdate');
    });
  }

  private registration(provider: Provider, desired: Desired, sold: ReadonlyMap<string, Offer>) {
    if (!this.source.capabilities.registration) return undefined;
    return wantedRegistration(provider, desired, sold, this.context.servesType);
  }

  private async mirror(plan: MirrorPlan, signal: AbortSignal): Promise<MirrorOutcome> {
    const { onMirroring, stageTimeoutMs } = this.context;
    if (plan.writes.length > 0) onMirroring(this.namespace, 'Begins');
    try {
      const outcome = await this.writer.apply(plan, stageTimeoutMs / 3, signal);
      if (!outcome.complete) this.wake.call();
      return outcome;
    } finally {
      if (plan.writes.length > 0) onMirroring(this.namespace, 'Ends');
    }
  }

  /** Removes the finalizer of the Provider once nothing is left in the cluster and on chain. */
  private async release(
    provider: Provider,
    desired: Desired,
    submissions: readonly Submission[],
    signal: AbortSignal,
  ): Promise<void> {
    if (desired.provider !== undefined && submissions.some(({ about }) => about !== 'tenure')) return;
    await removeFinalizer(this.context.cluster, providers, provider, IN_USE_FINALIZER, signal);
    this.hasLeft = true;
    this.log.info({}, 'the Provider is deleted: no tenant depends on it');
  }

  private noteSubmitted(submission: Submission, result: SubmitResult): void {
    const { tenure, name } = submission;
    const key = tenure && tenureKey(`${tenure.subscription}`, tenure.tenure);
    const about = key === undefined ? [] : (this.index?.tenures.get(key) ?? []);
    this.reported.note(submission, result, about);
    this.context.metrics.calls.inc({ ...this.labels, call: name, result: result.kind });
    this.wake.call();
  }

  private noteFailure(stage: string, error: DinfraError, isNew: boolean): void {
    this.context.metrics.stageFailures.inc({ ...this.labels, stage, reason: error.code });
    if (isNew) {
      this.log.warn({ err: error, stage, reason: error.code }, 'a stage of the comparison failed and is tried again');
    }
    if (stage === 'read') this.source.invalidate();
  }

  private count(): boolean {
    const result = this.stages.problem?.code ?? 'success';
    this.context.metrics.comparisons.inc({ ...this.labels, result });
    return this.stages.isWell;
  }

  /** What prevents the Provider from being served as its resource says. */
  private problem({ spec }: Provider): Problem | undefined {
    const { state } = this.source;
    const error =
      state.kind === 'Stalled' || state.kind === 'Disconnected'
        ? state.error
        : (this.stages.problem ?? this.source.problem ?? consumerProblem(spec.consumerPolicy.consumers));
    return error && problemOf(error);
  }

  private namesFor({ genesis, provider, awards }: Desired): TenureNames {
    // No provider has the number -1: one that is not registered has no mirror.
    const id = provider?.id ?? -1;
    const { names } = this;
    // A full cache is dropped as a whole, with the names of tenures that are long gone, and filled again.
    const isFull = names !== undefined && names.size > SPARE_NAMES + 4 * awards.length;
    if (names?.genesis !== genesis || names.providerId !== id || isFull) this.names = new TenureNames(genesis, id);
    return this.names ?? new TenureNames(genesis, id);
  }

  private provider(): Provider | undefined {
    return this.context.providers.get(this.key);
  }

  private offersOfProvider(): readonly Offer[] {
    return this.context.offers
      .list()
      .filter(({ metadata, spec }) => metadata.namespace === this.namespace && spec.providerRef.name === this.name);
  }

  private get labels() {
    return { namespace: this.namespace, provider: this.name };
  }
}
