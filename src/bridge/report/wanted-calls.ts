import type { Deployment } from '../../api/deployment.ts';
import type { Offer } from '../../api/offer.ts';
import type { Provider } from '../../api/provider.ts';
import { reasonName } from '../../award/reason-names.ts';
import type { ProviderState } from '../../sources/dinfra/model.ts';
import { buildProviderCall, type ProviderCall } from '../../sources/dinfra/provider-call.ts';
import { buildTenureCall, type TenureCall } from '../../sources/dinfra/tenure-call.ts';
import type { Outgoing } from '../../substrate/transaction-queue.ts';
import type { ProviderKeys } from '../provider-keys.ts';
import { accountsOf } from './consumer-list.ts';
import { dueReports } from './due-reports.ts';
import { planRegistration, type WantedProvider } from './registration-plan.ts';

/** A call that would bring the chain in step with the cluster. */
export interface WantedCall extends Outgoing {
  /** Name of the call, for metrics. */
  readonly name: string;
  /** The same for people, with the reason it gives: `decline with ChartNotFound`. */
  readonly said: string;
  /** What it is about: `provider`, `offer helm/v1`, `heartbeat` or `tenure`. */
  readonly about: string;
  /** The Deployment it speaks of, when it is about a tenure. */
  readonly deployment: Deployment | undefined;
}

/** Both sides, as they are. */
export interface Sides {
  readonly provider: Provider;
  /** By descriptor type. */
  readonly offers: ReadonlyMap<string, Offer>;
  readonly keys: Pick<ProviderKeys, 'account' | 'accessKey'>;
  readonly state: ProviderState;
  readonly genesis: string;
  readonly deploymentNamed: (name: string) => Deployment | undefined;
  /** Whether a heartbeat may be sent. */
  readonly vouch: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/** The Offers a provider sells, by descriptor type: of two of one type the older one, then the one first by name. */
export function offersToSell(offers: readonly Offer[]): ReadonlyMap<string, Offer> {
  const byAge = [...offers]
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .sort((a, b) => ageKey(b).localeCompare(ageKey(a)));
  // Later entries replace earlier ones: the oldest is last.
  return new Map(byAge.map((offer) => [offer.spec.descriptorType, offer]));
}

/** The calls that remove the differences between the two sides. Pure. */
export function wantedCalls(sides: Sides): WantedCall[] {
  const { state, genesis, deploymentNamed, now } = sides;
  const registration = planRegistration(wantedProvider(sides), state.provider).map(providerCall);
  const heartbeat = needsHeartbeat(sides) ? [providerCall({ call: 'heartbeat' })] : [];
  const reports = dueReports(genesis, state.tenures, deploymentNamed, now).map(({ call, deployment }) =>
    tenureCall(call, deployment),
  );
  return [...registration, ...heartbeat, ...reports];
}

function wantedProvider({ provider, offers, keys, state }: Sides): WantedProvider {
  const { metadata, consumerPolicy, paused } = provider.spec;
  return {
    account: keys.account.address,
    accessKey: keys.accessKey,
    metadata: metadata === undefined ? '' : JSON.stringify(metadata),
    policy: consumerPolicy.mode,
    consumers: accountsOf(consumerPolicy.consumers),
    paused,
    offers: [...offers.values()]
      // The chain refuses an offer of a type it does not have, and of nothing.
      .filter(({ spec }) => state.types.has(spec.descriptorType) && spec.capacity > 0)
      .map(({ spec }) => ({
        type: spec.descriptorType,
        price: BigInt(spec.pricePerBlock),
        capacity: spec.capacity,
      })),
  };
}

/** Half a period ahead: a heartbeat that is lost can be sent again before the last one runs out. */
function needsHeartbeat({ state, vouch }: Sides): boolean {
  const { provider, block, heartbeatPeriod, tenures } = state;
  if (provider === undefined || !vouch) return false;
  if (provider.offers.size === 0 && tenures.length === 0) return false;
  return provider.freshUntil === undefined || provider.freshUntil - block.number <= heartbeatPeriod / 2;
}

function providerCall(call: ProviderCall): WantedCall {
  const aboutOffer = call.call === 'setOffer' || call.call === 'removeOffer';
  return {
    key: JSON.stringify(call, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
    name: call.call,
    said: call.call,
    about: aboutOffer ? `offer ${call.type}` : call.call === 'heartbeat' ? 'heartbeat' : 'provider',
    deployment: undefined,
    build: (api) => buildProviderCall(api, call),
  };
}

function tenureCall(call: TenureCall, deployment: Deployment): WantedCall {
  return {
    key: `${call.call} ${call.subscription}/${call.tenure}`,
    name: call.call,
    said: 'reason' in call ? `${call.call} with ${reasonName(call.reason)}` : call.call,
    about: 'tenure',
    deployment,
    build: (api) => buildTenureCall(api, call),
  };
}

function ageKey({ metadata }: Offer): string {
  return `${metadata.creationTimestamp}/${metadata.name}`;
}
