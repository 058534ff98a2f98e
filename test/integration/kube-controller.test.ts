import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Reflector } from '../../src/kube/cache/reflector.ts';
import { ReflectorMetrics } from '../../src/kube/cache/reflector-metrics.ts';
import { addFinalizer, removeFinalizer } from '../../src/kube/client/finalizers.ts';
import { KubeClient } from '../../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import { keyOf } from '../../src/kube/client/resource-type.ts';
import { EventRecorder } from '../../src/kube/events/event-recorder.ts';
import { Controller, done } from '../../src/kube/queue/controller.ts';
import { ControllerMetrics } from '../../src/kube/queue/controller-metrics.ts';
import { configMaps, events, freshNamespace } from '../support/kube-objects.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

const FINALIZER = 'dinfra.io/test';
const access = loadClusterAccess();
let client: KubeClient;
let namespace: string;
let dropNamespace: () => Promise<void>;
let stop: AbortController;

beforeAll(async () => {
  client = new KubeClient(access);
  [namespace, dropNamespace] = await freshNamespace(client);
});
afterAll(async () => {
  await dropNamespace();
  await client.close();
});
beforeEach(() => {
  stop = new AbortController();
});
afterEach(() => stop.abort());

/**
 * A controller of ConfigMaps: it keeps `doubled` at twice `number` in those with the label, and clears up, by noting the
 * name in `cleared`, before one goes.
 */
function startDoubling(own: KubeClient, label: string, timing = {}) {
  const registry = new Registry();
  const cleared: string[] = [];
  const reflector = new Reflector({
    client: own,
    type: configMaps,
    signal: stop.signal,
    namespace,
    labelSelector: `test=${label}`,
    observer: new ReflectorMetrics(registry).forResource('configmaps'),
    timing: { backoff: { initialMs: 50, maxMs: 500, jitter: 1 }, ...timing },
  });
  const controller = new Controller({
    name: 'doubling',
    observer: new ControllerMetrics(registry).forController('doubling'),
    async reconcile(key, signal) {
      const found = reflector.store.get(key);
      if (found === undefined) return done;
      if (found.metadata.deletionTimestamp !== undefined) {
        cleared.push(found.metadata.name);
        await removeFinalizer(own, configMaps, found, FINALIZER, signal);
        return done;
      }
      if ((await addFinalizer(own, configMaps, found, FINALIZER, signal)) === undefined) return done;
      const doubled = `${2 * Number(found.data?.['number'])}`;
      if (found.data?.['doubled'] === doubled) return done;
      const { name } = found.metadata;
      await own.apply(
        configMaps,
        { metadata: { name, namespace }, data: { doubled } },
        { fieldManager: 'doubling' },
        signal,
      );
      return done;
    },
  });
  reflector.onChange(({ key }, origin) => controller.enqueue(key, origin === 'list' ? 'low' : 'high'));
  const ended = controller.run(stop.signal, [reflector.synced]);
  return { reflector, controller, cleared, registry, ended };
}

const make = (name: string, number: number, label: string) =>
  client.create(
    configMaps,
    { metadata: { namespace, name, labels: { test: label } }, data: { number: `${number}` } },
    stop.signal,
  );

const listed = async (label: string) =>
  (await client.list(configMaps, { namespace, labelSelector: `test=${label}` }, stop.signal)).items;

test('a controller reconciles objects that existed before, and those created, changed and deleted later', async () => {
  await Promise.all(Array.from({ length: 50 }, (_, i) => make(`early-${i}`, i, 'whole')));
  const { reflector, cleared, registry, ended } = startDoubling(client, 'whole');
  await reflector.synced;
  await Promise.all(Array.from({ length: 50 }, (_, i) => make(`late-${i}`, i, 'whole')));
  const isDoubled = async () => {
    const all = await listed('whole');
    expect(all).toHaveLength(100);
    for (const { data } of all) expect(data?.['doubled']).toBe(`${2 * Number(data?.['number'])}`);
  };
  await vi.waitFor(isDoubled, { timeout: 20_000 });
  const some = { namespace, name: 'early-7' };
  await client.mergePatch(configMaps, some, { data: { number: '1000' } }, stop.signal);
  await vi.waitFor(async () =>
    expect((await client.get(configMaps, some, stop.signal)).data?.['doubled']).toBe('2000'),
  );

  const before = await listed('whole');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect((await listed('whole')).map(({ metadata }) => metadata.resourceVersion)).toEqual(
    before.map(({ metadata }) => metadata.resourceVersion),
  );

  await Promise.all(before.map(({ metadata }) => client.delete(configMaps, metadata, stop.signal)));
  await vi.waitFor(async () => expect(await listed('whole')).toEqual([]), { timeout: 20_000 });
  expect(new Set(cleared).size).toBe(100);
  expect(await registry.getSingleMetricAsString('controller_runtime_reconcile_panics_total')).toMatch(/ 0$/);
  stop.abort();
  await ended;
  await reflector.ended;
}, 60_000);

test('a controller converges through connections that break and go dark', async () => {
  const target = new URL(access.server);
  const proxy = await TcpProxy.to(Number(target.port));
  const shaky = new KubeClient(
    { ...access, server: `${target.protocol}//127.0.0.1:${proxy.port}` },
    { deadlineMs: 2_000 },
  );
  const { reflector } = startDoubling(shaky, 'shaky', { inactivityMs: 2_000 });
  await reflector.synced;
  for (let i = 0; i < 30; i++) {
    await make(`shaky-${i}`, i, 'shaky');
    if (i % 5 === 2) proxy.cut();
    if (i === 13) proxy.freeze();
    if (i === 20) proxy.thaw();
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  await vi.waitFor(
    async () => {
      const found = await listed('shaky');
      expect(found.map(({ data }) => Number(data?.['doubled']) - 2 * Number(data?.['number']))).toEqual(
        Array(30).fill(0),
      );
      expect(
        reflector.store
          .list()
          .map(({ metadata }) => metadata.resourceVersion)
          .sort(),
      ).toEqual(found.map(({ metadata }) => metadata.resourceVersion).sort());
    },
    { timeout: 30_000 },
  );
  await Promise.all((await listed('shaky')).map(({ metadata }) => client.delete(configMaps, metadata, stop.signal)));
  await vi.waitFor(() => expect(reflector.store.size).toBe(0), { timeout: 20_000 });
  stop.abort();
  await shaky.close();
  await proxy.close();
}, 90_000);

test('verifying against the real API server finds nothing to correct while everything changes', async () => {
  const { reflector, registry } = startDoubling(client, 'verify', { verifyMs: 1_000, watchSeconds: [1, 2] });
  await reflector.synced;
  const end = performance.now() + 6_000;
  for (let i = 0; performance.now() < end; i++) {
    const made = await make(`verify-${i}`, i, 'verify');
    if (i % 3 === 0) await client.delete(configMaps, made.metadata, stop.signal);
  }
  await vi.waitFor(async () => {
    const names = (await listed('verify')).map(({ metadata }) => keyOf(metadata)).sort();
    expect(
      reflector.store
        .list()
        .map(({ metadata }) => keyOf(metadata))
        .sort(),
    ).toEqual(names);
  });
  const metrics = await registry.metrics();
  expect(metrics).toContain('dinfra_kube_watch_corrections_total{resource="configmaps"} 0');
  expect(Number(/dinfra_kube_lists_total{resource="configmaps"} (\d+)/.exec(metrics)?.[1])).toBeGreaterThanOrEqual(4);
  for (const { metadata } of await listed('verify')) await client.delete(configMaps, metadata, stop.signal);
  await vi.waitFor(() => expect(reflector.store.size).toBe(0), { timeout: 20_000 });
}, 60_000);

test('recorded events can be read as Events with a count and a truncated note', async () => {
  const recorder = new EventRecorder({ client, signal: stop.signal, instance: 'test-1' });
  const regarding = await make('eventful', 1, 'events');
  const note = {
    type: 'Warning',
    reason: 'DescriptorSchema',
    action: 'Resolve',
    note: `wrong: ${'é'.repeat(2_000)}`,
  } as const;
  for (let i = 0; i < 3; i++) recorder.record(regarding, note);
  await recorder.flush();
  recorder.record({ apiVersion: 'v1', kind: 'Namespace', metadata: { ...regarding.metadata, name: namespace } }, note);
  await recorder.flush();
  const { items } = await client.list(events, { namespace, fieldSelector: 'reason=DescriptorSchema' }, stop.signal);
  expect(items[0]).toMatchObject({
    type: 'Warning',
    action: 'Resolve',
    reportingController: 'dinfra.io/operator',
    reportingInstance: 'test-1',
    regarding: { kind: 'ConfigMap', name: 'eventful', uid: regarding.metadata.uid },
    note: expect.stringMatching(/…$/),
    series: { count: 3 },
  });
});
