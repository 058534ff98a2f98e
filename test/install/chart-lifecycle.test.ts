import { readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { OperatorProcess } from '../../dev/operator-process.ts';
import { chart, EmptyCluster, fourValues, set } from '../support/chart.ts';

let cluster: EmptyCluster;
beforeAll(async () => {
  cluster = await EmptyCluster.start();
  for (const namespace of ['acme', 'other', 'victim']) await cluster.run('kubectl', ['create', 'namespace', namespace]);
  await cluster.run('kubectl', ['label', 'namespace', 'acme', 'pod-security.kubernetes.io/enforce=restricted']);
  await cluster.run('kubectl', ['-n', 'acme', 'create', 'secret', 'generic', 'account', '--from-literal=suri=//Bob']);
}, 120_000);
const operators: OperatorProcess[] = [];
afterAll(async () => {
  await Promise.all(operators.map((operator) => operator.stop()));
  await cluster?.stop();
});

const install = (args: readonly string[] = []) =>
  cluster.run('helm', ['-n', 'acme', 'upgrade', '--install', 'acme', chart, ...fourValues, ...args]);
/** The kinds are those of a release by then: their fields are taken over. */
const applyOver = ['apply', '--server-side', '--force-conflicts'];
const uidOf = async (type: string, name: string) =>
  (await cluster.object<{ metadata: { uid: string } }>(['-n', 'acme', type, name])).metadata.uid;

test('one helm install with four values gives a Provider, its Reactor, and two replicas', async () => {
  const notes = await install();
  expect(notes).toContain('kubectl -n acme wait --for=condition=Ready provider/acme');
  expect(await uidOf('dprov', 'acme')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await uidOf('dreactor', 'cluster')).toMatch(/^[0-9a-f-]{36}$/);
  const { spec } = await cluster.object<{ spec: { replicas: number } }>([
    '-n',
    'acme',
    'deploy',
    'acme-dinfra-operator',
  ]);
  expect(spec.replicas).toBe(2);
});

test('its pods are admitted in a namespace that enforces pod security restricted', async () => {
  await cluster.run('kubectl', ['-n', 'acme', 'rollout', 'status', 'deploy/acme-dinfra-operator', '--timeout=60s']);
});

test('an upgrade, a refused upgrade, a rollback, an uninstall and a reinstall leave the Provider and the kinds as they are', async () => {
  const before = await Promise.all([uidOf('dprov', 'acme'), uidOf('crd', 'deployments.dinfra.io')]);
  await install(set({ 'provider.paused': true }));
  const refused = await cluster.helm([
    '-n',
    'acme',
    'upgrade',
    'acme',
    chart,
    ...fourValues,
    '--set',
    'provider.endpoints={ws://a:1,ws://a:1}',
  ]);
  expect(refused).toMatchObject({ ok: false });
  await cluster.run('helm', ['-n', 'acme', 'rollback', 'acme', '1']);
  await install(set({ 'crds.enabled': false }));
  await cluster.run('helm', ['-n', 'acme', 'uninstall', 'acme']);
  expect(await Promise.all([uidOf('dprov', 'acme'), uidOf('crd', 'deployments.dinfra.io')])).toEqual(before);
  await install();
  expect(await Promise.all([uidOf('dprov', 'acme'), uidOf('crd', 'deployments.dinfra.io')])).toEqual(before);
});

test('a second release in the cluster is told whose the kinds are, and installs without them', async () => {
  const second = ['-n', 'other', 'install', 'other', chart];
  const refused = await cluster.helm(second);
  expect(refused.ok).toBe(false);
  expect(refused.text).toContain('belong to the release acme/acme already: set crds.enabled=false');
  await cluster.run('helm', [...second, ...set({ 'crds.enabled': false })]);
});

test.each(['fence', 'mirrored', 'tenant-pods', 'tenant-claims', 'tenant-services', 'tenant-objects'])(
  'the admission policy %s has no type errors',
  async (policy) => {
    const { status } = await cluster.object<{ status: { typeChecking: { expressionWarnings?: unknown } } }>([
      'validatingadmissionpolicy',
      `acme-acme-dinfra-operator-${policy}`,
    ]);
    expect(status.typeChecking.expressionWarnings).toBeUndefined();
  },
);

test('of the spec of a mirrored resource a person changes suspend, and the operator everything', async () => {
  const deployment = parse(
    readFileSync(new URL('../../docs/resources/examples/deployment.yaml', import.meta.url), 'utf8'),
  );
  const { name } = deployment.metadata;
  deployment.metadata.finalizers = [];
  await cluster.run('kubectl', ['-n', 'acme', 'create', '-f', '-'], deployment);
  const patch = (spec: object, as: readonly string[] = []) =>
    cluster.kubectl(['-n', 'acme', 'patch', 'ddep', name, '--type=merge', '-p', JSON.stringify({ spec }), ...as]);
  for (const spec of [{ state: 'Ended' }, { subscriptionRef: { name: 'other' } }, { providerRef: { name: 'other' } }]) {
    expect(await patch(spec)).toMatchObject({
      ok: false,
      text: expect.stringContaining('only the operator writes this spec'),
    });
  }
  expect(await patch({ suspend: true })).toMatchObject({ ok: true });
  expect(await patch({ suspend: null })).toMatchObject({ ok: true });
  const annotated = await cluster.kubectl(['-n', 'acme', 'annotate', 'ddep', name, 'note=mine']);
  expect(annotated).toMatchObject({ ok: true });
  const operator = ['--as=system:serviceaccount:acme:acme-dinfra-operator'];
  expect(await patch({ state: 'Suspended' }, operator)).toMatchObject({ ok: true });
  await cluster.run('kubectl', ['-n', 'acme', 'delete', 'ddep', name]);
});

test('the stolen token of the operator reaches no namespace but its own and those of its making', async () => {
  const as = ['--as=system:serviceaccount:acme:acme-dinfra-operator'];
  const namespace = (name: string, owner?: string) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, ...(owner && { annotations: { 'dinfra.io/reactor-namespace': owner } }) },
  });
  const tries = {
    'an unmarked namespace made': await cluster.kubectl(['create', ...as, '-f', '-'], namespace('theft')),
    'a namespace made in another owner’s name': await cluster.kubectl(
      ['create', ...as, '-f', '-'],
      namespace('theft', 'other'),
    ),
    'a foreign namespace removed': await cluster.kubectl(['delete', 'namespace', 'victim', ...as]),
    'a foreign namespace marked as its own': await cluster.kubectl([
      'annotate',
      'namespace',
      'victim',
      'dinfra.io/reactor-namespace=acme',
      ...as,
    ]),
    'a quota in a foreign namespace': await cluster.kubectl(
      ['apply', '--server-side', '--force-conflicts', ...as, '-f', '-'],
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'dinfra-confinement', namespace: 'victim' },
        spec: { hard: { pods: '0' } },
      },
    ),
    'the tenant role bound in a foreign namespace': await cluster.kubectl(
      ['apply', '--server-side', ...as, '-f', '-'],
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'dinfra-tenant', namespace: 'kube-system' },
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          name: 'acme-acme-dinfra-operator-tenant',
        },
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'victim' }],
      },
    ),
    'Secrets listed': await cluster.kubectl(['get', 'secrets', '-A', ...as]),
    'an unnamed Secret read': await cluster.kubectl(['-n', 'acme', 'get', 'secret', 'something', ...as]),
  };
  for (const [what, { ok, text }] of Object.entries(tries)) expect({ what, ok, text }).toMatchObject({ ok: false });
  expect((await cluster.kubectl(['create', ...as, '-f', '-'], namespace('tenant-1', 'acme'))).ok).toBe(true);
  expect((await cluster.kubectl(['delete', 'namespace', 'tenant-1', ...as, '--wait=false'])).ok).toBe(true);
  expect((await cluster.kubectl(['-n', 'acme', 'get', 'secret', 'account', ...as])).ok).toBe(true);
});

test('the file of docs/install.md for kubectl is taken by the API server', async () => {
  const values = [
    '--set',
    'customResources.asHooks=false,rbac.helmReactor=true',
    '--set',
    'rbac.secretNames={acme-account}',
  ];
  const file = join(cluster.folder, 'install.yaml');
  const rendered = ['template', 'acme', chart, '--namespace', 'acme', '--skip-tests', ...values];
  await writeFile(file, await cluster.run('helm', rendered));
  const applied = await cluster.run('kubectl', [...applyOver, '--dry-run=server', '-f', file]);
  expect(applied).toContain('deployment.apps/acme-dinfra-operator');
});

test('the Kustomize overlay is taken by the API server, and lets the operator read the one Secret it names', async () => {
  const folder = fileURLToPath(new URL('../../config/kustomize/example', import.meta.url));
  expect(await cluster.run('kubectl', [...applyOver, '-k', folder])).toContain('deployment.apps/dinfra-operator');
  const role = await cluster.object<{ rules: readonly object[] }>(['-n', 'acme', 'role', 'dinfra-operator']);
  expect(role.rules).toContainEqual({
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames: ['acme-account'],
    verbs: ['get'],
  });
});

test('definitions with objects of a later version are refused by name, and nothing is changed', async () => {
  const crd = ['crd', 'offers.dinfra.io'];
  const { spec } = await cluster.object<{ spec: { versions: readonly object[] } }>(crd);
  const patch = (value: unknown, ...more: readonly string[]) =>
    cluster.run('kubectl', ['patch', ...crd, '--type=json', ...more, '-p', JSON.stringify(value)]);
  const later = { ...spec.versions[0], name: 'v1beta1', storage: false };
  await patch([{ op: 'add', path: '/spec/versions/-', value: later }]);
  await patch([{ op: 'add', path: '/status/storedVersions/-', value: 'v1beta1' }], '--subresource=status');
  const before = await uidOf('deploy', 'acme-dinfra-operator');
  const refused = await cluster.helm(['-n', 'acme', 'upgrade', 'acme', chart, ...fourValues]);
  expect(refused.ok).toBe(false);
  expect(refused.text).toContain('offers.dinfra.io has objects of version v1beta1, which this chart does not know');
  expect(await uidOf('deploy', 'acme-dinfra-operator')).toBe(before);
  await patch([{ op: 'replace', path: '/status/storedVersions', value: ['v1alpha1'] }], '--subresource=status');
  await patch([{ op: 'remove', path: '/spec/versions/1' }]);
  await install();
});

test.each(['serviceMonitor', 'podMonitor', 'prometheusRule'])(
  '%s in a cluster without Prometheus’ kinds is refused in words',
  async (value) => {
    const refused = await cluster.helm([
      '-n',
      'acme',
      'upgrade',
      'acme',
      chart,
      ...fourValues,
      ...set({ [`${value}.enabled`]: true }),
    ]);
    expect(refused.ok).toBe(false);
    expect(refused.text).toMatch(
      /no matches for kind "(ServiceMonitor|PodMonitor|PrometheusRule)" in version "monitoring.coreos.com\/v1"/,
    );
  },
);

test('without the right to Leases the operator stays up, does not lead, and says which right it lacks', async () => {
  const role = ['-n', 'acme', 'role', 'acme-dinfra-operator'];
  const { rules } = await cluster.object<{ rules: readonly { readonly resources: readonly string[] }[] }>(role);
  const others = rules.filter(({ resources }) => !resources.includes('leases'));
  expect(others.length).toBeLessThan(rules.length);
  const change = (value: unknown) =>
    cluster.run('kubectl', [
      'patch',
      ...role,
      '--type=json',
      '-p',
      JSON.stringify([{ op: 'replace', path: '/rules', value }]),
    ]);
  await change(others);
  const operator = await startOperator();
  await expect
    .poll(async () => (await operator.readiness()).text, { timeout: 20_000 })
    .toMatch(/^\[-\]lease: .*forbidden/m);
  expect(await operator.liveness()).toBe(true);
  expect(await operator.leads()).toBe(false);
  await change(rules);
  await expect.poll(() => operator.leads(), { timeout: 30_000 }).toBe(true);
  expect((await operator.readiness()).ok).toBe(true);
  await operator.stop();
});

test('without one of the kinds the operator stays up and names it, and goes on when it is there', async () => {
  await cluster.run('kubectl', ['delete', 'crd', 'subscriptions.dinfra.io']);
  const operator = await startOperator();
  await expect
    .poll(async () => (await operator.readiness()).text, { timeout: 20_000 })
    .toMatch(/^\[-\]cluster subscriptions\.dinfra\.io: cannot list /m);
  expect(await operator.liveness()).toBe(true);
  await install();
  await expect.poll(async () => (await operator.readiness()).ok, { timeout: 60_000 }).toBe(true);
  await operator.stop();
});

/** The operator as a process, with the account and the namespace of the release. */
async function startOperator(): Promise<OperatorProcess> {
  const token = await cluster.run('kubectl', ['-n', 'acme', 'create', 'token', 'acme-dinfra-operator']);
  const view = JSON.parse(await cluster.run('kubectl', ['config', 'view', '--raw', '-o', 'json']));
  const users = view.users.map(({ name }: { readonly name: string }) => ({ name, user: { token: token.trim() } }));
  const kubeconfig = join(cluster.folder, 'operator-kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify({ ...view, users }), { mode: 0o600 });
  const operator = await OperatorProcess.start({
    kubeconfig,
    namespace: 'acme',
    helm: cluster.binaries.helm,
    logFile: join(cluster.folder, 'operator.log'),
  });
  operators.push(operator);
  return operator;
}
