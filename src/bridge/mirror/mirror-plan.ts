import { isDeepStrictEqual } from 'node:util';
import type { Deployment, DeploymentSpec } from '../../api/deployment.ts';
import { genesisLabel, Label } from '../../api/labels.ts';
import type { Subscription, SubscriptionSpec } from '../../api/subscription.ts';
import { identityOf, subscriptionName } from '../../award/identity.ts';
import { reasonName } from '../../award/reason-names.ts';
import type { DesiredTenure } from '../../sources/dinfra/model.ts';

/** What the chain lists for one provider at one finalised block, and what the cluster mirrors of it. */
export interface MirrorFacts {
  readonly genesis: string;
  /** Number of the provider on chain. */
  readonly providerId: number;
  /** Name of the Provider resource; mirrored objects live in its namespace. */
  readonly providerName: string;
  /** The whole desired set: what is not in it is not the provider's any more. */
  readonly rows: readonly DesiredTenure[];
  /** Mirrored objects of this provider and genesis. */
  readonly deployments: readonly Deployment[];
  readonly subscriptions: readonly Subscription[];
  /** How many further tenures may begin to be torn down now. */
  readonly teardownsLeft: number;
  /** Names of Deployments whose teardown has begun, though the mirror may not show it yet. */
  readonly begun: ReadonlySet<string>;
}

/** What brings the mirror in step. Objects that already say what they should are left out. */
export interface MirrorPlan {
  readonly applySubscriptions: readonly Mirrored<SubscriptionSpec>[];
  readonly applyDeployments: readonly Mirrored<DeploymentSpec>[];
  readonly deleteDeployments: readonly Deployment[];
  readonly deleteSubscriptions: readonly Subscription[];
  /** Names of Deployments whose teardown begins with this plan. */
  readonly begins: readonly string[];
  /** Names of Deployments whose teardown waits for a person: the limit is used up. */
  readonly held: readonly string[];
}

/** The part of an object the bridge owns. */
export interface Mirrored<Spec> {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Spec;
}

/**
 * Compares the desired set with its mirror. Pure. Only to be called with a desired set read in full at a finalised
 * block that descends from the last one acted on: then, and only then, an entry that is gone is proof.
 */
export function planMirror(facts: MirrorFacts): MirrorPlan {
  const wanted = new Map(facts.rows.map((row) => [deploymentName(facts, row), row]));
  const known = new Map(facts.deployments.map((deployment) => [deployment.metadata.name, deployment]));
  const applyDeployments: Mirrored<DeploymentSpec>[] = [];
  const deleteDeployments: Deployment[] = [];
  const held: string[] = [];
  const begins: string[] = [];

  const apply = (mirrored: Mirrored<DeploymentSpec>) => {
    const before = known.get(mirrored.name);
    if (before !== undefined && sameSpec(before.spec, mirrored.spec)) return;
    const ends =
      mirrored.spec.state === 'Ended' &&
      before !== undefined &&
      before.spec.state !== 'Ended' &&
      // Nothing is made before the mirror says Accepted: a stranger's bad orders must not use up what others need.
      before.spec.state !== 'Awarded' &&
      !facts.begun.has(mirrored.name);
    if (ends && begins.length >= facts.teardownsLeft) {
      held.push(mirrored.name);
      return;
    }
    if (ends) begins.push(mirrored.name);
    applyDeployments.push(mirrored);
  };

  // One that ended before it was ever mirrored is mirrored too: something may run under its name.
  for (const [name, row] of wanted) {
    apply(deploymentFor(facts, name, row));
  }
  for (const [name, deployment] of known) {
    if (wanted.has(name)) continue;
    // Gone from the chain: released, or cleaned up by somebody after a long silence of ours.
    if (deployment.spec.state !== 'Ended') apply(goneFrom(deployment));
    else if (isReleased(deployment)) deleteDeployments.push(deployment);
  }
  return {
    ...subscriptionPlan(facts, deleteDeployments),
    applyDeployments,
    deleteDeployments,
    begins,
    held,
  };
}

function subscriptionPlan(facts: MirrorFacts, leaving: readonly Deployment[]) {
  const newest = new Map<bigint, DesiredTenure>();
  for (const row of facts.rows) {
    const before = newest.get(row.subscription);
    if (before === undefined || before.tenure < row.tenure) newest.set(row.subscription, row);
  }
  const known = new Map(facts.subscriptions.map((subscription) => [subscription.metadata.name, subscription]));
  const wanted = new Map(
    [...newest.values()].map((row) => [subscriptionName(facts.genesis, facts.providerId, row.subscription), row]),
  );
  const applySubscriptions = [...wanted]
    .map(([name, row]) => subscriptionFor(facts, name, row))
    .filter(({ name, spec }) => {
      const before = known.get(name);
      return before === undefined || !sameSpec(before.spec, spec);
    });
  // A Subscription stays as long as one of its Deployments does: it explains them.
  const stays = new Set(
    facts.deployments.filter((deployment) => !leaving.includes(deployment)).map(({ spec }) => spec.subscription),
  );
  const deleteSubscriptions = [...known.values()].filter(
    ({ metadata, spec }) =>
      !wanted.has(metadata.name) && !stays.has(spec.id) && metadata.deletionTimestamp === undefined,
  );
  return { applySubscriptions, deleteSubscriptions };
}

function deploymentFor(facts: MirrorFacts, name: string, row: DesiredTenure): Mirrored<DeploymentSpec> {
  return {
    name,
    labels: labelsFor(facts, row),
    spec: {
      genesisHash: facts.genesis,
      subscription: `${row.subscription}`,
      tenure: row.tenure,
      subscriptionRef: { name: subscriptionName(facts.genesis, facts.providerId, row.subscription) },
      providerRef: { name: facts.providerName },
      consumer: row.consumer,
      accessKey: row.accessKey,
      descriptorType: row.type,
      descriptor: row.content,
      ...(row.update && { update: row.update }),
      state: row.state,
      ...endReason(row),
    },
  };
}

function subscriptionFor(facts: MirrorFacts, name: string, row: DesiredTenure): Mirrored<SubscriptionSpec> {
  return {
    name,
    labels: labelsFor(facts, row),
    spec: {
      genesisHash: facts.genesis,
      id: `${row.subscription}`,
      providerRef: { name: facts.providerName },
      consumer: row.consumer,
      descriptorType: row.type,
      descriptor: row.content,
      pricePerBlock: `${row.price}`,
      state: row.state,
      tenure: row.tenure,
      ...(row.paidUntil !== undefined && { paidUntilBlock: row.paidUntil }),
      ...endReason(row),
    },
  };
}

/** The same Deployment, ended: the chain has no entry for it any more. */
function goneFrom({ metadata, spec }: Deployment): Mirrored<DeploymentSpec> {
  const { suspend: _, ...ours } = spec;
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    spec: { ...ours, state: 'Ended', endReason: { code: 0, name: 'GoneFromChain' } },
  };
}

function isReleased({ status, metadata }: Deployment): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return (
    status.observedGeneration === metadata.generation &&
    status.conditions?.some(({ type, reason }) => type === 'Ready' && reason === 'Released') === true
  );
}

function endReason({ reason, state }: DesiredTenure): { endReason?: { code: number; name: string } } {
  return reason !== undefined && state === 'Ended' ? { endReason: { code: reason, name: reasonName(reason) } } : {};
}

function deploymentName({ genesis }: MirrorFacts, { subscription, tenure }: DesiredTenure): string {
  return identityOf({ genesis, subscription, tenure }).name;
}

function labelsFor({ genesis, providerName }: MirrorFacts, row: DesiredTenure): Record<string, string> {
  return {
    [Label.provider]: providerName,
    [Label.subscription]: `${row.subscription}`,
    [Label.tenure]: `${row.tenure}`,
    [Label.genesis]: genesisLabel(genesis),
  };
}

/** Whether every field the bridge owns already says what it should. Fields of others, such as `suspend`, do not count. */
function sameSpec(before: object, after: object): boolean {
  const left = before as Readonly<Record<string, unknown>>;
  const right = after as Readonly<Record<string, unknown>>;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)].filter((key) => key !== 'suspend'));
  return [...keys].every((key) => isDeepStrictEqual(left[key], right[key]));
}
