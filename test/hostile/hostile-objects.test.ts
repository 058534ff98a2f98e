import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import type { Address } from '../../src/providers/helm/cluster.ts';
import { tenantKinds } from '../../src/providers/helm/confine/kinds.ts';
import type { Order } from '../../src/providers/port.ts';
import { HelmWorld } from '../support/helm-world.ts';
import { installTenantPolicies } from '../support/tenant-policies.ts';

/** The attack.yaml of a folder of attacks/, about its object.yaml. */
interface Attack {
  /** What the object tries to do. */
  readonly what: string;
  /** The refusal before anything is created. If omitted, the object is only contained. */
  readonly refusal?: { readonly code: string; readonly message: string };
  /** The API server's message for the tenant's own account. If omitted, the object does no harm there. */
  readonly apiServer?: string;
}

const folder = new URL('attacks/', import.meta.url);
const attacks = readdirSync(folder).map((name) => {
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, folder), 'utf8');
  return { name, manifest: read('object.yaml'), ...(parse(read('attack.yaml')) as Attack) };
});

const CONFIG_MAP: Address = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };
const ref = (name: string) => ({ namespace: home.identity.name, name });

let world: HelmWorld;
let home: Order;
beforeAll(async () => {
  world = await HelmWorld.open();
  await installTenantPolicies('default');
  home = await world.web();
  await world.settle(world.reactor(), home);
  // A policy takes effect shortly after it is created.
  const forbidden = { metadata: { ...ref('held'), finalizers: ['example.org/mine'] } };
  const tenant = await world.asTenant(home);
  const { signal } = world;
  await vi.waitUntil(
    () =>
      tenant.apply(CONFIG_MAP, forbidden, { fieldManager: 'test', force: true, dryRun: true }, signal).then(
        () => false,
        () => true,
      ),
    { timeout: 30_000, interval: 200 },
  );
});
afterAll(() => world.close());

test('there are at least sixty attacks by objects of a chart', () => {
  expect(attacks.length).toBeGreaterThanOrEqual(60);
});

test('an ordinary chart is installed, changed and removed under the tenant policies', async () => {
  const order = await world.web();
  const reactor = world.reactor();
  expect(await world.settle(reactor, order)).toMatchObject({ healthy: true });
  const changed = await world.web({ replicas: 2 }, order.identity);
  expect(await world.settle(reactor, changed)).toMatchObject({ healthy: true, differences: [] });
  await world.remove(reactor, changed);
});

describe.each(attacks.filter(({ refusal }) => refusal !== undefined))('$what', ({ manifest, refusal }) => {
  test('a hostile object is refused with its reason before anything is created', async () => {
    const order = await world.web({}, world.identity(), { 'templates/attack.yaml': manifest });
    await expect(world.reactor().check(order, world.signal)).rejects.toMatchObject({
      family: 'terminal',
      code: refusal?.code,
      path: '/chart',
      message: expect.stringMatching(new RegExp(refusal?.message ?? '', 'i')),
    });
  });
});

describe.each(attacks.filter(({ apiServer }) => apiServer !== undefined))(
  '$what',
  ({ name: attack, manifest, apiServer }) => {
    test('a hostile object that a chart renders only during the install is refused by the API server', async () => {
      const tenant = await world.asTenant(home);
      const object = parse(manifest);
      const { name: namespace } = home.identity;
      const name = `attack-${attack}`;
      const given = {
        ...object,
        metadata: {
          namespace,
          ...object.metadata,
          name: object.metadata.name === 'attack' ? name : object.metadata.name,
        },
      };
      await expect(tenant.create(addressFor(object), given, world.signal)).rejects.toMatchObject({
        message: expect.stringMatching(new RegExp(apiServer ?? '', 'i')),
      });
    });
  },
);

/** The API address of a kind, even if tenants may not have it. */
function addressFor({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Address {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const known = tenantKinds([]).find((address) => address.kind === kind && address.group === group);
  const lower = kind.toLowerCase();
  const plural = lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : lower.endsWith('s') ? `${lower}es` : `${lower}s`;
  return known ?? { group, version, plural, kind, namespaced: true };
}
