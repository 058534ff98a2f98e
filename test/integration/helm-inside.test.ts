import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fence, LeadershipLostError } from '../../src/base/fence.ts';
import type { Address, Cluster } from '../../src/providers/helm/cluster.ts';
import { DEPLOYMENT, NAMESPACE, POD, SECRET } from '../../src/providers/helm/confine/kinds.ts';
import type { HelmReactor } from '../../src/providers/helm/helm-reactor.ts';
import { HelmCommand } from '../../src/providers/helm/release/helm-command.ts';
import type { Observation, Order } from '../../src/providers/port.ts';
import { WEB_CHART } from '../support/chart-archives.ts';
import { HelmWorld, tenantCluster } from '../support/helm-world.ts';

// A tenant can break anything in its own namespace. That must neither hide other objects nor prevent a stop or an end.

let world: HelmWorld;

beforeAll(async () => {
  world = await HelmWorld.open();
});
afterAll(() => world.close());

const isStopped = (found: Observation) => found.kind === 'Present' && found.phase === 'Stopped';

/** Suspends a tenure and then ends it; expects its pods, and then everything, to be gone. */
async function expectSuspendedAndRemoved(reactor: HelmReactor, order: Order): Promise<void> {
  const { name: namespace } = order.identity;
  await reactor.stop(order.identity, await world.present(reactor, order), world.signal);
  await world.until(reactor, order, isStopped);
  expect((await world.client.list(POD, { namespace }, world.signal)).items).toEqual([]);
  await world.remove(reactor, order);
}

/** Writes a release record with this manifest, like helm does. */
async function forge(tenant: Cluster, order: Order, revision: number, manifest: string): Promise<void> {
  const { name: namespace } = order.identity;
  const release = { name: namespace, info: { status: 'deployed' }, manifest, version: revision, namespace };
  const packed = Buffer.from(gzipSync(JSON.stringify(release)).toString('base64')).toString('base64');
  const labels = { owner: 'helm', name: namespace, status: 'deployed', version: `${revision}` };
  const metadata = { namespace, name: `sh.helm.release.v1.${namespace}.v${revision}`, labels };
  await tenant.create(
    SECRET,
    { metadata, type: 'helm.sh/release.v1', data: { release: packed } } as Parameters<Cluster['create']>[1],
    world.signal,
  );
}

describe('a namespace whose contents cannot be read', () => {
  test('a value that YAML dialects read differently is compared as helm reads it', async () => {
    const reactor = world.reactor();
    const clock = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: clock}\ndata: {at: 12:30:45}\n';
    const order = await world.web({}, world.identity(), { ...WEB_CHART, 'templates/clock.yaml': clock });
    expect(await world.settle(reactor, order)).toMatchObject({ healthy: true, differences: [] });
    await expectSuspendedAndRemoved(reactor, order);
  });

  test('an object that the API server refuses to dry-run hides no other object and prevents no stop', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    await world.settle(reactor, order);
    const tenant = await world.asTenant(order);
    const web = WEB_CHART['templates/web.yaml']?.replace('{{ .Values.replicas }}', '1') ?? '';
    const [deployment] = web.split('---');
    await tenant.create(
      { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true },
      { metadata: { namespace: order.identity.name, name: 'odd' } },
      world.signal,
    );
    const odd = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd}\ndata: {number: 5}\n';
    await forge(tenant, order, 2, `${deployment}\n---\n${odd}`);
    const found = await world.present(reactor, order);
    expect(found).toMatchObject({ phase: 'Running', healthy: true });
    expect(found.message).toContain('ConfigMap odd could not be compared');
    await expectSuspendedAndRemoved(reactor, order);
  });

  test('a release record that was forged with a higher revision changes nothing, and is discarded', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    const { name: namespace } = order.identity;
    await world.settle(reactor, order);
    const tenant = await world.asTenant(order);
    const labels = { owner: 'helm', name: namespace };
    const name = `sh.helm.release.v1.${namespace}.v900`;
    await tenant.create(SECRET, { metadata: { namespace, name, labels } }, world.signal);
    const found = await world.present(reactor, order);
    expect(found).toMatchObject({ phase: 'Running', healthy: true });
    await reactor.update(order, found, world.signal);
    expect(await world.settle(reactor, order)).toMatchObject({ healthy: true, differences: [] });
    expect(await world.revisions(order)).toEqual(['1 deployed']);
  });

  test('a manifest that cannot be parsed leaves the health to the running objects and prevents no stop', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    await world.settle(reactor, order);
    await forge(await world.asTenant(order), order, 2, `[${','.repeat(100_000)}`);
    const found = await world.present(reactor, order);
    expect(found).toMatchObject({ phase: 'Running', healthy: true });
    expect(found.message).toContain('Deployment web could not be compared');
    await expectSuspendedAndRemoved(reactor, order);
  });

  test('a kind that is no longer served hides no other object and prevents no stop', async () => {
    const widgets = await serveWidgets();
    const reactor = world.reactor({ extraKinds: [widgets.kind] });
    const widget = `apiVersion: ${widgets.kind.apiVersion}\nkind: Widget\nmetadata: {name: w}\n`;
    const order = await world.web({}, world.identity(), { ...WEB_CHART, 'templates/widget.yaml': widget });
    await world.settle(reactor, order);
    await widgets.remove();
    const found = await world.until(
      reactor,
      order,
      (seen) => 'message' in seen && seen.message.includes('Widget w could not be looked at'),
    );
    expect(found).toMatchObject({ phase: 'Running', healthy: true, differences: [] });
    await expectSuspendedAndRemoved(reactor, order);
  });

  test('a workload whose changes the API server refuses still loses its pods', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    const { name: namespace } = order.identity;
    await world.settle(reactor, order);
    const { as, ...rest } = world.cluster;
    const stubborn = (cluster: Cluster): Cluster => ({
      find: (...call) => cluster.find(...call),
      list: (...call) => cluster.list(...call),
      create: (...call) => cluster.create(...call),
      apply: (...call) => cluster.apply(...call),
      // The API server refuses the patch, which sets an invalid field.
      mergePatch: (type, ref, _patch, signal) => cluster.mergePatch(type, ref, { spec: { replicas: 'none' } }, signal),
      delete: (...call) => cluster.delete(...call),
      request: (...call) => cluster.request(...call),
    });
    const hindered = world.reactor({}, { cluster: { ...rest, as: (token) => stubborn(as(token)) } });
    const step = await hindered.stop(order.identity, await world.present(reactor, order), world.signal);
    expect(step.message).toContain('Taking down the pods');
    await world.until(reactor, order, isStopped);
    expect((await world.client.list(POD, { namespace }, world.signal)).items).toEqual([]);
  });
});

describe('a refused upgrade', () => {
  const web = WEB_CHART['templates/web.yaml'] ?? '';
  // A selector is immutable.
  const other = { ...WEB_CHART, 'templates/web.yaml': web.replaceAll('app: web', 'app: other') };

  test('a refused upgrade is an error of the update, and the tenant is as healthy as before', async () => {
    const reactor = world.reactor();
    const before = await world.web();
    await world.settle(reactor, before);
    const order = await world.web({}, before.identity, other);
    const rejected = { code: 'ReleaseRejected', message: expect.stringContaining('immutable') };
    await expect(reactor.update(order, await world.present(reactor, order), world.signal)).rejects.toMatchObject(
      rejected,
    );
    expect(await world.revisions(order)).toEqual(['1 deployed', '2 failed']);
    const found = await world.present(reactor, order);
    expect(found).toMatchObject({ phase: 'Running', healthy: true });
    expect(found.differences[0]).toMatchObject({ what: 'Release revision 2' });
    // The consumer goes back to the previous order.
    expect(await world.settle(reactor, before)).toMatchObject({ healthy: true, differences: [] });
  });
});

describe('a lost leadership', () => {
  const lost: Fence = {
    assertHeld: () => {
      throw new LeadershipLostError();
    },
    remainingMs: () => 0,
  };

  test('an operator that has lost leadership creates, changes and removes nothing', async () => {
    const order = await world.web();
    const cluster = await tenantCluster(undefined, { fence: lost });
    const former = world.reactor({}, { cluster, helm: new HelmCommand({ fence: lost }) });
    await expect(former.create(order, undefined, world.signal)).rejects.toThrow(LeadershipLostError);
    expect(await world.client.find(NAMESPACE, { name: order.identity.name }, world.signal)).toBeUndefined();

    await world.settle(world.reactor(), order);
    const found = await world.present(world.reactor(), order);
    const next = await world.web({ replicas: 2 }, order.identity);
    const { name: namespace } = order.identity;
    const versions = async () => {
      const objects = await Promise.all([
        world.client.get(NAMESPACE, { name: namespace }, world.signal),
        world.client.get(DEPLOYMENT, { name: 'web', namespace }, world.signal),
      ]);
      return objects.map(({ metadata }) => metadata.resourceVersion);
    };
    const before = await versions();
    await expect(former.update(next, found, world.signal)).rejects.toThrow(LeadershipLostError);
    await expect(former.stop(order.identity, found, world.signal)).rejects.toThrow(LeadershipLostError);
    await expect(former.start(order, found, world.signal)).rejects.toThrow(LeadershipLostError);
    await expect(former.delete(order.identity, found, world.signal)).rejects.toThrow(LeadershipLostError);
    expect(await versions()).toEqual(before);
    expect(await world.revisions(order)).toEqual(['1 deployed']);
  });
});

/** Installs a kind, which the API server serves until it is removed. */
async function serveWidgets() {
  const definitions: Address = {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    namespaced: false,
  };
  const group = `g${Date.now()}.example.org`;
  const name = `widgets.${group}`;
  const definition = {
    metadata: { name },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  };
  await world.client.create(definitions, definition, world.signal);
  const widgets: Address = { group, version: 'v1', plural: 'widgets', kind: 'Widget', namespaced: true };
  await expect
    .poll(() => world.client.list(widgets, {}, world.signal).catch(() => undefined), { timeout: 10_000 })
    .toBeDefined();
  return {
    kind: { apiVersion: `${group}/v1`, kind: 'Widget', plural: 'widgets' },
    remove: () => world.client.delete(definitions, { name }, world.signal),
  };
}
