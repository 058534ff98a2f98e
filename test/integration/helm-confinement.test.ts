import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  NAMESPACE,
  NETWORK_POLICY,
  POD,
  RESOURCE_QUOTA,
  ROLE,
  SECRET,
} from '../../src/providers/helm/confine/kinds.ts';
import { at } from '../../src/providers/helm/json-fields.ts';
import type { Observation } from '../../src/providers/port.ts';
import { chartArchive, WEB_CHART } from '../support/chart-archives.ts';
import { startChartRepository } from '../support/chart-repository.ts';
import { HelmWorld } from '../support/helm-world.ts';
import type { HttpHost } from '../support/http-host.ts';
import { type OciRegistry, startOciRegistry } from '../support/oci-registry.ts';

let world: HelmWorld;
let repository: HttpHost;
let registry: OciRegistry;

beforeAll(async () => {
  world = await HelmWorld.open();
  const archive = await chartArchive(WEB_CHART, { name: 'web', version: '1.2.3' });
  repository = await startChartRepository([{ name: 'web', version: '1.2.3', archive }]);
  registry = await startOciRegistry({ repository: 'charts/web', tag: '1.2.3', archive, wantsToken: true });
});
afterAll(async () => {
  await world.close();
  await repository.close();
  await registry.close();
});

const local = () => ({ charts: { plainHttpHosts: [repository.host, registry.host], privateAddresses: true } });
const configMap = (name: string, data: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: ${data}\n`;
const checking = async (files: Readonly<Record<string, string>>, values = {}) =>
  world.reactor().check(await world.web(values, world.identity(), files), world.signal);

describe('a chart outside of the descriptor', () => {
  test('a chart is installed from a repository', async () => {
    const order = world.order({ chart: { repository: `${repository.origin}/charts`, name: 'web', version: '1.2.3' } });
    expect(await world.settle(world.reactor(local()), order)).toMatchObject({ healthy: true });
  });

  test('a chart is installed from a registry', async () => {
    const order = world.order({ chart: { oci: `oci://${registry.host}/charts/web`, version: '1.2.3' } });
    expect(await world.settle(world.reactor(local()), order)).toMatchObject({ healthy: true });
  });

  test('a chart that its repository does not have leaves no namespace behind', async () => {
    const order = world.order({ chart: { repository: `${repository.origin}/charts`, name: 'web', version: '9.9.9' } });
    const reactor = world.reactor(local());
    const missing = { code: 'ChartNotFound', path: '/chart/version' };
    await expect(reactor.check(order, world.signal)).rejects.toMatchObject(missing);
    await expect(reactor.create(order, undefined, world.signal)).rejects.toMatchObject(missing);
    expect(await world.observe(reactor, order)).toEqual({ kind: 'Absent' });
  });
});

describe('a chart is refused before anything is created', () => {
  test('a chart is refused before anything is created when its values do not fit its own schema', async () => {
    await expect(checking(WEB_CHART, { replicas: 'three' })).rejects.toMatchObject({
      code: 'ChartValuesInvalid',
      path: '/values',
      message: expect.stringMatching(/replicas.*got string, want integer/),
    });
  });

  test('a chart is refused before anything is created when it requires a value that is missing', async () => {
    const files = { 'templates/a.yaml': configMap('a', '{x: {{ required "a name is required" .Values.name }}}') };
    await expect(checking(files)).rejects.toMatchObject({
      code: 'ChartValuesInvalid',
      message: expect.stringContaining('a name is required'),
    });
  });

  test.each([
    ['cannot be parsed', '{{ if }}'],
    ['does not end', '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}'],
    ['reads a file outside the chart', '{{ tpl (.Files.Get "/etc/passwd" | required "no such file") . }}'],
    ['reads the environment', '{{ env "KUBECONFIG" }}'],
  ])('a chart is refused before anything is created when its template %s', async (_, template) => {
    await expect(checking({ 'templates/a.yaml': template })).rejects.toMatchObject({ family: 'terminal' });
  });

  test.each([
    ['that is cluster-scoped', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}', 'ChartForbiddenKind'],
    [
      'in another namespace',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: default}',
      'ChartForbiddenKind',
    ],
    [
      'that confines its tenant',
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x}',
      'ChartForbiddenKind',
    ],
    [
      'that is a hook',
      'apiVersion: batch/v1\nkind: Job\nmetadata: {name: x, annotations: {helm.sh/hook: pre-install}}',
      'ChartForbiddenField',
    ],
  ])('a chart is refused before anything is created when it has an object %s', async (_, object, code) => {
    await expect(checking({ 'templates/a.yaml': object })).rejects.toMatchObject({ code, path: '/chart' });
  });

  test('a chart is refused before anything is created when its template exceeds the memory limit, and no other chart is affected', async () => {
    const bomb = '{{ range until 2000000000 }}x{{ end }}';
    const [bombed, other] = await Promise.allSettled([checking({ 'templates/a.yaml': bomb }), checking(WEB_CHART)]);
    expect(bombed).toMatchObject({ status: 'rejected', reason: { code: 'ChartTooLarge', path: '/chart' } });
    expect(other.status).toBe('fulfilled');
  });

  test('a chart is refused before anything is created when its rendered size exceeds the limit', async () => {
    const flood = configMap('a', '{x: {{ repeat 1000000 "x" }}}');
    await expect(checking({ 'templates/a.yaml': flood })).rejects.toMatchObject({ code: 'ChartTooLarge' });
  });

  test('a chart is refused before anything is created when its release would not fit in a Secret', async () => {
    const noise = Array.from({ length: 1_100_000 }, () =>
      String.fromCharCode(33 + Math.floor(Math.random() * 90)),
    ).join('');
    const archive = await chartArchive({ 'templates/a.yaml': configMap('a', '{}'), 'files/noise': noise });
    const host = await startChartRepository([{ name: 'big', version: '1.0.0', archive }]);
    const reactor = world.reactor({ charts: { plainHttpHosts: [host.host], privateAddresses: true } });
    const order = world.order({ chart: { repository: `${host.origin}/charts`, name: 'big', version: '1.0.0' } });
    await expect(reactor.check(order, world.signal)).rejects.toMatchObject({ code: 'ReleaseTooLarge', path: '/chart' });
    await host.close();
  });

  test('a chart is refused before anything is created when it requires another version of Kubernetes', async () => {
    const files = { ...WEB_CHART, 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\nkubeVersion: ">=99.0.0"' };
    await expect(checking(files)).rejects.toMatchObject({
      code: 'ChartInvalid',
      message: expect.stringContaining('kubeVersion'),
    });
  });

  test('a chart is refused before anything is created when its subcharts are missing', async () => {
    const chart =
      'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: db, version: 1.0.0, repository: "https://example.org"}]';
    await expect(checking({ ...WEB_CHART, 'Chart.yaml': chart })).rejects.toMatchObject({ code: 'ChartInvalid' });
  });
});

describe('a tenant', () => {
  test('a tenant can do what charts do in its own namespace, and nothing to its confining objects or elsewhere', async () => {
    const order = await world.web();
    const { name: namespace } = order.identity;
    await world.settle(world.reactor(), order);
    const tenant = await world.asTenant(order);
    const { signal } = world;
    const forbidden = { code: 'ClusterForbidden' };
    expect((await tenant.list(POD, { namespace }, signal)).items).toHaveLength(1);
    await expect(tenant.list(SECRET, { namespace: 'kube-system' }, signal)).rejects.toMatchObject(forbidden);
    await expect(tenant.list(NAMESPACE, {}, signal)).rejects.toMatchObject(forbidden);
    const confinement = { namespace, name: 'dinfra-confinement' };
    await expect(tenant.delete(NETWORK_POLICY, confinement, signal)).rejects.toMatchObject(forbidden);
    await expect(tenant.delete(RESOURCE_QUOTA, confinement, signal)).rejects.toMatchObject(forbidden);
    await expect(tenant.delete(NAMESPACE, { name: namespace }, signal)).rejects.toMatchObject(forbidden);
    const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
    await expect(
      tenant.mergePatch(NAMESPACE, { name: namespace }, { metadata: { labels } }, signal),
    ).rejects.toMatchObject(forbidden);
    // Nor can it grant itself the right.
    const rules = [{ apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['*'] }];
    const role = { metadata: { namespace, name: 'more' }, rules };
    await expect(tenant.create(ROLE, role, signal)).rejects.toMatchObject(forbidden);
  });

  test('a tenant cannot read objects of others with a template, even if it renders differently during the install', async () => {
    const files = {
      'templates/a.yaml': configMap('a', '{found: {{ lookup "v1" "Secret" "kube-system" "" | toJson | quote }}}'),
    };
    const order = await world.web({}, world.identity(), files);
    await expect(world.reactor().create(order, undefined, world.signal)).rejects.toMatchObject({
      code: 'ReleaseRejected',
      message: expect.stringContaining('forbidden'),
    });
  });

  test('a tenant cannot create cluster-scoped objects with a template that renders them only during the install', async () => {
    const hidden = `{{ if lookup "v1" "ServiceAccount" .Release.Namespace "dinfra-tenant" }}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: escaped}
{{ end }}`;
    const order = await world.web({}, world.identity(), { 'templates/a.yaml': hidden });
    const reactor = world.reactor();
    await reactor.check(order, world.signal);
    await expect(reactor.create(order, undefined, world.signal)).rejects.toMatchObject({
      code: 'ReleaseRejected',
      message: expect.stringContaining('forbidden'),
    });
  });

  test('a tenant whose pods violate pod security only after the install is unhealthy, and the message says why', async () => {
    const isInstalled = '(lookup "v1" "ServiceAccount" .Release.Namespace "dinfra-tenant")';
    const web = WEB_CHART['templates/web.yaml'] ?? '';
    const hidden = web.replace(
      'runAsNonRoot: true',
      `runAsNonRoot: {{ if ${isInstalled} }}false{{ else }}true{{ end }}`,
    );
    const asSet = hidden.replace('kind: Deployment', 'kind: StatefulSet').replace('spec:', 'spec:\n  serviceName: web');
    for (const template of [hidden, asSet]) {
      const reactor = world.reactor();
      const order = await world.web({}, world.identity(), { ...WEB_CHART, 'templates/web.yaml': template });
      await reactor.create(order, undefined, world.signal);
      const isTold = (seen: Observation) =>
        'message' in seen && seen.message.includes('violates PodSecurity "restricted');
      expect(await world.until(reactor, order, isTold)).toMatchObject({ phase: 'Running', healthy: false });
    }
  });

  test('a tenant that has broken the record of its release gets a new one', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    const { name: namespace } = order.identity;
    await world.settle(reactor, order);
    const tenant = await world.asTenant(order);
    const record = { namespace, name: `sh.helm.release.v1.${namespace}.v1` };
    const lie = { data: { release: Buffer.from('not a release').toString('base64') } };
    await tenant.mergePatch(SECRET, record, lie, world.signal);
    expect(await world.present(reactor, order)).toMatchObject({ phase: 'Partial' });
    await world.settle(reactor, order);
    expect(await world.revisions(order)).toEqual(['1 deployed']);
  });

  test('an ended tenant leaves no object in its namespace, whether or not helm knows it', async () => {
    const reactor = world.reactor();
    const order = await world.web();
    const { name: namespace } = order.identity;
    await world.settle(reactor, order);
    const tenant = await world.asTenant(order);
    await tenant.create(SECRET, { metadata: { namespace, name: 'mine' } }, world.signal);
    await world.remove(reactor, order);
    expect(at(await world.client.find(NAMESPACE, { name: namespace }, world.signal), 'metadata')).toBeUndefined();
  });
});
