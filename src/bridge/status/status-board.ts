import type { Deployment } from '../../api/deployment.ts';
import { type Offer, offers } from '../../api/offer.ts';
import { type Provider, type ProviderStatus, providers } from '../../api/provider.ts';
import { type Subscription, subscriptions } from '../../api/subscription.ts';
import type { DinfraError } from '../../errors/dinfra-error.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';
import type { EventRecorder } from '../../kube/events/event-recorder.ts';
import type { ProviderState } from '../../sources/dinfra/model.ts';
import type { BridgeMetrics } from '../bridge-metrics.ts';
import type { MirrorPlan } from '../mirror/mirror-plan.ts';
import type { WantedCall } from '../report/wanted-calls.ts';
import type { TeardownRecord } from '../safeguards/teardown-budget.ts';
import { offerStatus } from './offer-status.ts';
import { problemStatus, providerStatus, teardownsWaiting } from './provider-status.ts';
import { subscriptionStatus } from './subscription-status.ts';
import { writeStatus } from './write-status.ts';

/** What one turn of a session has found. */
export interface Turn {
  readonly provider: Provider;
  readonly genesis: string;
  readonly state: ProviderState;
  readonly plan: MirrorPlan | undefined;
  readonly calls: readonly WantedCall[];
  /** Why the schema of a descriptor type cannot be used, by type. */
  readonly typeProblems: ReadonlyMap<string, DinfraError>;
  /** The provider's Offers, and of each type the one that is sold. */
  readonly offers: readonly Offer[];
  readonly selling: ReadonlyMap<string, Offer>;
  /** The mirror, of this chain. */
  readonly deployments: readonly Deployment[];
  readonly subscriptions: readonly Subscription[];
  readonly problem: DinfraError | undefined;
  /** The chain's name for why it refused a call last, by the call's key. */
  readonly refusalOf: (key: string) => string | undefined;
  readonly teardowns: TeardownRecord | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Where people read how a provider fares: the statuses of its resources, and the events of its Provider. */
export class StatusBoard {
  private readonly client: KubeClient;
  private readonly events: EventRecorder;
  private readonly metrics: BridgeMetrics;
  private readonly account: string;

  /** @param account is the address that signs. */
  constructor(
    context: { readonly client: KubeClient; readonly events: EventRecorder; readonly metrics: BridgeMetrics },
    account: string,
  ) {
    this.client = context.client;
    this.events = context.events;
    this.metrics = context.metrics;
    this.account = account;
  }

  async write(turn: Turn, signal: AbortSignal): Promise<void> {
    for (const subscription of turn.subscriptions) {
      const status = subscriptionStatus(subscription, turn.deployments, turn.genesis, turn.now);
      await writeStatus(this.client, subscriptions, subscription, status, signal);
    }
    for (const offer of turn.offers) {
      await writeStatus(this.client, offers, offer, offerStatusIn(turn, offer), signal);
    }
    await this.writeProvider(turn, signal);
  }

  /** Says in the Provider's status what is wrong, when there is no state to say more with. */
  async writeProblem(provider: Provider, problem: DinfraError, signal: AbortSignal): Promise<void> {
    const status = problemStatus(provider, problem, this.account, Date.now());
    await writeStatus(this.client, providers, provider, status, signal);
    this.tellReady(provider, status);
  }

  private async writeProvider(turn: Turn, signal: AbortSignal): Promise<void> {
    const { provider, state, plan, calls, problem, now } = turn;
    const held = plan?.held;
    if (held !== undefined) this.noteHeld(provider, held);
    const status = providerStatus(provider, {
      problem: problem && { reason: problem.code, message: problem.message },
      account: this.account,
      providerId: state.provider?.id,
      genesis: turn.genesis,
      block: state.block,
      moved: plan !== undefined && !isEmpty(plan),
      counts: {
        tenures: state.tenures.length,
        ready: turn.deployments.filter(isReady).length,
      },
      inStep: state.provider !== undefined && !calls.some(({ about }) => about === 'provider'),
      refusal: refusalAbout('provider', calls, turn.refusalOf),
      teardowns: turn.teardowns,
      held,
      now,
    });
    await writeStatus(this.client, providers, provider, status, signal);
    this.tellReady(provider, status);
  }

  /** An event for each change of why the Provider is served or not. */
  private tellReady(before: Provider, status: ProviderStatus): void {
    const was = readyOf(before.status);
    const is = readyOf(status);
    if (is === undefined || (was?.status === is.status && was.reason === is.reason)) return;
    const { reason, message } = is;
    // Of a Provider's reasons, only what is wrong is not a state on the way to being well.
    const type = is.status === 'True' || reason === 'Registering' ? 'Normal' : 'Warning';
    this.events.record(before, { type, reason, action: 'Follow', note: message });
  }

  private noteHeld(provider: Provider, held: readonly string[]): void {
    const { namespace = '', name } = provider.metadata;
    this.metrics.teardownsHeld.set({ namespace, provider: name }, held.length);
    const known = provider.status.conditions?.some(({ type }) => type === 'TeardownHeld') === true;
    if (held.length === 0 || known) return;
    this.events.record(provider, {
      type: 'Warning',
      reason: 'TeardownHeld',
      action: 'Hold',
      note: `${teardownsWaiting(held.length)} for a person: spec.teardown.maxPerHour is used up`,
    });
  }
}

function offerStatusIn({ state, selling, typeProblems, calls, refusalOf, now }: Turn, offer: Offer) {
  const type = offer.spec.descriptorType;
  const seller = selling.get(type);
  const problem = typeProblems.get(type);
  return offerStatus(offer, {
    onChain: state.provider?.offers.get(type),
    typeOnChain: state.types.has(type),
    typeProblem: problem && { reason: problem.code, message: problem.message },
    duplicateOf: seller === undefined || seller === offer ? undefined : seller.metadata.name,
    refusal: refusalAbout(`offer ${type}`, calls, refusalOf),
    now,
  });
}

function refusalAbout(
  what: string,
  calls: readonly WantedCall[],
  refusalOf: (key: string) => string | undefined,
): string | undefined {
  return calls
    .filter(({ about }) => about === what)
    .map(({ key }) => refusalOf(key))
    .find((refusal) => refusal !== undefined);
}

function isEmpty(plan: MirrorPlan): boolean {
  return [plan.applyDeployments, plan.applySubscriptions, plan.deleteDeployments, plan.deleteSubscriptions].every(
    (list) => list.length === 0,
  );
}

function isReady({ status }: Deployment): boolean {
  return readyOf(status)?.status === 'True';
}

function readyOf({ conditions }: Pick<ProviderStatus, 'conditions'>) {
  return conditions?.find(({ type }) => type === 'Ready');
}
