import { u8aToHex } from '@polkadot/util';
import { decodeAddress } from '@polkadot/util-crypto';
import type { ProviderCall } from './calls.ts';
import type { OnChainOffer, OnChainProvider } from './model.ts';

/** A provider as its resources want it. */
export interface WantedProvider {
  /** SS58 address of the account that signs. */
  readonly account: string;
  readonly accessKey: string;
  /** Public information for consumers, as text. */
  readonly metadata: string;
  readonly policy: OnChainProvider['policy'];
  /** The consumers of `policy`, by their public keys in hex. */
  readonly consumers: readonly string[];
  readonly paused: boolean;
  readonly offers: readonly WantedOffer[];
}

/** An offer as its resource wants it. */
export interface WantedOffer {
  readonly type: string;
  /** Price of one block in the chain's smallest unit. */
  readonly price: bigint;
  readonly capacity: number;
}

/** Bounds of a registration, from the metadata of the runtime. */
export interface RegistrationBounds {
  /** The most consumer rules of one call. */
  readonly rulesPerCall: number;
  /** Bits of all strategies: offers of the operator can be awarded by any of them. */
  readonly strategies: number;
}

/**
 * The calls that bring the provider on chain in line with its resources; none if it is. Pure. The calls are
 * independent: one that fails does not block the others. The caller leaves out offers of types that the chain does not
 * have.
 */
export function planRegistration(
  wanted: WantedProvider,
  onChain: OnChainProvider | undefined,
  bounds: RegistrationBounds,
): ProviderCall[] {
  if (onChain === undefined) {
    const { account, accessKey, metadata, policy } = wanted;
    // Offers follow once the chain has assigned a number.
    return [{ call: 'registerProvider', operator: account, accessKey, metadata, policy }];
  }
  return [
    ...changedFacts(wanted, onChain),
    ...changedRules(wanted, onChain, bounds),
    ...(wanted.policy === onChain.policy ? [] : [{ call: 'setPolicy', policy: wanted.policy } as const]),
    ...changedPause(wanted, onChain),
    ...changedOffers(wanted.offers, onChain.offers, bounds),
  ];
}

function changedFacts(wanted: WantedProvider, onChain: OnChainProvider): ProviderCall[] {
  const accessKey = wanted.accessKey === onChain.accessKey ? undefined : wanted.accessKey;
  const metadata = wanted.metadata === onChain.metadata ? undefined : wanted.metadata;
  return accessKey === undefined && metadata === undefined ? [] : [{ call: 'updateProvider', accessKey, metadata }];
}

function changedRules(
  { policy, consumers }: WantedProvider,
  onChain: OnChainProvider,
  { rulesPerCall }: RegistrationBounds,
): ProviderCall[] {
  // The rules of an open provider have no effect until a list is chosen again: leave them.
  if (policy === 'Open') return [];
  const rule = policy === 'AllowList' ? 'Allow' : 'Deny';
  const set = consumers
    .filter((consumer) => onChain.rules.get(consumer) !== rule)
    .map((consumer) => [consumer, rule] as const);
  const unset = [...onChain.rules.keys()]
    .filter((consumer) => !consumers.includes(consumer))
    .map((consumer) => [consumer, undefined] as const);
  const changes = [...set, ...unset];
  return Array.from({ length: Math.ceil(changes.length / rulesPerCall) }, (_, page) => ({
    call: 'setConsumerRules',
    rules: changes.slice(page * rulesPerCall, (page + 1) * rulesPerCall),
  }));
}

function changedPause({ paused }: WantedProvider, { status }: OnChainProvider): ProviderCall[] {
  if (paused && status === 'Active') return [{ call: 'pause' }];
  // The owner set Leaving, not this resource: do not resume it.
  return !paused && status === 'Paused' ? [{ call: 'resume' }] : [];
}

function changedOffers(
  wanted: readonly WantedOffer[],
  onChain: ReadonlyMap<string, OnChainOffer>,
  { strategies }: RegistrationBounds,
): ProviderCall[] {
  const set = wanted
    .filter(({ type, price, capacity }) => {
      const before = onChain.get(type);
      return before === undefined || before.withdrawn || before.price !== price || before.capacity !== capacity;
    })
    .map((offer) => ({ call: 'setOffer', ...offer, strategies }) as const);
  const types = new Set(wanted.map(({ type }) => type));
  const removed = [...onChain]
    .filter(([type, { withdrawn }]) => !types.has(type) && !withdrawn)
    .map(([type]) => ({ call: 'removeOffer', type }) as const);
  return [...set, ...removed];
}

/**
 * The public keys of the accounts a Provider lists, in hex, without duplicates. The address of an account differs
 * between chains, so only its key can be compared. Entries that are not accounts are left out: the status of the
 * Provider names them.
 */
export function accountsOf(consumers: readonly string[]): readonly string[] {
  return [...new Set(consumers.flatMap((consumer) => keyOf(consumer) ?? []))];
}

function keyOf(consumer: string): string | undefined {
  try {
    const key = decodeAddress(consumer);
    return key.length === 32 ? u8aToHex(key) : undefined;
  } catch {
    return undefined;
  }
}
