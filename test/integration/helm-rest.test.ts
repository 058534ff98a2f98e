import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MetadataWatches } from '../../src/kube/cache/metadata-watches.ts';
import type { KubeClientOptions } from '../../src/kube/client/kube-client.ts';
import type { TenantCluster } from '../../src/providers/helm/cluster.ts';
import { DEPLOYMENT, NETWORK_POLICY, SERVICE } from '../../src/providers/helm/confine/kinds.ts';
import type { HelmReactor, HelmReactorOptions } from '../../src/providers/helm/helm-reactor.ts';
import { HelmCommand } from '../../src/providers/helm/release/helm-command.ts';
import type { Order } from '../../src/providers/port.ts';
import { HelmWorld, tenantCluster } from '../support/helm-world.ts';

// An observation at rest costs nothing, and still misses no change.

let world: HelmWorld;
let cluster: TenantCluster;
let requests = 0;

beforeAll(async () => {
  const onReply: KubeClientOptions['onReply'] = () => {
    requests += 1;
  };
  const tenants = await tenantCluster(undefined, { onReply });
  const watches = new MetadataWatches(tenants.operator);
  cluster = { ...tenants, follow: (...call) => watches.follow(...call) };
  world = await HelmWorld.open(tenants);
});
afterAll(() => world.close());

/** A reactor with the operator's cache durations. */
const reactorWith = (options: Partial<HelmReactorOptions> = {}) =>
  world.reactor({}, { cluster, auditEveryMs: 1_800_000, ...options });

/** Observes until an observation costs nothing. */
async function rest(reactor: HelmReactor, order: Order): Promise<void> {
  await world.settle(reactor, order);
  await expect
    .poll(async () => {
      const before = requests;
      await world.observe(reactor, order);
      return requests - before;
    })
    .toBe(0);
}

describe('a tenure at rest', () => {
  test('observing a tenure at rest costs no request and no process', async () => {
    const helm = new HelmCommand();
    const reactor = reactorWith({ helm });
    const order = await world.web();
    await rest(reactor, order);
    const before = { requests, processes: helm.processes };
    for (let round = 0; round < 50; round++) {
      expect(await world.present(reactor, order)).toMatchObject({ phase: 'Running', healthy: true, differences: [] });
    }
    // Bookmarks of the watches arrive on open connections.
    expect({ requests, processes: helm.processes }).toEqual(before);
  });

  test('a change by another writer is found by the next observation', async () => {
    const reactor = reactorWith();
    const order = await world.web();
    const { name: namespace } = order.identity;
    const ref = { namespace, name: 'web' };
    const differences = async () => (await world.present(reactor, order)).differences.map(({ what }) => what);
    await rest(reactor, order);
    await world.client.mergePatch(DEPLOYMENT, ref, { spec: { replicas: 3 } }, world.signal);
    await expect.poll(differences, { timeout: 5_000 }).toEqual(['Deployment web']);
    await rest(reactor, order);
    await world.client.delete(SERVICE, ref, world.signal);
    await expect.poll(differences, { timeout: 5_000 }).toEqual(['Service web']);
    await rest(reactor, order);
    await world.client.delete(NETWORK_POLICY, { namespace, name: 'dinfra-confinement' }, world.signal);
    await expect.poll(differences, { timeout: 5_000 }).toEqual(['NetworkPolicy dinfra-confinement']);
    await rest(reactor, order);
    await world.client.delete(
      { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false },
      { name: namespace },
      world.signal,
    );
    await world.until(reactor, order, ({ kind }) => kind === 'Absent');
  });

  test('without the right to watch everything is read, with the same result', async () => {
    const blind = { isCurrent: () => false, versionOf: () => undefined };
    const reactor = reactorWith({ cluster: { ...cluster, follow: () => blind } });
    const order = await world.web();
    await world.settle(reactor, order);
    const ref = { namespace: order.identity.name, name: 'web' };
    await world.client.mergePatch(DEPLOYMENT, ref, { spec: { replicas: 3 } }, world.signal);
    expect((await world.present(reactor, order)).differences).toEqual([
      { what: 'Deployment web', detail: 'spec.replicas is not as the chart has it' },
    ]);
  });
});

describe('many tenures of one chart', () => {
  test('identical orders are rendered once, and each tenure is installed by one process', async () => {
    const helm = new HelmCommand();
    const reactor = reactorWith({ helm });
    const orders = await Promise.all(Array.from({ length: 5 }, () => world.web({ replicas: 0 })));
    const realise = async (order: Order) => {
      await reactor.check(order, world.signal);
      await reactor.create(order, undefined, world.signal);
    };
    await Promise.all(orders.map(realise));
    // One for each tenure, one to render, one for the version.
    expect(helm.processes).toBe(orders.length + 2);
    for (const order of orders) expect(await world.revisions(order)).toEqual(['1 deployed']);
  });
});
