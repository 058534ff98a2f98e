import { isDeepStrictEqual } from 'node:util';
import type { Deployment, DeploymentSpec } from '../../api/deployment.ts';
import { genesisLabel, Label } from '../../api/labels.ts';
import type { Offer } from '../../api/offer.ts';
import type { Subscription, SubscriptionSpec } from '../../api/subscription.ts';
import type { Award } from '../../award/award.ts';
import { reasonName } from '../../award/reason-names.ts';
import type { MirrorIndex } from './mirror-index.ts';
import { type TenureNames, tenureKey } from './tenure-names.ts';

/** What the source lists for one provider at one finalised point, and what the cluster mirrors of it. */
export interface MirrorFacts {
  readonly names: TenureNames;
  /** Name of the Provider resource. */
  readonly providerName: string;
  /** The whole desired set: what is not in it is not the provider's any more. */
  readonly awards: readonly Award[];
  /**
   * Awards that were listed and could not be understood, by `tenureKey`: never taken for gone. `all` when it is not known
   * which they are.
   */
  readonly unreadable: ReadonlySet<string> | 'all';
  readonly index: MirrorIndex;
  /** Of each descriptor type the Offer that is sold. */
  readonly sold: ReadonlyMap<string, Offer>;
  /** How many further tenures may begin to be torn down now. */
  readonly teardownsLeft: number;
  /** Names of Deployments whose teardown has begun, though the mirror may not show it yet. */
  readonly begun: ReadonlySet<string>;
}

/** The part of an object the bridge owns. */
export interface Mirrored<Spec> {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Spec;
}

/** One write to the mirror. `tenure` is its `tenureKey`. */
export type MirrorWrite =
  | { readonly kind: 'Subscription'; readonly tenure: string; readonly object: Mirrored<SubscriptionSpec> }
  | { readonly kind: 'Deployment'; readonly tenure: string; readonly object: Mirrored<DeploymentSpec> };

/** What brings the mirror in step. Objects that already say what they should are left out. */
export interface MirrorPlan {
  /** In this order: a Subscription comes before the Deployments that refer to it. */
  readonly writes: readonly MirrorWrite[];
  readonly deleteDeployments: readonly Deployment[];
  readonly deleteSubscriptions: readonly Subscription[];
  /** Names of Deployments whose teardown begins with this plan. */
  readonly begins: readonly string[];
  /** Names of Deployments whose teardown waits for a person: the limit is used up. */
  readonly held: readonly string[];
}

/**
 * Compares the desired set with its mirror. Pure. Only to be called with a desired set read in full at a finalised
 * point that descends from the last one acted on: then, and only then, an entry that is gone is proof.
 */
export function* planMirror(facts: MirrorFacts): Generator<void, MirrorPlan, void> {
  const writes: MirrorWrite[] = [];
  const deleteDeployments: Deployment[] = [];
  const begins: string[] = [];
  const held: string[] = [];

  const write = (tenure: string, before: Deployment | undefined, object: Mirrored<DeploymentSpec>) => {
    if (before !== undefined && isInStep(before, object)) return;
    if (beginsTeardown(before, object) && !facts.begun.has(object.name)) {
      if (begins.length >= facts.teardownsLeft) {
        held.push(object.name);
        return;
      }
      begins.push(object.name);
    }
    writes.push({ kind: 'Deployment', tenure, object });
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
      if (before === undefined || !isInStep(before, object)) {
        writes.push({ kind: 'Subscription', tenure: key, object });
      }
    }
    // One that ended before it was ever mirrored is mirrored too: something may run under its name.
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
      // Gone from the source: released, or cleaned up by somebody after a long silence of ours.
      if (!isListed) write(key, deployment, goneFrom(facts, deployment));
    }
  }

  const deleteSubscriptions: Subscription[] = [];
  for (const subscription of facts.index.subscriptions.values()) {
    yield;
    const { metadata, spec } = subscription;
    const isUnreadable = facts.unreadable === 'all' || facts.unreadable.has(tenureKey(spec.id, spec.tenure));
    // A Subscription stays as long as one of its Deployments does: it explains them.
    if (newest.has(BigInt(spec.id)) || kept.has(spec.id) || isUnreadable) continue;
    if (metadata.deletionTimestamp === undefined) deleteSubscriptions.push(subscription);
  }
  return { writes, deleteDeployments, deleteSubscriptions, begins, held };
}

/** True when a write sends something to removal that may exist. */
function beginsTeardown(before: Deployment | undefined, { spec }: Mirrored<DeploymentSpec>): boolean {
  if (spec.state !== 'Ended') return false;
  // First seen as Ended, by a new or restored cluster: whatever was made for it still runs.
  if (before === undefined) return true;
  if (before.spec.state === 'Ended') return false;
  const { realisation } = before.status;
  // Nothing is made before the mirror says Accepted: a stranger's bad orders must not use up what others need.
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
  const reactor = reactorFor(facts, award, before);
  const accepted = acceptedFor(award, before);
  const part = before?.spec.part;
  return {
    name: before?.metadata.name ?? names.deployment(award.subscription, award.tenure),
    labels: labelsFor(facts, `${award.subscription}`, award.tenure),
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
 * The reactor of a tenure: what was sold when it was awarded, and never another one. Of a tenure that was accepted
 * before this cluster knew it, only where it was found to run; while that is looked for, none.
 */
function reactorFor({ sold }: MirrorFacts, award: Award, before: Deployment | undefined): string | undefined {
  const known = before?.spec.reactorRef?.name ?? before?.status.realisation?.reactor?.name;
  if (known !== undefined) return known;
  return award.state === 'Awarded' ? sold.get(award.type)?.spec.reactorRef.name : undefined;
}

/** What was validated and pinned, once the source says that it was accepted. The last good one until the next is good. */
function acceptedFor({ state, content }: Award, before: Deployment | undefined): DeploymentSpec['accepted'] {
  const known = before?.spec.accepted;
  if (state === 'Awarded' || known?.hash === content.hash) return known;
  const validated = before?.status.accepted;
  return validated?.hash === content.hash ? validated : known;
}

function subscriptionFor(facts: MirrorFacts, award: Award): Mirrored<SubscriptionSpec> {
  const { names, providerName } = facts;
  const id = `${award.subscription}`;
  return {
    name: names.subscription(id),
    labels: labelsFor(facts, id, award.tenure),
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

/** The same Deployment, ended: the source has no entry for it any more. */
function goneFrom(facts: MirrorFacts, { metadata, spec }: Deployment): Mirrored<DeploymentSpec> {
  const { suspend: _, ...ours } = spec;
  return {
    name: metadata.name,
    labels: labelsFor(facts, spec.subscription, spec.tenure),
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

function labelsFor(
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

/** Whether the labels and fields the bridge owns say what they should. Those of others, such as `suspend`, do not count. */
function isInStep(
  before: { readonly metadata: Deployment['metadata']; readonly spec: object },
  { labels, spec }: Mirrored<object>,
): boolean {
  for (const key in labels) if (before.metadata.labels?.[key] !== labels[key]) return false;
  const left = before.spec as Readonly<Record<string, unknown>>;
  const right = spec as Readonly<Record<string, unknown>>;
  // The identity of most values spares a deep comparison of each of them, ten thousand times in a row.
  for (const key in right) if (left[key] !== right[key] && !isDeepStrictEqual(left[key], right[key])) return false;
  for (const key in left) if (right[key] === undefined && left[key] !== undefined && key !== 'suspend') return false;
  return true;
}
