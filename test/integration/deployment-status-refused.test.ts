import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Deployment, deployments } from '../../src/api/deployment.ts';
import { TEARDOWN_FINALIZER } from '../../src/api/labels.ts';
import type { TenureState } from '../../src/award/award.ts';
import { identityOf } from '../../src/award/identity.ts';
import type { Standing } from '../../src/award/source.ts';
import { BoundedWaits } from '../../src/base/bounded-wait.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { atOnce } from '../../src/base/slices.ts';
import { Blueprints } from '../../src/blueprints/blueprints.ts';
import { indexMirror } from '../../src/bridge/mirror/mirror-index.ts';
import { TenureNames } from '../../src/bridge/mirror/tenure-names.ts';
import { dueReports } from '../../src/bridge/report/due-reports.ts';
import { TenureMemory } from '../../src/bridge/report/tenure-memory.ts';
import { KubeDeploymentCluster } from '../../src/controller/deployment/deployment-cluster.ts';
import { DeploymentMetrics } from '../../src/controller/deployment/deployment-metrics.ts';
import { DeploymentReconciler } from '../../src/controller/deployment/deployment-reconciler.ts';
import { Store } from '../../src/kube/cache/store.ts';
import { KubeClient } from '../../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import { EventRecorder } from '../../src/kube/events/event-recorder.ts';
import type { Reactor } from '../../src/providers/port.ts';
import { deploymentFor } from '../support/deployment-for.ts';
import { freshNamespace } from '../support/kube-objects.ts';
import { awardOf } from '../support/memory-source.ts';
import { FakeReactor, UP } from '../support/reconciler-bench.ts';

const stop = new AbortController();
const { signal } = stop;
const identity = identityOf({ genesis: `0x${'4e'.repeat(32)}`, subscription: 1n, tenure: 1 });
let client: KubeClient;
let namespace: string;
let dropNamespace: () => Promise<void>;

beforeAll(async () => {
  client = new KubeClient(loadClusterAccess());
  [namespace, dropNamespace] = await freshNamespace(client);
});
afterAll(async () => {
  stop.abort();
  await dropNamespace();
  await client.close();
});

const order = {
  identity,
  type: 'helm/v1',
  descriptor: {},
  descriptorHash: `0x${'11'.repeat(32)}`,
  consumer: '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty',
  accessKey: `0x${'22'.repeat(32)}`,
};
const record = { hash: order.descriptorHash, schemaVersion: 1, contentRef: { name: 'kept' } };

/** The operator's reconciler on the real API server, with a backend in memory. */
function reconcilerOn(store: Store<Deployment>, reactor: Reactor, standing: () => Standing): DeploymentReconciler {
  return new DeploymentReconciler({
    cluster: new KubeDeploymentCluster(client, store),
    orders: { accept: async () => record, accepted: async () => ({ order, record }) },
    reactors: { get: () => reactor, namesIn: () => ['only'], offered: () => 'only' },
    standings: { standing: async () => standing() },
    blueprints: new Blueprints(new Map()),
    events: new EventRecorder({ client, signal, instance: 'test' }),
    metrics: new DeploymentMetrics(new Registry(), store),
    resyncMs: 60_000,
  });
}

/** Writes a Deployment as the bridge does. */
async function mirror({ metadata: { name }, spec }: Pick<Deployment, 'metadata' | 'spec'>): Promise<Deployment> {
  const own = { metadata: { name, namespace, finalizers: [TEARDOWN_FINALIZER] }, spec };
  return client.apply(deployments, own, { fieldManager: 'test' }, signal);
}

test('a Deployment whose status the API server refuses reports it and is reconciled again', async () => {
  const odd = new FakeReactor('odd');
  odd.vm = { ...UP, endpoints: [{ name: 'x'.repeat(10_000), address: 'nowhere' }] };
  const store = new Store<Deployment>();
  const deployment = await mirror(deploymentFor(order, namespace));
  store.put(deployment);
  const key = `${namespace}/${deployment.metadata.name}`;
  const next = await reconcilerOn(store, odd, () => 'Live').reconcile(key, signal, silentLogger, signal);
  expect(next).toEqual({ requeueAfterMs: 60_000 });
  const { status } = await client.get(deployments, deployment.metadata, signal);
  expect(status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Ready', status: 'Unknown', reason: 'UnexpectedError' }),
  );
  expect(status.facts?.workload).toBe('Unseen');
});

test('an award realised by two Deployments is accepted, ready and released only when both are', async () => {
  const award = awardOf(2n, { content: { hash: order.descriptorHash, length: 10, source: 'Preimage' } });
  const { genesis } = identity.tenure;
  const names = new TenureNames(genesis, 3);
  const store = new Store<Deployment>();
  let standing: Standing = 'Live';
  const parts = ['web', 'db'].map((part) => {
    const whole = identityOf({ genesis, subscription: award.subscription, tenure: award.tenure, part });
    const { metadata, spec } = deploymentFor({ ...order, identity: whole }, namespace);
    const reactor = new FakeReactor(part);
    const reconciler = reconcilerOn(store, reactor, () => standing);
    const subscriptionRef = { name: names.subscription(`${award.subscription}`) };
    return { metadata, spec: { ...spec, part, subscriptionRef, descriptor: award.content }, reactor, reconciler };
  });
  const memory = new TenureMemory();
  const waits = new BoundedWaits(systemClock);

  /** Reconciles one part until nothing changes any more. */
  const settle = async ({ metadata, reconciler }: (typeof parts)[number]) => {
    const key = `${namespace}/${metadata.name}`;
    for (let before = ''; ; ) {
      const now = await client.get(deployments, { name: metadata.name, namespace }, signal);
      if (now.metadata.resourceVersion === before) return;
      before = now.metadata.resourceVersion;
      store.put(now);
      reconciler.retryNow(key);
      await reconciler.reconcile(key, signal, silentLogger, signal);
    }
  };
  /** What the chain hears in a state, with the objects as the API server has them. */
  const told = async (state: TenureState) => {
    const { items } = await client.list(deployments, { namespace }, signal);
    const reports = atOnce(
      dueReports({
        genesis,
        awards: [{ ...award, state }],
        point: { number: 1, hash: order.descriptorHash },
        acceptPeriod: 50,
        index: atOnce(indexMirror(items, [], namespace, names)),
        beyondLimits: new Set(),
        memory,
        waits,
        unseenAfterMs: 600_000,
        now: systemClock.monotonic(),
      }),
    );
    return reports.map(({ report }) => report);
  };
  const enter = async (state: TenureState) => {
    for (const { metadata, spec } of parts) await mirror({ metadata, spec: { ...spec, state } });
  };
  const [web, db] = parts;
  if (web === undefined || db === undefined) throw new Error('there are two parts');

  for (const [state, report] of [
    ['Awarded', 'accept'],
    ['Accepted', 'ready'],
    ['Ended', 'released'],
  ] as const) {
    standing = state === 'Ended' ? 'Ended' : 'Live';
    await enter(state);
    await settle(web);
    expect(await told(state), `${state}, one part`).toEqual([]);
    await settle(db);
    expect(await told(state), `${state}, both parts`).toEqual([report]);
  }
  expect([web, db].map(({ reactor }) => reactor.steps)).toEqual([
    ['create', 'delete'],
    ['create', 'delete'],
  ]);
});
