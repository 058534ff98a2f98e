import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DEPLOYMENT,
  NAMESPACE,
  NETWORK_POLICY,
  POD,
  RESOURCE_QUOTA,
  SERVICE,
} from '../../src/providers/helm/confine/kinds.ts';
import { at } from '../../src/providers/helm/json-fields.ts';
import { WEB_CHART } from '../support/chart-archives.ts';
import { HelmWorld } from '../support/helm-world.ts';

let world: HelmWorld;

beforeAll(async () => {
  world = await HelmWorld.open();
});
afterAll(() => world.close());

describe('a tenure', () => {
  test('a tenure is created, becomes ready, reports its endpoints, and leaves nothing behind when it ends', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    const { name } = order.identity;
    await reactor.check(order, world.signal);
    expect(await world.observe(reactor, order)).toEqual({ kind: 'Absent' });
    expect(await world.settle(reactor, order)).toMatchObject({
      phase: 'Running',
      healthy: true,
      message: 'all 3 objects are up',
      endpoints: [{ name: 'http', address: `web.${name}.svc:80` }],
    });
    expect(await world.revisions(order)).toEqual(['1 deployed']);
    await world.remove(reactor, order);
    expect(await world.client.find(NAMESPACE, { name }, world.signal)).toBeUndefined();
  });

  test('a tenure is created from the unchanged sample descriptor', async () => {
    const reactor = world.reactor();
    const sample = new URL('../../config/samples/descriptors/substrate-node-helm.json', import.meta.url);
    const order = world.order(JSON.parse(await readFile(sample, 'utf8')));
    await reactor.check(order, world.signal);
    await reactor.create(order, undefined, world.signal);
    const found = await world.present(reactor, order);
    expect(found).toMatchObject({ phase: 'Running', differences: [] });
    expect(found.endpoints).toContainEqual({ name: 'rpc', address: `ws://node.${order.identity.name}.svc:9944` });
    // Its pod passes pod security `restricted`.
    await expect
      .poll(async () => (await world.client.list(POD, { namespace: order.identity.name }, world.signal)).items.length)
      .toBe(1);
    await world.remove(reactor, order);
  });

  test('a tenure is created once, however often create is called', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    for (let round = 0; round < 3; round++) await reactor.create(order, undefined, world.signal);
    expect(await world.revisions(order)).toEqual(['1 deployed']);
  });

  test('a new order upgrades the release of a tenure, without any values of the previous order', async () => {
    const reactor = world.reactor();
    const first = await world.web({ replicas: 2, greeting: 'good morning' });
    await world.settle(reactor, first);
    const second = await world.web({ replicas: 3 }, first.identity);
    expect(await world.present(reactor, second)).toMatchObject({
      phase: 'Running',
      differences: [{ what: 'Release revision 1' }],
    });
    await world.settle(reactor, second);
    expect(await world.replicas(second)).toBe(3);
    const { client, signal } = world;
    const { name: namespace } = first.identity;
    const greeting = await client.get(
      { ...SERVICE, plural: 'configmaps', kind: 'ConfigMap' },
      { namespace, name: 'greeting' },
      signal,
    );
    expect(at(greeting, 'data', 'greeting')).toBe('hello');
    expect(await world.revisions(second)).toEqual(['1 superseded', '2 deployed']);
  });

  test('a tenure can be observed without its order', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    await world.settle(reactor, order);
    expect(await reactor.observe(order.identity, undefined, undefined, world.signal)).toMatchObject({
      phase: 'Running',
      healthy: true,
      differences: [],
    });
  });

  test('a tenure is up only when its pods are', async () => {
    const reactor = world.reactor();
    const order = await world.web({ replicas: 30 });
    await reactor.create(order, undefined, world.signal);
    // The quota has room for twenty pods.
    const found = await world.until(
      reactor,
      order,
      (seen) => 'message' in seen && seen.message.includes('exceeded quota'),
    );
    expect(found).toMatchObject({ phase: 'Running', healthy: false });
  });
});

describe('drift', () => {
  test('drift of an object is found, and corrected with the installed chart', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    const { name: namespace } = order.identity;
    await world.settle(reactor, order);
    await world.client.delete(SERVICE, { namespace, name: 'web' }, world.signal);
    await world.client.mergePatch(DEPLOYMENT, { namespace, name: 'web' }, { spec: { replicas: 4 } }, world.signal);
    const found = await world.present(reactor, order);
    expect(found.differences).toEqual([
      { what: 'Service web', detail: 'is in the chart and does not exist' },
      { what: 'Deployment web', detail: 'spec.replicas is not as the chart has it' },
    ]);
    await reactor.update(order, found, world.signal);
    expect((await world.settle(reactor, order)).differences).toEqual([]);
    expect(await world.replicas(order)).toBe(1);
    expect(await world.revisions(order)).toEqual(['1 superseded', '2 deployed']);
  });

  test('a changed confining object is corrected without touching the release', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    const ref = { namespace: order.identity.name, name: 'dinfra-confinement' };
    await world.settle(reactor, order);
    await world.client.delete(NETWORK_POLICY, ref, world.signal);
    await world.client.mergePatch(RESOURCE_QUOTA, ref, { spec: { hard: { pods: '9000' } } }, world.signal);
    const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
    await world.client.mergePatch(NAMESPACE, { name: ref.namespace }, { metadata: { labels } }, world.signal);
    const found = await world.present(reactor, order);
    expect(found.differences.map(({ what }) => what)).toEqual([
      `Namespace ${ref.namespace}`,
      'ResourceQuota dinfra-confinement',
      'NetworkPolicy dinfra-confinement',
    ]);
    await reactor.update(order, found, world.signal);
    expect((await world.present(reactor, order)).differences).toEqual([]);
    expect(await world.revisions(order)).toEqual(['1 deployed']);
  });

  test('a change of a field that is not in the chart is no drift', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    const ref = { namespace: order.identity.name, name: 'web' };
    await world.settle(reactor, order);
    await world.client.mergePatch(DEPLOYMENT, ref, { metadata: { annotations: { note: 'mine' } } }, world.signal);
    expect((await world.present(reactor, order)).differences).toEqual([]);
  });
});

describe('a suspended tenure', () => {
  test('a suspended tenure has no pods, keeps everything else, and is restored on resume', async () => {
    const reactor = world.reactor();
    const order = await world.web({ replicas: 2 });
    const { name: namespace } = order.identity;
    await world.settle(reactor, order);
    await reactor.stop(order.identity, await world.present(reactor, order), world.signal);
    const stopped = await world.until(reactor, order, (found) => 'phase' in found && found.phase === 'Stopped');
    expect(stopped).toMatchObject({ healthy: false, differences: [] });
    expect((await world.client.list(POD, { namespace }, world.signal)).items).toEqual([]);
    await reactor.start(order, await world.present(reactor, order), world.signal);
    await world.settle(reactor, order);
    expect(await world.replicas(order)).toBe(2);
    expect(await world.revisions(order)).toEqual(['1 deployed']);
  });

  test('a suspended tenure stays stopped, whatever the tenant tries', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    const { name: namespace } = order.identity;
    await world.settle(reactor, order);
    const tenant = await world.asTenant(order);
    await reactor.stop(order.identity, await world.present(reactor, order), world.signal);
    await world.until(reactor, order, (found) => 'phase' in found && found.phase === 'Stopped');
    await tenant.mergePatch(DEPLOYMENT, { namespace, name: 'web' }, { spec: { replicas: 1 } }, world.signal);
    const quota = { namespace, name: 'dinfra-confinement' };
    await expect(tenant.mergePatch(RESOURCE_QUOTA, quota, { spec: null }, world.signal)).rejects.toMatchObject({
      code: 'ClusterForbidden',
    });
    await world.until(reactor, order, () => true);
    expect((await world.client.list(POD, { namespace }, world.signal)).items).toEqual([]);
  });

  test('an interrupted stop is completed, or undone if the tenure is resumed', async () => {
    const reactor = world.reactor();
    const order = await world.web({ replicas: 2 });
    const { name } = order.identity;
    await world.settle(reactor, order);
    const annotations = { 'dinfra.io/stopped': 'true' };
    await world.client.mergePatch(NAMESPACE, { name }, { metadata: { annotations } }, world.signal);
    const cut = await world.present(reactor, order);
    expect(cut).toMatchObject({ phase: 'Running', healthy: false });
    expect(cut.differences).toContainEqual({ what: 'Stop', detail: 'is under way: 2 pods are left' });
    await reactor.update(order, cut, world.signal);
    expect(await world.settle(reactor, order)).toMatchObject({ phase: 'Running', healthy: true });
    expect(await world.replicas(order)).toBe(2);
  });
});

describe('a namespace that is not ours', () => {
  test.each([
    ['has no marker', {}],
    ['has the marker of another tenure', { 'dinfra.io/marker': `dinfra:0x${'00'.repeat(32)}:1:1` }],
  ])('a namespace that is not ours and %s is not touched', async (_, annotations) => {
    const reactor = world.reactor();
    const order = await world.web();
    const { name } = order.identity;
    const before = await world.client.create(NAMESPACE, { metadata: { name, annotations } }, world.signal);
    const refused = { code: 'NotOurs', family: 'refused', message: expect.stringContaining(name) };
    const present = {
      kind: 'Present',
      phase: 'Running',
      healthy: true,
      message: '',
      differences: [],
      endpoints: [],
    } as const;
    await expect(world.observe(reactor, order)).rejects.toMatchObject(refused);
    await expect(reactor.create(order, undefined, world.signal)).rejects.toMatchObject(refused);
    await expect(reactor.update(order, present, world.signal)).rejects.toMatchObject(refused);
    await expect(reactor.stop(order.identity, present, world.signal)).rejects.toMatchObject(refused);
    await expect(reactor.start(order, present, world.signal)).rejects.toMatchObject(refused);
    await expect(reactor.delete(order.identity, present, world.signal)).rejects.toMatchObject(refused);
    const after = await world.client.get(NAMESPACE, { name }, world.signal);
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    await world.client.delete(NAMESPACE, { name }, world.signal);
  });
});

describe('a terminating namespace', () => {
  test('nothing is created in a terminating namespace until it is gone', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    const ref = { namespace: order.identity.name, name: 'web' };
    await world.settle(reactor, order);
    // A finalizer of Kubernetes itself, which the operator waits for.
    const finalizers = ['service.kubernetes.io/load-balancer-cleanup'];
    await world.client.mergePatch(SERVICE, ref, { metadata: { finalizers } }, world.signal);
    await world.client.delete(NAMESPACE, { name: order.identity.name }, world.signal);
    const busy = await world.until(
      reactor,
      order,
      (found) => found.kind === 'Busy' && found.what.includes('load-balancer-cleanup'),
    );
    expect(busy).toMatchObject({ what: expect.stringContaining('finalizers remaining') });
    await expect(reactor.create(order, undefined, world.signal)).rejects.toMatchObject({
      code: 'NamespaceTerminating',
    });
    await world.client.mergePatch(SERVICE, ref, { metadata: { finalizers: null } }, world.signal);
    await world.until(reactor, order, (found) => found.kind === 'Absent');
  });

  test('pods with a grace period of ten minutes and objects with finalizers are gone soon after the end', async () => {
    const web = (WEB_CHART['templates/web.yaml'] ?? '').replace(
      'automountServiceAccountToken',
      'terminationGracePeriodSeconds: 600\n      automountServiceAccountToken',
    );
    // Twenty times as fast as the system's clock.
    const reactor = world.reactor({}, { now: () => performance.now() * 20 });
    const order = await world.web({}, world.identity(), { ...WEB_CHART, 'templates/web.yaml': web });
    const { name: namespace } = order.identity;
    await world.settle(reactor, order);
    const { items } = await world.client.list(POD, { namespace }, world.signal);
    expect(items).toHaveLength(1);
    const held = { metadata: { finalizers: ['example.org/mine'] } };
    for (const { metadata } of items) await world.client.mergePatch(POD, metadata, held, world.signal);
    await world.client.mergePatch(SERVICE, { namespace, name: 'web' }, held, world.signal);
    await world.remove(reactor, order);
    expect(await world.observe(reactor, order)).toEqual({ kind: 'Absent' });
  });
});
