import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Deployment } from '../../src/api/deployment.ts';
import { type Reactor, type ReactorSpec, reactors } from '../../src/api/reactor.ts';
import { openFence } from '../../src/base/fence.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { ReactorMetrics } from '../../src/controller/reactor/reactor-metrics.ts';
import { ReactorReconciler } from '../../src/controller/reactor/reactor-reconciler.ts';
import { ReactorRegistry } from '../../src/controller/reactor/reactor-registry.ts';
import { Store } from '../../src/kube/cache/store.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import { EventRecorder } from '../../src/kube/events/event-recorder.ts';
import { BuiltInReactors } from '../../src/operator/reactor-factory.ts';
import { NAMESPACE } from '../../src/providers/helm/confine/kinds.ts';
import type { Order } from '../../src/providers/port.ts';
import { deploymentFor } from '../support/deployment-for.ts';
import { HelmWorld } from '../support/helm-world.ts';
import { events, freshNamespace } from '../support/kube-objects.ts';

const MINUTE = 60_000;

let world: HelmWorld;
let namespace: string;
let dropNamespace: () => Promise<void>;
let recorder: EventRecorder;
const stop = new AbortController();
const registry = new Registry();
const resources = new Store<Reactor>();
const deployments = new Store<Deployment>();
/** Subscriptions that the chain no longer has. */
const gone = new Set<bigint>();
let reconciler: ReactorReconciler;
let now = Date.now();

/** A tenure, an orphan, and a tenure of another operator in the same cluster. */
let kept: Order;
let lost: Order;
let foreign: Order;

beforeAll(async () => {
  world = await HelmWorld.open();
  [namespace, dropNamespace] = await freshNamespace(world.client);
  const { client, signal } = world;
  recorder = new EventRecorder({ client, signal: stop.signal, instance: 'test' });
  reconciler = new ReactorReconciler({
    client,
    reactors: resources,
    registry: new ReactorRegistry(),
    factory: new BuiltInReactors({
      client,
      access: loadClusterAccess(),
      config: { helm: 'helm', helmConcurrency: 1 },
      fence: openFence,
      log: silentLogger,
    }),
    events: recorder,
    metrics: new ReactorMetrics(registry, resources),
    orphans: {
      deployments,
      standing: async ({ subscription }) => (gone.has(subscription) ? 'Gone' : 'Live'),
      log: silentLogger,
    },
    dependents: () => 1,
    onChange: () => undefined,
    onRecovered: () => undefined,
    now: () => now,
  });
  [kept, lost, foreign] = [await world.web(), await world.web(), await world.web()];
  for (const order of [kept, lost]) await world.reactor({}, { owner: namespace }).create(order, undefined, signal);
  await world.reactor({}, { owner: 'elsewhere' }).create(foreign, undefined, signal);
  deployments.put(deploymentFor(kept, namespace));
});

afterAll(async () => {
  await reconciler.close();
  stop.abort();
  await dropNamespace();
  await world.close();
});

/** One search, a minute after the last, with the current Reactor. */
async function look(orphans: NonNullable<ReactorSpec['orphans']>): Promise<Reactor> {
  const ref = { name: 'cluster', namespace };
  const { client, signal } = world;
  resources.put(
    await client.apply(reactors, { metadata: ref, spec: { helm: {}, orphans } }, { fieldManager: 'test' }, signal),
  );
  now += MINUTE;
  await reconciler.reconcile(`${namespace}/cluster`, signal, silentLogger, signal);
  return client.get(reactors, ref, signal);
}

const orphansMessage = ({ status }: Reactor) => status.conditions?.find(({ type }) => type === 'OrphansFound')?.message;
const measured = async () => /^dinfra_orphans\{.*\} (\d+)$/m.exec(await registry.metrics())?.[1];
const isThere = async ({ identity: { name } }: Order) =>
  (await world.client.find(NAMESPACE, { name }, world.signal)) !== undefined;

describe('orphaned namespaces', () => {
  test('orphaned namespaces are reported by the condition, the metric and an Event once two searches have found them', async () => {
    expect(orphansMessage(await look('Report'))).toBeUndefined();
    const message = `Of a tenure without a Deployment there is still: namespace ${lost.identity.name} with its release.`;
    expect(orphansMessage(await look('Report'))).toBe(message);
    expect(await measured()).toBe('1');
    await recorder.flush();
    const { items } = await world.client.list(events, { namespace }, world.signal);
    expect(items).toContainEqual(expect.objectContaining({ reason: 'OrphansFound', note: message }));
  });

  test('orphaned namespaces stay while the chain has their subscription, and until their removal is configured', async () => {
    for (let looks = 0; looks < 3; looks++) await look('Remove');
    expect(await isThere(lost)).toBe(true);
    gone.add(lost.identity.tenure.subscription);
    for (let looks = 0; looks < 3; looks++) await look('Report');
    expect(await isThere(lost)).toBe(true);
  });

  test('orphaned namespaces are removed once the chain no longer has their subscription and removal is configured, and no others are', async () => {
    for (const { identity } of [kept, foreign]) gone.add(identity.tenure.subscription);
    await expect
      .poll(
        async () => {
          await look('Remove');
          return isThere(lost);
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBe(false);
    expect(orphansMessage(await look('Remove'))).toBeUndefined();
    expect(await measured()).toBe('0');
    expect([await isThere(kept), await isThere(foreign)]).toEqual([true, true]);
  });
});
