import { identityOf, subscriptionName } from '../../award/identity.ts';

/** Names of the mirrored objects of one provider of one chain, each computed once: they are hashes. */
export class TenureNames {
  readonly genesis: string;
  readonly providerId: number;
  private readonly deployments = new Map<string, string>();
  private readonly subscriptions = new Map<string, string>();

  constructor(genesis: string, providerId: number) {
    this.genesis = genesis;
    this.providerId = providerId;
  }

  /** Number of cached names. */
  get size(): number {
    return this.deployments.size + this.subscriptions.size;
  }

  /** The Deployment of an award that has a single part. */
  deployment(subscription: bigint, tenure: number): string {
    const key = tenureKey(`${subscription}`, tenure);
    const known = this.deployments.get(key);
    if (known !== undefined) return known;
    const { name } = identityOf({ genesis: this.genesis, subscription, tenure });
    this.deployments.set(key, name);
    return name;
  }

  /** The Subscription of an agreement, by its number in decimal. */
  subscription(id: string): string {
    const known = this.subscriptions.get(id);
    if (known !== undefined) return known;
    const name = subscriptionName(this.genesis, this.providerId, BigInt(id));
    this.subscriptions.set(id, name);
    return name;
  }
}

/** Key of a tenure among those of one provider and chain. */
export function tenureKey(subscription: string, tenure: number): string {
  return `${subscription}/${tenure}`;
}
