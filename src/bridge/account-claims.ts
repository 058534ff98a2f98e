import type { Provider } from '../api/provider.ts';
import type { StoreView } from '../kube/cache/store.ts';
import { keyOf } from '../kube/client/resource-type.ts';

/** A Provider resource and its claim: to act for an account on a chain. */
export interface Claim {
  readonly provider: Provider;
  /** Address that signs. */
  readonly account: string;
  /** Genesis of the chain; undefined until the chain was reached, unless the resource names it. */
  readonly genesis: string | undefined;
}

/**
 * The Provider that serves an account on a chain: the oldest, ties broken by name. A Provider that is being deleted
 * hands its tenants over to another one in its namespace, which is how a Provider is renamed. It never hands over to
 * another namespace, because that would create the mirror twice.
 */
export function serverOf(claims: readonly Claim[], account: string, genesis: string): Provider | undefined {
  const rivals = claims
    .filter((claim) => claim.account === account && claim.genesis === genesis)
    .map(({ provider }) => provider)
    .toSorted(byAge);
  return rivals.find((provider) => !isLeaving(provider) || !rivals.some((other) => canSucceed(other, provider)));
}

/** True if a Provider that is being deleted can hand its tenants to another one. */
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

/** The claim of each Provider resource: from its keys once they were read, until then from its status. */
export class AccountClaims {
  private readonly providers: StoreView<Provider>;
  /** By `namespace/name`. The chain may be unknown until it was reached. */
  private readonly known = new Map<string, { readonly account: string; readonly genesis: string | undefined }>();

  constructor(providers: StoreView<Provider>) {
    this.providers = providers;
  }

  /** `genesis` undefined keeps the one that is known. */
  note(key: string, account: string, genesis: string | undefined): void {
    this.known.set(key, { account, genesis: genesis ?? this.known.get(key)?.genesis });
  }

  forget(key: string): void {
    this.known.delete(key);
  }

  accountOf(key: string): string | undefined {
    return this.known.get(key)?.account ?? this.providers.get(key)?.status.account;
  }

  genesisOf(key: string): string | undefined {
    const provider = this.providers.get(key);
    return provider?.spec.chain.genesisHash ?? this.known.get(key)?.genesis ?? provider?.status.chain?.genesisHash;
  }

  /** The Provider that serves the account on the chain instead of this one; undefined if this one does. */
  rivalOf(key: string, account: string, genesis: string): string | undefined {
    const server = serverOf(this.all(), account, genesis);
    const serverKey = server && keyOf(server.metadata);
    return serverKey === key ? undefined : serverKey;
  }

  isHandedOver(claim: Claim): boolean {
    return isHandedOver(this.all(), claim);
  }

  private all(): readonly Claim[] {
    return this.providers.list().flatMap((provider) => {
      const key = keyOf(provider.metadata);
      const account = this.accountOf(key);
      return account === undefined ? [] : [{ provider, account, genesis: this.genesisOf(key) }];
    });
  }
}
