import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Deployment, deployments } from '../../src/api/deployment.ts';
import { TEARDOWN_FINALIZER } from '../../src/api/labels.ts';
import { identityOf } from '../../src/award/identity.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { DeploymentMetrics } from '../../src/controller/deployment/deployment-metrics.ts';
import { DeploymentReconciler } from '../../src/controller/deployment/deployment-reconciler.ts';
import type { ReactorSource } from '../../src/controller/deployment/reactor-source.ts';
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

test('a Deployment whose status the API server refuses is looked at again all the same', async () => {
  const order = {
    identity,
    type: 'helm/v1',
    descriptor: {},
    descriptorHash: `0x${'11'.repeat(32)}`,
    consumer: '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty',
    accessKey: `0x${'22'.repeat(32)}`,
  };
  const { metadata, spec } = deploymentFor(order, namespace);
  const { name } = metadata;
  const own = { metadata: { name, namespace, finalizers: [TEARDOWN_FINALIZER] }, spec };
  const store = new Store<Deployment>();
  store.put(await client.apply(deployments, own, { fieldManager: 'test' }, signal));
  const bound = { name: 'odd', reactor: odd };
  const reactors: ReactorSource = { reactorFor: () => bound, reactorsIn: () => [bound] };
  const reconciler = new DeploymentReconciler({
    client,
    deployments: store,
    orders: { orderFor: async () => order },
    reactors,
    events: new EventRecorder({ client, signal, instance: 'test' }),
    metrics: new DeploymentMetrics(new Registry(), store),
    resyncMs: 60_000,
  });
  const next = await reconciler.reconcile(`${namespace}/${name}`, signal, silentLogger, signal);
  expect(next).toEqual({ requeueAfterMs: 60_000 });
});
