import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { NAMESPACE, POD, ROLE, ROLE_BINDING, SECRET } from '../../src/providers/helm/confine/kinds.ts';
import { podSecurityFinding } from '../../src/providers/helm/confine/pod-security.ts';
import { HelmWorld } from '../support/helm-world.ts';

let world: HelmWorld;

beforeAll(async () => {
  world = await HelmWorld.open();
});
afterAll(() => world.close());

describe('pod security', () => {
  const good = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
    capabilities: { drop: ['ALL'] },
  };
  const spec = (securityContext: object, container: object = {}, pod: object = {}) => ({
    containers: [{ name: 'a', image: 'x', securityContext, ...container }],
    ...pod,
  });
  const specs = [
    spec(good),
    spec({}),
    spec({ ...good, allowPrivilegeEscalation: true }),
    spec({ ...good, runAsUser: 0 }),
    spec({ ...good, runAsNonRoot: false }),
    spec({ ...good, seccompProfile: { type: 'Unconfined' } }),
    spec({ ...good, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }),
    spec({ ...good, capabilities: { drop: ['ALL'], add: ['CHOWN'] } }),
    spec({ ...good, capabilities: { add: ['SYS_ADMIN'] } }),
    spec(good, { ports: [{ containerPort: 80, hostPort: 80 }] }),
    spec(good, {}, { hostNetwork: true }),
    spec(good, {}, { hostPID: true }),
    spec(good, {}, { volumes: [{ name: 'a', hostPath: { path: '/' } }] }),
    spec(good, {}, { volumes: [{ name: 'a', nfs: { server: 'x', path: '/' } }] }),
    spec(good, {}, { volumes: [{ name: 'a', emptyDir: {} }] }),
    spec(good, {}, { securityContext: { runAsUser: 0 } }),
    spec(good, {}, { initContainers: [{ name: 'b', image: 'x' }] }),
    spec({ ...good, runAsUser: 0, runAsNonRoot: false }, {}, { hostUsers: false }),
    spec(
      { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      {},
      {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      },
    ),
  ];

  test.each(['restricted', 'baseline', 'privileged'] as const)(
    'our check of pod security %s agrees with the API server',
    async (level) => {
      const { client, signal } = world;
      const namespace = `pod-security-${level}-${world.identity().name}`;
      const labels = { 'pod-security.kubernetes.io/enforce': level };
      await client.create(NAMESPACE, { metadata: { name: namespace, labels } }, signal);
      const account = { ...SECRET, plural: 'serviceaccounts', kind: 'ServiceAccount' };
      await expect.poll(() => client.find(account, { namespace, name: 'default' }, signal)).toBeDefined();
      for (const [index, pod] of specs.entries()) {
        const manifest = { metadata: { namespace, name: `pod-${index}` }, spec: pod };
        const refusal = await world.cluster.operator
          .apply(POD, manifest, { fieldManager: 'test', force: true, dryRun: true }, signal)
          .then(() => undefined)
          .catch((error: Error) => error.message);
        const finding = podSecurityFinding(level, pod);
        const isRefused = refusal?.includes('violates PodSecurity') === true;
        expect(isRefused, `${JSON.stringify(pod)}: ${refusal} / ${JSON.stringify(finding)}`).toBe(
          finding !== undefined,
        );
      }
      await client.delete(NAMESPACE, { name: namespace }, signal);
    },
  );
});

describe('an operator', () => {
  test('an operator needs no more rights than those in config/rbac, and cannot read the data of tenants', async () => {
    const { client, signal } = world;
    const files = ['helm-tenant', 'helm-operator'].map(
      (name) => new URL(`../../config/rbac/${name}.yaml`, import.meta.url),
    );
    const [tenantRole, operatorRole] = await Promise.all(
      files.map(async (file) => parse(await readFile(file, 'utf8'))),
    );
    const clusterRole = { ...ROLE, plural: 'clusterroles', kind: 'ClusterRole', namespaced: false };
    const binding = { ...clusterRole, plural: 'clusterrolebindings', kind: 'ClusterRoleBinding' };
    const account = { ...SECRET, plural: 'serviceaccounts', kind: 'ServiceAccount' };
    const own = { fieldManager: 'test', force: true };
    const { name: namespace } = world.identity();
    await client.create(NAMESPACE, { metadata: { name: namespace } }, signal);
    for (const role of [tenantRole, operatorRole]) await world.cluster.operator.apply(clusterRole, role, own, signal);
    await client.create(account, { metadata: { namespace, name: 'operator' } }, signal);
    const subjects = [{ kind: 'ServiceAccount', namespace, name: 'operator' }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: operatorRole.metadata.name };
    await world.cluster.operator.apply(binding, { metadata: { name: namespace }, subjects, roleRef }, own, signal);

    const operator = world.cluster.as(await world.token(namespace, 'operator'));
    const reactor = world.reactor({ tenantClusterRole: 'dinfra-tenant' }, { cluster: { ...world.cluster, operator } });
    const order = await world.web({ replicas: 2 });
    await world.settle(reactor, order);
    await reactor.stop(order.identity, await world.present(reactor, order), signal);
    await world.until(reactor, order, (found) => 'phase' in found && found.phase === 'Stopped');
    await world.settle(reactor, order);
    await world.settle(reactor, await world.web({ replicas: 1 }, order.identity));

    const held = await reactor.listManaged(signal);
    expect(held).toContainEqual(expect.objectContaining({ marker: order.identity.marker }));

    const forbidden = { code: 'ClusterForbidden' };
    const inside = { namespace: order.identity.name };
    await expect(operator.list(SECRET, inside, signal)).rejects.toMatchObject(forbidden);
    await expect(operator.list(POD, inside, signal)).rejects.toMatchObject(forbidden);
    const more = { metadata: { ...inside, name: 'more' }, subjects, roleRef: { ...roleRef, name: 'cluster-admin' } };
    await expect(operator.create(ROLE_BINDING, more, signal)).rejects.toMatchObject(forbidden);
    const token = {
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/operator/token`,
      body: {},
      attempt: 'get a token',
    } as const;
    await expect(operator.request(token, signal)).rejects.toMatchObject(forbidden);

    await world.remove(reactor, order);
    await client.delete(NAMESPACE, { name: namespace }, signal);
    await client.delete(binding, { name: namespace }, signal);
  });
});
