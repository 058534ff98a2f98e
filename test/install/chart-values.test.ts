import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { findBinaries } from '../../dev/binaries.ts';
import { chart, fourValues, set } from '../support/chart.ts';

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
  readonly spec?: Readonly<Record<string, unknown>>;
}

const { helm } = findBinaries();

async function template(args: readonly string[]): Promise<{ readonly ok: boolean; readonly text: string }> {
  const { exitCode, all } = await execa(helm, ['template', 'acme', chart, '--namespace', 'acme', ...args], {
    reject: false,
    all: true,
  });
  return { ok: exitCode === 0, text: all };
}

async function render(args: readonly string[]): Promise<readonly Rendered[]> {
  const { ok, text } = await template(args);
  if (!ok) throw new Error(text);
  return parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as Rendered | null;
    return object === null ? [] : [object];
  });
}

const kindsOf = (objects: readonly Rendered[]) => new Set(objects.map(({ kind }) => kind));
const named = (objects: readonly Rendered[], kind: string) => objects.filter((object) => object.kind === kind);

test('helm lint --strict finds nothing', async () => {
  const { stdout } = await execa(helm, ['lint', '--strict', chart, ...fourValues]);
  expect(stdout).toContain('0 chart(s) failed');
});

test.each([
  ['a key that is not a value', ['--set', 'provider.suri=x'], "additional properties 'suri' not allowed"],
  ['a typo', ['--set', 'replica=3'], "additional properties 'replica' not allowed"],
  ['a mnemonic', ['--set', `provider.displayName=${'bottom '.repeat(11)}drive`], 'looks like a mnemonic'],
  ['a private key', ['--set-string', `podLabels.seed=0x${'ab'.repeat(32)}`], 'looks like a private key'],
  ['a private key without 0x', ['--set-string', `provider.displayName=${'AB'.repeat(32)}`], 'looks like a private key'],
  ['an account without a chain', ['--set', 'provider.accountSecret=account'], 'provider.endpoints is empty'],
  ['a chain without an account', ['--set', 'provider.endpoints={ws://x:1}'], 'provider.accountSecret is not'],
  ['an endpoint that is no WebSocket', ['--set', 'provider.endpoints={https://x}'], 'does not match pattern'],
  ['a cloud without keys', ['--set', 'reactors.cloudStack.enabled=true'], 'reactors.cloudStack.credentialsSecret'],
  ['too many replicas', ['--set', 'replicas=11'], 'maximum: got 11, want 10'],
  ['a grace shorter than the slowest stop', ['--set', 'terminationGracePeriodSeconds=10'], 'minimum: got 10, want 35'],
  [
    'a ServiceMonitor of no Service',
    ['--set', 'serviceMonitor.enabled=true', '--set', 'service.enabled=false'],
    'needs service.enabled',
  ],
  [
    'an Offer of a reactor that is not there',
    [
      ...fourValues,
      '--set-json',
      'offers=[{"name":"vm","descriptorType":"vm/v1","reactor":"cloud","pricePerBlock":"1","capacity":1}]',
    ],
    'names reactor "cloud"; expected one of cluster',
  ],
])('%s in values is refused in words', async (_, args, words) => {
  const { ok, text } = await template(args);
  expect(ok).toBe(false);
  expect(text).toContain(words);
});

test.each(['1.31.9', '1.20.0'])('a cluster of Kubernetes %s is refused with a message', async (version) => {
  const { ok, text } = await template([...fourValues, '--kube-version', version]);
  expect(ok).toBe(false);
  expect(text).toMatch(/chart requires kubeVersion: >=1\.32\.0.* which is incompatible with Kubernetes v/);
});

test('a genesis hash is not refused as a private key', async () => {
  const objects = await render([...fourValues, '--set-string', `provider.genesisHash=0x${'ab'.repeat(32)}`]);
  expect(named(objects, 'Provider')[0]?.spec).toMatchObject({ chain: { genesisHash: `0x${'ab'.repeat(32)}` } });
});

test('no role has a wildcard, escalate, impersonate, or access to unnamed Secrets', async () => {
  const all = await render([
    ...fourValues,
    ...set({
      'reactors.cloudStack.enabled': true,
      'reactors.cloudStack.endpoint': 'https://c',
      'reactors.cloudStack.credentialsSecret': 'keys',
    }),
  ]);
  const roles = all.filter(({ kind, metadata }) => /Role$/.test(kind) && !metadata.name.endsWith('-tenant'));
  expect(roles.length).toBeGreaterThan(3);
  const rules = roles.flatMap(({ rules = [] }) => rules);
  expect(rules.length).toBeGreaterThan(10);
  for (const { apiGroups, resources, verbs } of rules) {
    expect([...apiGroups, ...resources, ...verbs]).not.toContain('*');
    expect(verbs).not.toContain('escalate');
    expect(verbs).not.toContain('impersonate');
  }
  const readable = rules
    .filter(({ resources }) => resources.includes('secrets'))
    .map(({ resourceNames }) => resourceNames);
  expect(readable).toEqual([['account', 'keys']]);
});

test('with CloudStack only, the roles allow nothing in the cluster but our own kinds', async () => {
  const objects = await render(
    set({
      'provider.accountSecret': 'account',
      'provider.endpoints': '{ws://x:1}',
      'reactors.cloudStack.enabled': true,
      'reactors.cloudStack.endpoint': 'https://c',
      'reactors.cloudStack.credentialsSecret': 'keys',
      'rbac.aggregateToUserRoles': false,
    }),
  );
  const groups = named(objects, 'ClusterRole').flatMap(({ rules = [] }) => rules.flatMap(({ apiGroups }) => apiGroups));
  expect(new Set(groups)).toEqual(new Set(['dinfra.io']));
});

test('the CRDs, the Provider and the Reactor are kept by helm and by Argo CD', async () => {
  const objects = await render(fourValues);
  const kept = [
    ...named(objects, 'CustomResourceDefinition'),
    ...named(objects, 'Provider'),
    ...named(objects, 'Reactor'),
  ];
  expect(kept.length).toBe(8);
  for (const { metadata } of kept) {
    expect(metadata.annotations).toMatchObject({ 'helm.sh/resource-policy': 'keep' });
    expect(metadata.annotations?.['argocd.argoproj.io/sync-options']).toMatch(/Prune=(false|confirm)/);
  }
});

test.each([
  ['crds.enabled', 'CustomResourceDefinition'],
  ['admissionPolicy.enabled', 'ValidatingAdmissionPolicy'],
  ['networkPolicy.enabled', 'NetworkPolicy'],
  ['service.enabled', 'Service'],
  ['podDisruptionBudget.enabled', 'PodDisruptionBudget'],
  ['rbac.create', 'Role'],
])('%s=false leaves out every %s', async (value, kind) => {
  expect(kindsOf(await render(fourValues)).has(kind)).toBe(true);
  expect(kindsOf(await render([...fourValues, ...set({ [value]: false })])).has(kind)).toBe(false);
});

test.each([
  ['serviceMonitor.enabled', 'ServiceMonitor'],
  ['podMonitor.enabled', 'PodMonitor'],
  ['prometheusRule.enabled', 'PrometheusRule'],
])('%s=true makes a %s, and by default there is none', async (value, kind) => {
  expect(kindsOf(await render([])).has(kind)).toBe(false);
  expect(kindsOf(await render(set({ [value]: true }))).has(kind)).toBe(true);
});

test('a metric keeps the namespace label of its object', async () => {
  const objects = await render([...fourValues, '--set', 'serviceMonitor.enabled=true,podMonitor.enabled=true']);
  const endpoints = ['ServiceMonitor', 'PodMonitor'].flatMap((kind) =>
    named(objects, kind).flatMap(({ spec }) => spec?.['endpoints'] ?? spec?.['podMetricsEndpoints']),
  );
  expect(endpoints).toHaveLength(2);
  for (const endpoint of endpoints) expect(endpoint).toMatchObject({ honorLabels: true });
});

test('the balance below which an account counts as low is configurable', async () => {
  const rules = ['--set', 'prometheusRule.enabled=true'];
  const expression = async (more: readonly string[]) =>
    /expr: (dinfra_account_free .*)/.exec((await template([...fourValues, ...rules, ...more])).text)?.[1];
  expect(await expression([])).toBe('dinfra_account_free < 1');
  expect(await expression(['--set-json', 'prometheusRule.accountLow=2.5'])).toBe('dinfra_account_free < 2.5');
});

test('the operator gets the endpoint for traces, its headers by reference, and egress to its port', async () => {
  const traced = set({
    'operator.traces.endpoint': 'http://otel.observe:4318',
    'operator.traces.headersSecret': 'otel',
  });
  const shown = async (args: readonly string[]) => {
    const objects = await render([...fourValues, ...args]);
    return JSON.stringify([...named(objects, 'Deployment'), ...named(objects, 'NetworkPolicy')]);
  };
  expect(await shown([])).not.toMatch(/OTEL|4318/);
  const text = await shown(traced);
  expect(text).toContain('{"name":"OTEL_EXPORTER_OTLP_ENDPOINT","value":"http://otel.observe:4318"}');
  expect(text).toContain('"secretKeyRef":{"name":"otel","key":"headers"}');
  expect(text).toContain('{"port":4318,"protocol":"TCP"}');
});

test('a digest has precedence over a tag', async () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const [deployment] = named(await render(set({ 'image.digest': digest, 'image.tag': 'x' })), 'Deployment');
  expect(JSON.stringify(deployment)).toContain(`@${digest}`);
});
