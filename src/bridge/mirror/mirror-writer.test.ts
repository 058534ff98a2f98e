import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { MemoryCluster } from '../../../test/support/memory-cluster.ts';
import { type Deployment, type DeploymentSpec, deployments } from '../../api/deployment.ts';
import { TEARDOWN_FINALIZER } from '../../api/labels.ts';
import { type Subscription, type SubscriptionSpec, subscriptions } from '../../api/subscription.ts';
import { silentLogger } from '../../base/logger.ts';
import type { MirrorPlan, MirrorWrite } from './mirror-plan.ts';
import { MirrorWriter } from './mirror-writer.ts';

const { signal } = new AbortController();
const ref = (name: string) => ({ name, namespace: 'acme' });
const object = <Spec>(name: string, spec: object) => ({
  name,
  labels: { 'dinfra.io/tenure': '1' },
  spec: spec as Spec,
});
const planOf = (...writes: MirrorWrite[]): MirrorPlan => ({
  writes,
  deleteDeployments: [],
  deleteSubscriptions: [],
  begins: [],
  held: [],
});
const deployment = (spec: object, patch?: object): MirrorWrite => ({
  kind: 'Deployment',
  tenure: '1/1',
  patch,
  object: object<DeploymentSpec>('dinfra-1-1', spec),
});
const subscription = (spec: object): MirrorWrite => ({
  kind: 'Subscription',
  tenure: '1/1',
  patch: undefined,
  object: object<SubscriptionSpec>('dinfra-1', spec),
});

let cluster: MemoryCluster;
let writer: MirrorWriter;
const stored = () => cluster.view<Deployment>(deployments).get('acme/dinfra-1-1');
const apply = (...writes: MirrorWrite[]) => writer.apply(planOf(...writes), 10_000, signal);

beforeEach(() => {
  cluster = new MemoryCluster();
  writer = new MirrorWriter(cluster, 'acme', new ManualClock(), silentLogger);
});

describe('the writer of the mirror', () => {
  it('each object of a new award is created with one request, the Deployment with its finalizer', async () => {
    expect(await apply(subscription({ state: 'Awarded' }), deployment({ state: 'Awarded' }))).toMatchObject({
      written: 2,
      failures: [],
      complete: true,
    });
    expect(cluster.writes.map(({ verb, kind }) => `${verb} ${kind}`)).toEqual([
      'create Subscription',
      'create Deployment',
    ]);
    expect(stored()).toMatchObject({ metadata: { finalizers: [TEARDOWN_FINALIZER] }, spec: { state: 'Awarded' } });
    expect(cluster.view<Subscription>(subscriptions).get('acme/dinfra-1')?.metadata.finalizers).toBeUndefined();
  });

  it('an update only patches what has changed, and no finalizer of others', async () => {
    cluster.put<Deployment>(deployments, {
      metadata: { ...ref('dinfra-1-1'), finalizers: ['example.com/theirs'] },
      spec: { state: 'Awarded', suspend: true, update: { hash: '0x2' } },
    });
    await apply(deployment({ state: 'Active' }, { spec: { state: 'Active', update: null } }));
    expect(cluster.writes.map(({ verb }) => verb)).toEqual(['patch']);
    expect(stored()?.spec).toEqual({ state: 'Active', suspend: true });
    expect(stored()?.metadata.finalizers).toEqual(['example.com/theirs']);
  });

  it('an object that the cache does not show yet is not touched, and keeps its reactor', async () => {
    const spec = { state: 'Accepted', reactorRef: { name: 'sold' } };
    cluster.put<Deployment>(deployments, { metadata: ref('dinfra-1-1'), spec });
    const guess = deployment({ state: 'Awarded', reactorRef: { name: 'sold-now' } });
    expect(await apply(guess)).toMatchObject({ failures: [], complete: true });
    expect(stored()?.spec).toEqual(spec);
  });

  it('an object that is gone although the cache still shows it is created again', async () => {
    expect(await apply(deployment({ state: 'Active' }, { spec: { state: 'Active' } }))).toMatchObject({ failures: [] });
    expect(stored()).toMatchObject({ spec: { state: 'Active' }, metadata: { finalizers: [TEARDOWN_FINALIZER] } });
  });

  const owner = { name: 'dinfra-1', uid: undefined, others: [] };
  const ownersOf = () => stored()?.metadata.ownerReferences;
  const uidOfSubscription = () => cluster.view<Subscription>(subscriptions).get('acme/dinfra-1')?.metadata.uid;

  it('a new Deployment is owned by its new Subscription with its first write, and blocks no deletion of it', async () => {
    await apply(subscription({}), { ...deployment({}), owner } as MirrorWrite);
    expect(ownersOf()).toEqual([
      {
        apiVersion: 'dinfra.io/v1alpha1',
        kind: 'Subscription',
        name: 'dinfra-1',
        uid: uidOfSubscription(),
        controller: true,
        blockOwnerDeletion: false,
      },
    ]);
  });

  it('a Subscription that is refused does not keep its Deployment from being written, without an owner', async () => {
    cluster.failWhen(({ kind }) => (kind === 'Subscription' ? 422 : undefined));
    const outcome = await apply(subscription({}), { ...deployment({}), owner } as MirrorWrite);
    expect(outcome).toMatchObject({ written: 1, failures: [{ kind: 'Subscription' }] });
    expect(stored()).toBeDefined();
    expect(ownersOf()).toBeUndefined();
  });

  it('a Deployment gets another Subscription as owner and keeps the owners that others gave it', async () => {
    const theirs = { apiVersion: 'v1', kind: 'ConfigMap', name: 'theirs', uid: '7' };
    const stale = { apiVersion: 'dinfra.io/v1alpha1', kind: 'Subscription', name: 'dinfra-1', uid: 'old' };
    const metadata = { ...ref('dinfra-1-1'), ownerReferences: [theirs, stale] };
    cluster.put<Deployment>(deployments, { metadata, spec: {} });
    await apply(subscription({}), { ...deployment({}, {}), owner: { ...owner, others: [theirs] } } as MirrorWrite);
    expect(ownersOf()).toMatchObject([theirs, { kind: 'Subscription', uid: uidOfSubscription() }]);
  });
});
