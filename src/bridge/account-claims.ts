import type { Provider } from '../api/provider.ts';
import { keyOf } from '../kube/client/resource-type.ts';

/** A Provider resource with what it claims: to speak for an account on a chain. */
export interface Claim {
  readonly provider: Provider;
  /** Address that signs. */
  readonly account: string;
  /** Identity of the chain; undefined while it was never reached and the resource does not name it. */
  readonly genesis: string | undefined;
}

/**
 * The Provider that serves an account on a chain: the oldest, then the first by name. One that is being deleted hands its
 * tenants over to another of its namespace, which is how a Provider is renamed; to one of another namespace it does not,
 * as the mirror would be made twice.
 */
export function serverOf(claims: readonly Claim[], account: string, genesis: string): Provider | undefined {
  const rivals = claims
    .filter((claim) => claim.account === account && claim.genesis === genesis)
    .map(({ provider }) => provider)
    .toSorted(byAge);
  return rivals.find((provider) => !isLeaving(provider) || !rivals.some((other) => canSucceed(other, provider)));
}

/** True when a Provider that is being deleted has another one to hand its tenants to. */
export function isHandedOver(claims: readonly Claim[], { provider, account, genesis }: Claim): boolean {
  if (!isLeaving(provider) || genesis === undefined) return false;
  return claims.some(
    (claim) => claim.account === account && claim.genesis === genesis && canSucceed(claim.provider, provider),
  );
}

function canSucceed(other: Provider, leaving: Provider): boolean {
  return !isLeaving(other) && other.metadata.namespace === leaving.metadata.namespace;
}

function isLeaving({ metadata }: Provider): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function byAge(one: Provider, other: Provider): number {
  const [a, b] = [ageKey(one), ageKey(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function ageKey({ metadata }: Provider): string {
  return `${metadata.creationTimestamp} ${keyOf(metadata)}`;
}
