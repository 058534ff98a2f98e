import type { Deployment } from '../../api/deployment.ts';
import { type Offer, offers } from '../../api/offer.ts';
import { type Provider, type ProviderStatus, providers } from '../../api/provider.ts';
import { type Subscription, subscriptions } from '../../api/subscription.ts';
import type { Desired, Submission } from '../../award/source.ts';
import type { Clock } from '../../base/clock.ts';
import { inSlices } from '../../base/slices.ts';
import type { BridgeMetrics } from '../bridge-metrics.ts';
import type { Problem } from '../failures.ts';
import type { DescriptorTypeMirror } from '../mirror/descriptor-type-mirror.ts';
import type { MirrorIndex } from '../mirror/mirror-index.ts';
import type { MirrorPlan } from '../mirror/mirror-plan.ts';
import type { MirrorFailure, MirrorOutcome } from '../mirror/mirror-writer.ts';
import { tenureKey } from '../mirror/tenure-names.ts';
import { liveTenures } from '../mirror/tenure-sets.ts';
import { hindranceOf } from '../offers/offer-verdicts.ts';
import type { BridgeCluster, BridgeEvents, ServesType } from '../ports.ts';
import { type TeardownRecord, teardownsPerHour } from '../safeguards/teardown-budget.ts';
import { offerStatus, unservedOfferStatus } from './offer-status.ts';
import { problemStatus, providerStatus, teardownsWaiting, waitingForTenures } from './provider-status.ts';
import { isRequested } from './readiness.ts';
import { differs, type WantedStatus, writeStatus, writeStatuses } from './status-writer.ts';
import { subscriptionStatus } from './subscription-status.ts';

/** The results of one comparison. */
export interface Found {
  readonly provider: Provider;
  readonly offers: readonly Offer[];
  readonly sold: ReadonlyMap<string, Offer>;
  readonly desired: Desired;
  readonly index: MirrorIndex;
  readonly plan: MirrorPlan | undefined;
  /** Undefined if nothing was to be mirrored, or the stage failed as a whole. */
  readonly outcome: MirrorOutcome | undefined;
  readonly submissions: readonly Submission[];
  readonly refusalOf: (key: string) => string | undefined;
  readonly teardowns: TeardownRecord | undefined;
  /** The number of tenures that a Provider under deletion waits for. */
  readonly waitsFor: number | undefined;
}

interface StatusContext {
  readonly cluster: BridgeCluster;
  readonly events: BridgeEvents;
  readonly metrics: BridgeMetrics;
  readonly types: Pick<DescriptorTypeMirror, 'problemOf'>;
  readonly servesType: ServesType;
  readonly clock: Clock;
}

/** Publishes the results of a comparison: statuses of the provider's resources, their events, and metrics. */
export class StatusStage {
  private readonly context: StatusContext;
  private readonly account: string;

  /** @param account is the address that signs. */
  constructor(context: StatusContext, account: string) {
    this.context = context;
    this.account = account;
  }

  /** Writes the statuses of the Subscriptions and Offers. */
  async writeOthers(found: Found, signal: AbortSignal): Promise<void> {
    const { cluster } = this.context;
    const [a, b] = await Promise.allSettled([
      inSlices(this.subscriptionStatuses(found), signal).then((wanted) =>
        writeStatuses(cluster, subscriptions, wanted, signal),
      ),
      this.writeOffers(found, signal),
    ]);
    if (a.status === 'rejected') throw a.reason;
    if (b.status === 'rejected') throw b.reason;
  }

  async writeProvider(found: Found, problem: Problem | undefined, signal: AbortSignal): Promise<void> {
    const { provider, desired, plan, outcome, submissions } = found;
    const { namespace = '', name } = provider.metadata;
    const labels = { namespace, provider: name };
    const held = plan?.held ?? [];
    const failures = outcome?.failures ?? [];
    const { metrics, clock } = this.context;
    metrics.teardownsHeld.set(labels, held.length);
    metrics.objectsRefused.set(labels, failures.length);
    metrics.awardsUnreadable.set(labels, desired.unreadable.length);
    const status = providerStatus(provider, {
      problem,
      account: this.account,
      providerId: desired.provider?.id,
      genesis: desired.genesis,
      point: desired.point,
      moved: outcome !== undefined && outcome.written > 0 && outcome.complete && failures.length === 0,
      counts: countsOf(found),
      inStep: desired.provider !== undefined && !submissions.some(({ about }) => about === 'provider'),
      refusal: refusalAbout('provider', found),
      teardowns: found.teardowns,
      held,
      perHour: teardownsPerHour(provider.spec.teardown, liveTenures(desired)),
      isMirrored: outcome?.complete === true,
      failures,
      unreadable: desired.unreadable.map(({ error }) => ({ message: error.message })),
      waitsFor: found.waitsFor,
      now: clock.wallTime(),
    });
    await this.write(provider, status, signal);
    this.recordHeld(provider, held);
  }

  /**
   * Writes the problem into the status of the Provider when there is no desired state to report more, and into those of
   * Offers that have no status yet. Other Offers keep the status of the last time the source was read.
   */
  async writeProblem(
    provider: Provider,
    sold: readonly Offer[],
    problem: Problem | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (problem === undefined) return;
    const { cluster, clock } = this.context;
    const now = clock.wallTime();
    const isLeaving = provider.metadata.deletionTimestamp !== undefined;
    const { counts } = provider.status;
    const reported = isLeaving
      ? { ...problem, message: `${problem.message}. ${waitingForTenures(counts?.tenures ?? 0).message}` }
      : problem;
    await this.write(provider, problemStatus(provider, reported, this.account, now), signal);
    const about = { ...problem, message: `Provider ${provider.metadata.name}: ${problem.message}` };
    const unknown = sold.filter(({ metadata, status }) => status.observedGeneration !== metadata.generation);
    const wanted = unknown.map((object) => ({ object, status: unservedOfferStatus(object, about, now) }));
    await writeStatuses(cluster, offers, wanted, signal);
  }

  private async write(provider: Provider, status: ProviderStatus, signal: AbortSignal): Promise<void> {
    await writeStatus(this.context.cluster, providers, { object: provider, status }, signal);
    this.recordReady(provider, status, 'Follow');
  }

  private async writeOffers(found: Found, signal: AbortSignal): Promise<void> {
    const wanted = found.offers.map((object) => ({ object, status: this.offerStatus(found, object) }));
    await writeStatuses(this.context.cluster, offers, wanted, signal);
    for (const { object, status } of wanted) this.recordReady(object, status, 'Offer');
  }

  private *subscriptionStatuses({
    index,
    outcome,
  }: Found): Generator<void, readonly WantedStatus<Subscription>[], void> {
    const refused = new Map<string, MirrorFailure>();
    for (const failure of outcome?.failures ?? []) refused.set(failure.tenure, failure);
    const now = this.context.clock.wallTime();
    const wanted: WantedStatus<Subscription>[] = [];
    for (const object of index.subscriptions.values()) {
      yield;
      const key = tenureKey(object.spec.id, object.spec.tenure);
      const parts = index.tenures.get(key) ?? [];
      if (isFresh(object, parts, refused.has(key))) continue;
      const status = subscriptionStatus(object, parts, refused.get(key), now);
      // In slices: comparing all of them at once would block the event loop.
      if (differs({ object, status })) wanted.push({ object, status });
    }
    return wanted;
  }

  private offerStatus(found: Found, offer: Offer): Offer['status'] {
    const { desired, sold } = found;
    const type = offer.spec.descriptorType;
    const { servesType, types, clock } = this.context;
    const reactor = `${offer.metadata.namespace}/${offer.spec.reactorRef.name}`;
    return offerStatus(offer, {
      onChain: desired.provider?.offers.get(type),
      hindrance: hindranceOf(offer, sold, servesType),
      reactorKnown: servesType(reactor, type) === 'Yes',
      typeOnChain: desired.types.has(type),
      typeProblem: types.problemOf(desired.genesis, type),
      refusal: refusalAbout(`offer ${type}`, found),
      leaving: found.waitsFor !== undefined,
      now: clock.wallTime(),
    });
  }

  /** Records an event when the reason of `Ready` changes. */
  private recordReady(before: Provider | Offer, status: ProviderStatus | Offer['status'], action: string): void {
    const was = readyOf(before.status);
    const is = readyOf(status);
    if (is === undefined || (was?.status === is.status && was.reason === is.reason)) return;
    const { reason, message } = is;
    // These reasons are expected states on the way to Ready; every other one is a warning.
    const isNormal = is.status === 'True' || reason === 'Registering' || reason === 'Withdrawn' || reason === 'InUse';
    this.context.events.record(before, { type: isNormal ? 'Normal' : 'Warning', reason, action, note: message });
  }

  private recordHeld(provider: Provider, held: readonly string[]): void {
    const isKnown = provider.status.conditions?.some(({ type }) => type === 'TeardownHeld') === true;
    if (held.length === 0 || isKnown) return;
    this.context.events.record(provider, {
      type: 'Warning',
      reason: 'TeardownHeld',
      action: 'Hold',
      note: `${teardownsWaiting(held.length)} for a person: the limit of teardowns within an hour is used up`,
    });
  }
}

/** Whether the first status can wait: the controller is about to reconcile its Deployments, which triggers one. */
function isFresh(subscription: Subscription, parts: readonly Deployment[], isRefused: boolean): boolean {
  if (isRefused || subscription.status.conditions !== undefined || isRequested(subscription)) return false;
  return parts.every(({ status }) => status.conditions === undefined);
}

function countsOf({ desired, index }: Found): { readonly tenures: number; readonly ready: number } {
  let ready = 0;
  for (const parts of index.tenures.values()) if (parts.every(isReady)) ready += 1;
  return { tenures: desired.awards.length, ready };
}

function refusalAbout(what: string, { submissions, refusalOf }: Found): string | undefined {
  return submissions
    .filter(({ about }) => about === what)
    .map(({ key }) => refusalOf(key))
    .find((refusal) => refusal !== undefined);
}

function isReady({ status }: Deployment): boolean {
  return readyOf(status)?.status === 'True';
}

function readyOf({ conditions }: Pick<ProviderStatus, 'conditions'>) {
  return conditions?.find(({ type }) => type === 'Ready');
}
