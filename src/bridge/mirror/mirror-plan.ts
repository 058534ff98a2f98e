import type { Deployment, DeploymentSpec } from '../../api/deployment.ts';
import { genesisLabel, Label, recommendedLabels } from '../../api/labels.ts';
import type { Offer } from '../../api/offer.ts';
import { type Subscription, type SubscriptionSpec, subscriptions } from '../../api/subscription.ts';
import type { Award } from '../../award/award.ts';
import { reasonName } from '../../award/reason-names.ts';
import type { OwnerReference } from '../../base/kube-object.ts';
import type { MirrorIndex } from './mirror-index.ts';
import { type Mirrored, mirrorPatch } from './mirror-patch.ts';
import { type TenureNames, tenureKey } from './tenure-names.ts';

/**
 * What the source lists for one provider at one finalised point, and what the cluster mirrors of it. All `planMirror`
 * decides by.
 */
export interface MirrorFacts {
  readonly names: TenureNames;
  /** Name of the Provider resource. */
  readonly providerName: string;
  /** The complete desired set: a tenure that is not in it is no longer the provider's. */
  readonly awards: readonly Award[];
  /**
   * Awards that were listed but could not be decoded, by `tenureKey`: they never count as gone. `all` if it is not
   * known which ones they are.
   */
  readonly unreadable: ReadonlySet<string> | 'all';
  readonly index: MirrorIndex;
  /** The Offer that is sold, by descriptor type. */
  readonly sold: ReadonlyMap<string, Offer>;
  /** How many more teardowns may begin now. */
  readonly teardownsLeft: number;
  /** Names of Deployments whose teardown has begun, even if the mirror does not show it yet. */
  readonly begun: ReadonlySet<string>;
}

/** One write to the mirror. */
export type MirrorWrite = {
  /** `tenureKey` of the object. */
  readonly tenure: string;
  /** The JSON merge patch that updates the object; undefined if it has to be created. */
  readonly patch: object | undefined;
} & (
  | { readonly kind: 'Subscription'; readonly object: Mirrored<SubscriptionSpec> }
  | {
      readonly kind: 'Deployment';
      readonly object: Mirrored<DeploymentSpec>;
      /** Absent if the Deployment already has its Subscription as an owner. */
      readonly owner?: Ownership;
    }
);

/** The Subscription that becomes an owner of a Deployment. */
export interface Ownership {
  readonly name: string;
  /** Undefined while the Subscription does not exist: its write, which comes first, returns it. */
  readonly uid: string | undefined;
  /** Owners that others have added. */
  readonly others: readonly OwnerReference[];
}

/** The writes that bring the mirror up to date. Objects that are up to date are left out. */
export interface MirrorPlan {
  /** To be written in this order: a Subscription comes before the Deployments that refer to it. */
  readonly writes: readonly MirrorWrite[];
  readonly deleteDeployments: readonly Deployment[];
  readonly deleteSubscriptions: readonly Subscription[];
  /** Names of Deployments whose teardown begins with this plan. */
  readonly begins: readonly string[];
  /** Names of Deployments whose teardown waits for a person: the limit is used up. They are stopped meanwhile. */
  readonly held: readonly string[];
}

/**
 * Compares the desired set with its mirror. Pure. Call it only with a desired set that was read in full at a finalised
 * point which descends from the last one acted on: only then does a missing entry prove that the tenure is gone.
 */
export function* planMirror(facts: MirrorFacts): Generator<void, MirrorPlan, void> {
  const writes: MirrorWrite[] = [];
  const deleteDeployments: Deployment[] = [];
  const begins: string[] = [];
  const held: string[] = [];

  const write = (tenure: string, before: Deployment | undefined, object: Mirrored<DeploymentSpec>) => {
    const owner = ownerFor(facts, before, object.spec.subscription);
    const owned = owner && { owner };
    /** Without a patch: to be created. */
    const patchTo = (wanted: Mirrored<DeploymentSpec>) =>
      before && (mirrorPatch(before, wanted) ?? (owner === undefined ? undefined : {}));
    const patch = patchTo(object);
    if (before !== undefined && patch === undefined) return;
    if (beginsTeardown(before, object) && !facts.begun.has(object.name)) {
      if (begins.length >= facts.teardownsLeft) {
        held.push(object.name);
        const stopped = stoppedUntilApproved(object);
        const stop = patchTo(stopped);
        if (before === undefined || stop !== undefined) {
          writes.push({ kind: 'Deployment', tenure, patch: stop, object: stopped, ...owned });
        }
        return;
      }
      begins.push(object.name);
    }
    writes.push({ kind: 'Deployment', tenure, patch, object, ...owned });
  };

  const newest = newestAwards(facts.awards);
  const listed = new Set<string>();
  for (const award of facts.awards) {
    yield;
    const key = tenureKey(`${award.subscription}`, award.tenure);
    listed.add(key);
    if (newest.get(award.subscription) === award) {
      const object = subscriptionFor(facts, award);
      const before = facts.index.subscriptions.get(object.name);
      const patch = before && mirrorPatch(before, object);
      if (before === undefined || patch !== undefined) {
        writes.push({ kind: 'Subscription', tenure: key, patch, object });
      }
    }
    // A tenure that ended before it was first mirrored is mirrored too: something may run under its name.
    for (const before of facts.index.tenures.get(key) ?? [undefined]) {
      write(key, before, deploymentFor(facts, award, before));
    }
  }

  const kept = new Set<string>();
  for (const [key, deployments] of facts.index.tenures) {
    yield;
    const isListed = listed.has(key) || facts.unreadable === 'all' || facts.unreadable.has(key);
    for (const deployment of deployments) {
      if (!isListed && isReleased(deployment)) {
        deleteDeployments.push(deployment);
        continue;
      }
      kept.add(deployment.spec.subscription);
      // Gone from the source: released, or removed by others after the provider was silent for long.
      if (!isListed) write(key, deployment, goneFrom(facts, deployment));
    }
  }

  const deleteSubscriptions: Subscription[] = [];
  for (const subscription of facts.index.subscriptions.values()) {
    yield;
    const { metadata, spec } = subscription;
    const isUnreadable = facts.unreadable === 'all' || facts.unreadable.has(tenureKey(spec.id, spec.tenure));
    // A Subscription stays as long as one of its Deployments: they refer to it.
    if (newest.has(BigInt(spec.id)) || kept.has(spec.id) || isUnreadable) continue;
    if (metadata.deletionTimestamp === undefined) deleteSubscriptions.push(subscription);
  }
  return { writes, deleteDeployments, deleteSubscriptions, begins, held };
}

/** A workload whose teardown waits for approval is not paid for: it is stopped meanwhile, which is reversible. */
function stoppedUntilApproved({ spec, ...object }: Mirrored<DeploymentSpec>): Mirrored<DeploymentSpec> {
  const { endReason: _, ...ours } = spec;
  return { ...object, spec: { ...ours, state: 'Suspended' } };
}

/** True if a write begins the removal of something that may exist. */
function beginsTeardown(before: Deployment | undefined, { spec }: Mirrored<DeploymentSpec>): boolean {
  if (spec.state !== 'Ended') return false;
  // First seen as Ended, by a new or restored cluster: whatever was made for it still runs.
  if (before === undefined) return true;
  if (before.spec.state === 'Ended') return false;
  const { realisation } = before.status;
  // Nothing is created before the mirror says Accepted: cancelled awards must not use up the limit for real teardowns.
  return before.spec.state !== 'Awarded' || (realisation?.since ?? realisation?.intent) !== undefined;
}

function newestAwards(awards: readonly Award[]): ReadonlyMap<bigint, Award> {
  const newest = new Map<bigint, Award>();
  for (const award of awards) {
    const before = newest.get(award.subscription);
    if (before === undefined || before.tenure < award.tenure) newest.set(award.subscription, award);
  }
  return newest;
}

function deploymentFor(facts: MirrorFacts, award: Award, before: Deployment | undefined): Mirrored<DeploymentSpec> {
  const { names, providerName } = facts;
  const name = before?.metadata.name ?? names.deployment(award.subscription, award.tenure);
  const reactor = reactorFor(facts, award, before);
  const accepted = acceptedFor(award, before);
  const part = before?.spec.part;
  return {
    name,
    labels: {
      ...recommendedLabels('deployment', name),
      ...tenureLabels(facts, `${award.subscription}`, award.tenure),
    },
    spec: {
      genesisHash: names.genesis,
      subscription: `${award.subscription}`,
      tenure: award.tenure,
      ...(part !== undefined && { part }),
      subscriptionRef: { name: names.subscription(`${award.subscription}`) },
      providerRef: { name: providerName },
      ...(reactor !== undefined && { reactorRef: { name: reactor } }),
      consumer: award.consumer,
      accessKey: award.accessKey,
      descriptorType: award.type,
      descriptor: award.content,
      ...(accepted !== undefined && { accepted }),
      ...(award.update && { update: award.update }),
      state: award.state,
      ...endReason(award),
    },
  };
}

/**
 * The reactor of a tenure: the one that was sold when it was awarded, never another one. For a tenure that was accepted
 * before this cluster knew it, the reactor it was found to run on; until it is found, none.
 */
function reactorFor({ sold }: MirrorFacts, award: Award, before: Deployment | undefined): string | undefined {
  const known = before?.spec.reactorRef?.name ?? before?.status.realisation?.reactor?.name;
  if (known !== undefined) return known;
  return award.state === 'Awarded' ? sold.get(award.type)?.spec.reactorRef.name : undefined;
}

/** The descriptor that was validated and pinned, once the source has it accepted; until then the previous one. */
function acceptedFor({ state, content }: Award, before: Deployment | undefined): DeploymentSpec['accepted'] {
  const known = before?.spec.accepted;
  if (state === 'Awarded' || known?.hash === content.hash) return known;
  const validated = before?.status.accepted;
  return validated?.hash === content.hash ? validated : known;
}

function subscriptionFor(facts: MirrorFacts, award: Award): Mirrored<SubscriptionSpec> {
  const { names, providerName } = facts;
  const id = `${award.subscription}`;
  const name = names.subscription(id);
  return {
    name,
    labels: { ...recommendedLabels('subscription', name), ...tenureLabels(facts, id, award.tenure) },
    spec: {
      genesisHash: names.genesis,
      id,
      providerRef: { name: providerName },
      consumer: award.consumer,
      descriptorType: award.type,
      descriptor: award.content,
      pricePerBlock: `${award.price}`,
      state: award.state,
      tenure: award.tenure,
      ...(award.paidUntil !== undefined && { paidUntilBlock: award.paidUntil }),
      ...endReason(award),
    },
  };
}

/** The same Deployment as Ended: the source no longer has an entry for it. */
function goneFrom(facts: MirrorFacts, { metadata, spec }: Deployment): Mirrored<DeploymentSpec> {
  const { suspend: _, ...ours } = spec;
  return {
    name: metadata.name,
    labels: {
      ...recommendedLabels('deployment', metadata.name),
      ...tenureLabels(facts, spec.subscription, spec.tenure),
    },
    spec: {
      ...ours,
      providerRef: { name: facts.providerName },
      state: 'Ended',
      endReason: spec.state === 'Ended' && spec.endReason ? spec.endReason : { code: 0, name: 'GoneFromChain' },
    },
  };
}

function isReleased({ status, metadata, spec }: Deployment): boolean {
  if (metadata.deletionTimestamp !== undefined || spec.state !== 'Ended') return false;
  return status.observedGeneration === metadata.generation && status.facts?.released === true;
}

function endReason({ reason, state }: Award): { endReason?: { code: number; name: string } } {
  return reason !== undefined && state === 'Ended' ? { endReason: { code: reason, name: reasonName(reason) } } : {};
}

/**
 * The Subscription as owner, and never the Provider: what is pruned from Git must not take tenants with it. Undefined when
 * it is the owner already. While it is not there, a reference may be to one that was deleted by hand: the Deployment gets
 * the uid of the next one before the garbage collector comes, or is mirrored again.
 */
function ownerFor({ names, index }: MirrorFacts, before: Deployment | undefined, id: string): Ownership | undefined {
  const name = names.subscription(id);
  const uid = index.subscriptions.get(name)?.metadata.uid;
  const isSubscription = ({ kind }: OwnerReference) => kind === subscriptions.kind;
  const owners = before?.metadata.ownerReferences ?? [];
  if (before !== undefined && owners.find(isSubscription)?.uid === uid) return undefined;
  return { name, uid, others: owners.filter((owner) => !isSubscription(owner)) };
}

function tenureLabels(
  { names, providerName }: MirrorFacts,
  subscription: string,
  tenure: number,
): Readonly<Record<string, string>> {
  return {
    [Label.provider]: providerName,
    [Label.subscription]: subscription,
    [Label.tenure]: `${tenure}`,
    [Label.genesis]: genesisLabel(names.genesis),
  };
}
