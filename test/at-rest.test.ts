/**
 * The whole core of the operator on a clock that a test moves: sessions with a ledger of awards, the controllers of
 * Providers, Offers, Reactors and Deployments with their queues, a backend, and a cluster in memory that counts writes.
 */
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Deployment, deployments, tenureOf } from '../src/api/deployment.ts';
import { offers } from '../src/api/offer.ts';
import { providers } from '../src/api/provider.ts';
import { type Reactor as ReactorResource, reactors } from '../src/api/reactor.ts';
import { identityOf, type TenureIdentity } from '../src/award/identity.ts';
import { silentLogger } from '../src/base/logger.ts';
import { Blueprints } from '../src/blueprints/blueprints.ts';
import { RegisteredReactors } from '../src/controller/deployment/choose-reactor.ts';
import { KubeDeploymentCluster } from '../src/controller/deployment/deployment-cluster.ts';
import { DeploymentMetrics } from '../src/controller/deployment/deployment-metrics.ts';
import { DeploymentReconciler } from '../src/controller/deployment/deployment-reconciler.ts';
import { ReactorMetrics } from '../src/controller/reactor/reactor-metrics.ts';
import { ReactorReconciler } from '../src/controller/reactor/reactor-reconciler.ts';
import { ReactorRegistry } from '../src/controller/reactor/reactor-registry.ts';
import type { Change, Store } from '../src/kube/cache/store.ts';
import type { KubeObject } from '../src/kube/client/resource-type.ts';
import { Controller, type Reconcile } from '../src/kube/queue/controller.ts';
import type { Observation, Order, Present, Step } from '../src/providers/port.ts';
import { BridgeWorld } from './support/bridge-world.ts';
import { FakeReactor, ORDER, UP } from './support/reconciler-bench.ts';

const TENANTS = [1n, 2n, 3n];
const SECOND = 1_000;
/** Seconds from one finalised block to the next. */
const BLOCK = 6;

/** A backend with one VM per tenure. */
class TenantCloud extends FakeReactor {
  override readonly types = new Set(['helm/v1']);
  looks = 0;
  private readonly vms = new Map<string, Present>();

  override async observe(identity: TenureIdentity): Promise<Observation> {
    this.looks += 1;
    return this.vms.get(identity.name) ?? { kind: 'Absent' };
  }

  override async create({ identity }: Order): Promise<Step> {
    this.vms.set(identity.name, UP);
    return { message: 'made', pollAfterMs: SECOND };
  }
}

let world: BridgeWorld;
let cloud: TenantCloud;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  world = new BridgeWorld({ stageTimeoutMs: 30_000 });
  cloud = new TenantCloud();
});
afterEach(async () => {
  world.end();
  await seconds(1);
  vi.useRealTimers();
});

/** Advances the time, with a block every six seconds. */
async function seconds(count: number): Promise<void> {
  for (let second = 1; second <= count; second++) {
    await vi.advanceTimersByTimeAsync(SECOND);
    await world.clock.advance(SECOND);
    if (second % BLOCK === 0) world.ledger.finalise();
  }
}

/** Calls back for each change in a store. */
function onChange<T extends KubeObject>(store: Store<T>, handle: (change: Change<T>) => void): void {
  const [put, remove] = [store.put.bind(store), store.remove.bind(store)];
  const pass = (change: Change<T> | undefined) => {
    if (change !== undefined) handle(change);
    return change;
  };
  Object.assign(store, { put: (object: T) => pass(put(object)), remove: (key: string) => pass(remove(key)) });
}

/** Starts everything that only a leader runs, wired as in src/operator. */
function lead(): void {
  const { cluster, clock, context } = world;
  const { signal } = world.stop;
  const run = (name: string, reconcile: Reconcile) => {
    const controller = new Controller({ name, reconcile, clock });
    void controller.run(signal);
    return controller;
  };
  const client = {
    apply: cluster.apply.bind(cluster),
    find: cluster.find.bind(cluster),
    jsonPatch: cluster.jsonPatch.bind(cluster),
    get: async () => Promise.reject(new Error('nobody else writes a status here')),
  };
  const registry = new ReactorRegistry();
  const metrics = new Registry();
  const all = cluster.view<Deployment>(deployments);
  const resources = cluster.view<ReactorResource>(reactors);
  const { sessions } = world.sessions((key) => providerQueue.enqueue(key));
  const providerQueue = run('provider', sessions.reconcile);
  const offerQueue = run('offer', sessions.reconcileOffer);
  const deploymentReconciler = new DeploymentReconciler({
    cluster: new KubeDeploymentCluster(client, all),
    orders: {
      accept: async (_deployment, { hash }) => ({ hash, schemaVersion: 1, contentRef: { name: 'kept' } }),
      accepted: async (deployment) => ({
        order: { ...ORDER, identity: identityOf(tenureOf(deployment)) },
        record: { hash: deployment.spec.descriptor.hash, schemaVersion: 1, contentRef: { name: 'kept' } },
      }),
    },
    reactors: new RegisteredReactors(context.offers, registry),
    standings: sessions,
    blueprints: new Blueprints(new Map()),
    events: { record: () => undefined },
    metrics: new DeploymentMetrics(metrics, all),
    clock,
  });
  const deploymentQueue = run('deployment', deploymentReconciler.reconcile);
  const reactorReconciler = new ReactorReconciler({
    client,
    reactors: resources,
    registry,
    factory: {
      secretName: () => undefined,
      make: async () => ({ reactor: cloud, probe: async () => 'It answers.', close: async () => undefined }),
    },
    events: { record: () => undefined },
    metrics: new ReactorMetrics(metrics, resources),
    orphans: { deployments: all, standing: (...asked) => sessions.standing(...asked), log: silentLogger },
    dependents: () => 0,
    onChange: () => sessions.noteReactor(),
    onRecovered: () => undefined,
    now: () => clock.wallTime(),
  });
  const reactorQueue = run('reactor', reactorReconciler.reconcile);
  world.servesType = (reactor, type) => registry.servesType(reactor, type);

  onChange(resources, ({ key }) => reactorQueue.enqueue(key));
  onChange(cluster.view(providers), ({ key, old, now }) => sessions.noteProvider(key, { old, now } as never));
  onChange(cluster.view(offers), ({ key, old, now }) => {
    offerQueue.enqueue(key);
    sessions.noteOffer({ old, now } as never);
  });
  onChange(all, (change) => {
    deploymentQueue.enqueue(change.key);
    sessions.noteDeployment(change);
  });
}

/** More than the whole test takes. */
const MOST_WRITES = 500;

test('at rest for ten minutes the operator looks at everything, writes nothing and sends nothing', async () => {
  // Every write triggers reconciles: one that writes every time would loop forever without any time passing.
  world.cluster.failWhen(() => (world.cluster.writes.length > MOST_WRITES ? 500 : undefined));
  lead();
  world.cluster.put(reactors, { metadata: { name: 'cluster-a', namespace: 'acme' }, spec: {} });
  world.provider();
  world.offer();
  for (const id of TENANTS) world.ledger.award(id, { state: 'Awarded', deadline: world.ledger.block + 30 });
  await seconds(180);
  expect([...world.ledger.awards.values()].map(({ state }) => state)).toEqual(TENANTS.map(() => 'Active'));
  expect(world.deployments().map((one) => world.readyOf(one)?.status)).toEqual(TENANTS.map(() => 'True'));

  const [writes, submitted, looks] = [world.cluster.writes.length, world.submitted.length, cloud.looks];
  await seconds(600);
  expect(world.cluster.writes.slice(writes)).toEqual([]);
  expect(world.submitted.slice(submitted)).toEqual([]);
  expect(cloud.looks - looks).toBeGreaterThan(9 * TENANTS.length);
});
