import type { Deployment } from '../api/deployment.ts';
import { IN_USE_FINALIZER } from '../api/labels.ts';
import type { Offer } from '../api/offer.ts';
import { type Provider, providers } from '../api/provider.ts';
import type { Tenure } from '../award/identity.ts';
import type { TenureReport } from '../award/report.ts';
import type { AwardSource, Desired, Submission } from '../award/source.ts';
import { BoundedWaits } from '../base/bounded-wait.ts';
import type { Logger } from '../base/logger.ts';
import { inSlices } from '../base/slices.ts';
import type { ContentSource } from '../descriptors/content/content-source.ts';
import { type DinfraError, RefusedError } from '../errors/dinfra-error.ts';
import { addFinalizer, removeFinalizer } from '../kube/client/finalizers.ts';
import type { BridgeContext, SessionClaims } from './bridge-context.ts';
import { type Problem, problemOf } from './failures.ts';
import { indexMirror, type MirrorIndex } from './mirror/mirror-index.ts';
import { type MirrorPlan, planMirror } from './mirror/mirror-plan.ts';
import { type MirrorOutcome, MirrorWriter } from './mirror/mirror-writer.ts';
import { TenureNames, tenureKey } from './mirror/tenure-names.ts';
import { endingNow, liveTenures, unreadableKeys, waitingTenures } from './mirror/tenure-sets.ts';
import { offersToSell } from './offers/offer-verdicts.ts';
import { consumerProblem, wantedRegistration } from './offers/wanted-registration.ts';
import { ConsumerLimits } from './report/consumer-limits.ts';
import { dueReports } from './report/due-reports.ts';
import { TenureMemory } from './report/tenure-memory.ts';
import { demandSameProvider } from './safeguards/same-provider.ts';
import { TeardownBudget, teardownsPerHour } from './safeguards/teardown-budget.ts';
import type { SourceMonitor } from './source-monitor.ts';
import { Stages } from './stages.ts';
import { StatusStage } from './status/status-stage.ts';

/** How many names of tenures are cached beside those of the current awards. */
const SPARE_NAMES = 20_000;

/** What a comparison needs of its session. */
export interface ComparisonPorts {
  readonly source: AwardSource;
  readonly monitor: SourceMonitor;
  readonly claims: SessionClaims;
  /** The Provider as the cache shows it; undefined once it was deleted. */
  readonly provider: () => Provider | undefined;
  readonly contentSources: () => readonly ContentSource[];
  /** Requests another comparison. */
  readonly wake: () => void;
  /** Address that signs. */
  readonly account: string;
  readonly log: Logger;
}

/**
 * Compares the source of awards with the cluster, stage by stage: the desired set goes into the cluster; registration,
 * offers and reports go to the source. Each run starts from the current state of both, so events that were missed before
 * it do not matter. Kept between runs are only caches, bounds and what this process has seen.
 */
export class Comparison {
  private readonly context: BridgeContext;
  private readonly ports: ComparisonPorts;
  private readonly source: AwardSource;
  private readonly namespace: string;
  private readonly name: string;
  private readonly stages: Stages;
  private readonly writer: MirrorWriter;
  private readonly statuses: StatusStage;
  private readonly memory = new TenureMemory();
  private readonly limits = new ConsumerLimits();
  private readonly waits: BoundedWaits;
  private names: TenureNames | undefined;
  private budget: TeardownBudget | undefined;
  private index: MirrorIndex | undefined;
  private isRequested = false;
  private isKnownAsOurs = false;
  private hasLeft = false;

  constructor({ metadata }: Provider, context: BridgeContext, ports: ComparisonPorts) {
    this.context = context;
    this.ports = ports;
    this.source = ports.source;
    this.namespace = metadata.namespace ?? '';
    this.name = metadata.name;
    this.waits = new BoundedWaits(context.clock);
    this.stages = new Stages(context.stageTimeoutMs, (stage, error, isNew) => this.noteFailure(stage, error, isNew));
    this.writer = new MirrorWriter(context.cluster, this.namespace, context.clock, ports.log);
    this.statuses = new StatusStage(context, ports.account);
  }

  /** False until the source is known to describe this provider: until then nothing may be submitted for it. */
  get isOurs(): boolean {
    return this.isKnownAsOurs;
  }

  /** Genesis of the chain, once known. */
  get genesis(): string | undefined {
    return this.names?.genesis;
  }

  /** Makes the next run read everything from the source. */
  requestFullRead(): void {
    this.isRequested = true;
  }

  /** The Deployments of a tenure at the last run. */
  deploymentsOf({ subscription, tenure }: Tenure): readonly Deployment[] {
    return this.index?.tenures.get(tenureKey(`${subscription}`, tenure)) ?? [];
  }

  /** Compares the source with the cluster once. True if every stage succeeded. */
  async run(signal: AbortSignal): Promise<boolean> {
    const provider = this.ports.provider();
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
    const sources = this.ports.contentSources();
    this.context.types.want(desired.genesis, desired.types.values(), sources, () => this.ports.wake());
    const plan = await stages.run('plan', (stage) => this.plan(provider, desired, index, sold, stage), signal);
    const reports = await stages.run('reports', (stage) => this.reports(provider, desired, index, stage), signal);
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
    this.ports.monitor.noteBlock(desired.point.number);
    this.isKnownAsOurs = false;
    const rival = this.ports.claims.rivalOn(desired.genesis);
    if (rival !== undefined) {
      throw new RefusedError('AccountInUse', {
        message: `Provider ${rival} already serves account ${this.ports.account} on this chain`,
      });
    }
    demandSameProvider(provider.status, this.ports.account, desired.provider);
    this.isKnownAsOurs = true;
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

  private async reports(
    { spec: { consumerLimits } }: Provider,
    desired: Desired,
    index: MirrorIndex,
    signal: AbortSignal,
  ): Promise<readonly TenureReport[]> {
    const { acceptance, updates } = this.source.capabilities;
    const now = this.context.clock.monotonic();
    const reports = await inSlices(
      dueReports({
        genesis: desired.genesis,
        awards: desired.awards,
        point: desired.point,
        acceptPeriod: desired.acceptPeriod,
        index,
        memory: this.memory,
        beyondLimits: this.limits.beyond(desired.awards, consumerLimits ?? {}, now),
        waits: this.waits,
        unseenAfterMs: this.context.unseenAfterMs,
        now,
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
      if (!outcome.complete) this.ports.wake();
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
    this.ports.log.info({}, 'the Provider is deleted: no tenant depends on it');
  }

  private noteFailure(stage: string, error: DinfraError, isNew: boolean): void {
    this.context.metrics.stageFailures.inc({ ...this.labels, stage, reason: error.code });
    if (isNew) {
      this.ports.log.warn(
        { err: error, stage, reason: error.code },
        'a stage of the comparison failed and is tried again',
      );
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

  private offersOfProvider(): readonly Offer[] {
    return this.context.offers
      .list()
      .filter(({ metadata, spec }) => metadata.namespace === this.namespace && spec.providerRef.name === this.name);
  }

  private get labels() {
    return { namespace: this.namespace, provider: this.name };
  }
}
