import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findBinaries } from '../../dev/binaries.ts';
import { ControlPlane } from '../../dev/control-plane.ts';
import { Reflector } from '../../src/kube/cache/reflector.ts';
import { KubeClient } from '../../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import { electionTimes } from '../../src/kube/election/election-times.ts';
import { LeaderElector } from '../../src/kube/election/leader-elector.ts';
import { EventRecorder } from '../../src/kube/events/event-recorder.ts';
import { reflectorDead, reflectorNotReady } from '../../src/kube/health.ts';
import { Controller, done } from '../../src/kube/queue/controller.ts';
import { configMaps, events } from '../support/kube-objects.ts';

/** A separate control plane, because stopping the API server would disturb other tests. */
let plane: ControlPlane;
let folder: string;
let client: KubeClient;
const stop = new AbortController();
const { signal } = stop;
const namespace = 'default';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dinfra-away-'));
  plane = await ControlPlane.start(folder, findBinaries());
  client = new KubeClient(loadClusterAccess(plane.kubeconfig));
});
afterAll(async () => {
  stop.abort();
  await client.close();
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

test('an API server outage loses nothing and needs no restart', async () => {
  const labels = { test: 'away' };
  const reflector = new Reflector({ client, type: configMaps, signal, namespace, labelSelector: 'test=away' });
  const controller = new Controller({
    name: 'away',
    async reconcile(key) {
      const found = reflector.store.get(key);
      if (found === undefined || found.data?.['seen'] === 'yes') return done;
      const { name } = found.metadata;
      await client.apply(
        configMaps,
        { metadata: { name, namespace }, data: { seen: 'yes' } },
        { fieldManager: 'away' },
        signal,
      );
      return done;
    },
  });
  reflector.onChange(({ key }) => controller.enqueue(key));
  const running = controller.run(signal, [reflector.synced]);
  const elector = new LeaderElector({
    client,
    namespace,
    name: 'away',
    identity: 'me',
    times: electionTimes(4_000),
  });
  const leading = elector.lead(
    signal,
    (lost) => new Promise((resolve) => lost.addEventListener('abort', () => resolve())),
  );
  const recorder = new EventRecorder({ client, signal, instance: 'test' });

  const make = (name: string) => client.create(configMaps, { metadata: { name, namespace, labels } }, signal);
  const allSeen = (names: readonly string[]) =>
    vi.waitFor(
      async () => {
        const { items } = await client.list(configMaps, { namespace, labelSelector: 'test=away' }, signal);
        expect(items.map(({ metadata }) => metadata.name).sort()).toEqual(names);
        for (const { data } of items) expect(data?.['seen']).toBe('yes');
      },
      { timeout: 60_000, interval: 200 },
    );

  const first = await make('before');
  await allSeen(['before']);
  await vi.waitFor(() => expect(elector.remainingMs()).toBeGreaterThan(0));

  await plane.stopApiServer();
  await vi.waitFor(
    () => expect(reflectorNotReady(reflector.health())).toMatch(/does not answer: connect ECONNREFUSED/),
    {
      timeout: 60_000,
    },
  );
  expect(reflectorDead(reflector.health())).toBeUndefined();
  expect(reflector.store.get('default/before')?.data).toEqual({ seen: 'yes' });
  recorder.record(first, { type: 'Warning', reason: 'ClusterUnreachable', action: 'Watch', note: 'it was away' });
  controller.enqueue('default/before');
  // Longer than a leader may continue without renewing.
  expect(await leading).toBe('Lost');

  await plane.startApiServer();
  await make('after');
  await allSeen(['after', 'before']);
  expect(reflectorNotReady(reflector.health())).toBeUndefined();
  await client.mergePatch(configMaps, { name: 'before', namespace }, { data: { seen: null } }, signal);
  await allSeen(['after', 'before']);
  await vi.waitFor(
    async () => {
      const { items } = await client.list(events, { namespace, fieldSelector: 'reason=ClusterUnreachable' }, signal);
      expect(items).toMatchObject([{ note: 'it was away', regarding: { name: 'before' } }]);
    },
    { timeout: 60_000, interval: 200 },
  );
  stop.abort();
  await running;
}, 240_000);
