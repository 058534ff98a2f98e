import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Deployment, deployments } from '../../src/api/deployment.ts';
import { TEARDOWN_FINALIZER } from '../../src/api/labels.ts';
import { identityOf } from '../../src/award/identity.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { Blueprints } from '../../src/blueprints/blueprints.ts';
import type { Reactors } from '../../src/controller/deployment/choose-reactor.ts';
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

/** A backend that answers, and whose endpoints no API server takes. */
const odd: Reactor = {
  kind: 'odd',
  check: async () => undefined,
  observe: async () => ({
    kind: 'Present',
    phase: 'Running',
    healthy: true,
    message: 'up',
    differences: [],
    endpoints: [{ name: 'x'.repeat(10_000), address: 'nowhere' }],
  }),
  create: async () => ({ message: 'made', pollAfterMs: 0 }),
  update: async () => ({ message: 'changed', pollAfterMs: 0 }),
  stop: async () => ({ message: 'stopped', pollAfterMs: 0 }),
  start: async () => ({ message: 'started', pollAfterMs: 0 }),
  delete: async () => ({ message: 'removed', pollAfterMs: 0 }),
  types: new Set(['helm/v1']),
  listManaged: async () => [],
};

test('a Deployment whose status the API server refuses reports it and is reconciled again', async () => {
  const order = {
    identity,
    type: 'helm/v1',
    descriptor: {},
    descriptorHash: `0x${'11'.repeat(32)}`,
    consumer: '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty',
    accessKey: `0x${'22'.repeat(32)}`,
  };
  const record = { hash: order.descriptorHash, schemaVersion: 1, contentRef: { name: 'kept' } };
  const { metadata, spec } = deploymentFor(order, namespace);
  const { name } = metadata;
  const own = { metadata: { name, namespace, finalizers: [TEARDOWN_FINALIZER] }, spec };
  const store = new Store<Deployment>();
  store.put(await client.apply(deployments, own, { fieldManager: 'test' }, signal));
  const reactors: Reactors = { get: () => odd, namesIn: () => ['odd'], offered: () => 'odd' };
  const reconciler = new DeploymentReconciler({
    cluster: new KubeDeploymentCluster(client, store),
    orders: {
      accept: async () => record,
      accepted: async () => ({ order, record }),
    },
    reactors,
    standings: { standing: async () => 'Live' },
    blueprints: new Blueprints(new Map()),
    events: new EventRecorder({ client, signal, instance: 'test' }),
    metrics: new DeploymentMetrics(new Registry(), store),
    resyncMs: 60_000,
  });
  const next = await reconciler.reconcile(`${namespace}/${name}`, signal, silentLogger, signal);
  expect(next).toEqual({ requeueAfterMs: 60_000 });
  const { status } = await client.get(deployments, metadata, signal);
  expect(status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Ready', status: 'Unknown', reason: 'UnexpectedError' }),
  );
  expect(status.facts?.workload).toBe('Unseen');
});
