import type { Deployment } from '../../api/deployment.ts';
import type { Subscription } from '../../api/subscription.ts';
import { type TenureNames, tenureKey } from './tenure-names.ts';

/** The mirrored objects of one provider on one chain, by the tenure or subscription they represent. */
export interface MirrorIndex {
  /** By `tenureKey`: the Deployment of the tenure, or its parts. */
  readonly tenures: ReadonlyMap<string, readonly Deployment[]>;
  /** By name. */
  readonly subscriptions: ReadonlyMap<string, Subscription>;
}

/**
 * Indexes the mirrored objects of a provider in its namespace, in one pass over all objects. They are recognised by the
 * provider's number on chain, which is part of their names, and not by the Provider resource they refer to: that may
 * have been renamed.
 */
export function* indexMirror(
  deployments: readonly Deployment[],
  subscriptions: readonly Subscription[],
  namespace: string,
  names: TenureNames,
): Generator<void, MirrorIndex, void> {
  const tenures = new Map<string, Deployment[]>();
  for (const deployment of deployments) {
    yield;
    const { metadata, spec } = deployment;
    if (metadata.namespace !== namespace || spec.genesisHash !== names.genesis) continue;
    if (spec.subscriptionRef.name !== names.subscription(spec.subscription)) continue;
    const key = tenureKey(spec.subscription, spec.tenure);
    const known = tenures.get(key);
    if (known === undefined) tenures.set(key, [deployment]);
    else known.push(deployment);
  }
  const byName = new Map<string, Subscription>();
  for (const subscription of subscriptions) {
    yield;
    const { metadata, spec } = subscription;
    if (metadata.namespace !== namespace || spec.genesisHash !== names.genesis) continue;
    if (metadata.name === names.subscription(spec.id)) byName.set(metadata.name, subscription);
  }
  return { tenures, subscriptions: byName };
}
