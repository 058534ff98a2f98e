import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { identityOf } from '../../../award/identity.ts';
import { type HelmConfig, settingsOf } from '../config.ts';
import { at } from '../json-fields.ts';
import { tenantKinds } from './kinds.ts';
import { namespaceFor, tenantRules, wallsFor } from './walls.ts';

const identity = identityOf({ genesis: `0x${'ab'.repeat(32)}`, subscription: 17n, tenure: 2 });
const walls = (config: HelmConfig = {}, stopped = false) => wallsFor(identity, settingsOf(config, 'acme'), stopped);
const one = (kind: string, name: string, config?: HelmConfig, stopped?: boolean) =>
  walls(config, stopped).find(({ address, manifest }) => address.kind === kind && manifest.metadata.name === name)
    ?.manifest;

describe('the namespace of a tenure', () => {
  test('the namespace of a tenure has the name of the tenure, its marker in full, and enforces pod security', () => {
    const { manifest } = namespaceFor(identity, settingsOf({}, 'acme'));
    expect(manifest.metadata).toMatchObject({
      name: identity.name,
      annotations: { 'dinfra.io/marker': identity.marker },
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'dinfra.io/tenure-name': identity.name },
    });
  });

  test('the namespace of a tenure enforces the pod security level its provider chose', () => {
    const { manifest } = namespaceFor(identity, settingsOf({ podSecurity: 'baseline' }, 'acme'));
    expect(manifest.metadata.labels?.['pod-security.kubernetes.io/enforce']).toBe('baseline');
  });
});

describe('the walls of a tenant', () => {
  test('the walls of a tenant are all in the namespace of its tenure', () => {
    for (const { manifest } of walls()) expect(manifest.metadata.namespace).toBe(identity.name);
  });

  test('the provider’s quota overrides the default quota of a tenant', () => {
    const hard = (config: HelmConfig) => at(one('ResourceQuota', 'dinfra-confinement', config), 'spec', 'hard');
    expect(hard({})).toMatchObject({ pods: '20', 'services.loadbalancers': '0', 'requests.storage': '100Gi' });
    expect(hard({ quota: { pods: '3', secrets: '' } })).toMatchObject({ pods: '3' });
    expect(hard({ quota: { secrets: '' } })).not.toHaveProperty('secrets');
  });

  test('the quota of a stopped tenant admits no pod', () => {
    const quota = one('ResourceQuota', 'dinfra-confinement', { quota: { pods: '3' } }, true);
    expect(at(quota, 'spec', 'hard', 'pods')).toBe('0');
  });

  test('the network policy of a tenant allows only DNS and its own traffic by default', () => {
    const spec = at(one('NetworkPolicy', 'dinfra-confinement'), 'spec');
    expect(spec).toMatchObject({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: {} }] }],
    });
    const egress = at(spec, 'egress');
    expect(egress).toHaveLength(2);
    expect(egress).toMatchObject([{ to: [{ podSelector: {} }] }, { ports: [{ port: 53 }, { port: 53 }] }]);
  });

  test('the network policy of a tenant allows the traffic its provider allows', () => {
    const spec = (network: HelmConfig['network']) =>
      at(one('NetworkPolicy', 'dinfra-confinement', { ...(network ? { network } : {}) }), 'spec');
    expect(at(spec({ ingress: 'Anywhere' }), 'ingress')).toContainEqual({});
    expect(at(spec({ egress: 'Anywhere' }), 'egress')).toContainEqual({});
    expect(JSON.stringify(at(spec({ egress: 'Internet' }), 'egress'))).toContain('"169.254.0.0/16"');
    expect(at(spec({ allowEgressTo: ['192.0.2.0/24'] }), 'egress')).toContainEqual({
      to: [{ ipBlock: { cidr: '192.0.2.0/24' } }],
    });
  });

  test('egress of a tenant to the internet excludes special ranges and the provider’s own ranges', () => {
    const network = { egress: 'Internet', denyEgressTo: ['198.18.0.0/16', '2a01:db8::/32'] } as const;
    const egress = JSON.stringify(at(one('NetworkPolicy', 'dinfra-confinement', { network }), 'spec', 'egress'));
    for (const range of ['198.18.0.0/15', '224.0.0.0/3', '192.0.0.0/24', '2002::/16', ...network.denyEgressTo]) {
      expect(egress).toContain(`"${range}"`);
    }
    // It excludes NAT64 and unique local addresses.
    expect(egress).toContain('"cidr":"2000::/3"');
  });

  test('the quota of a tenant counts every kind that it may create', () => {
    const hard = Object.keys(at(one('ResourceQuota', 'dinfra-confinement'), 'spec', 'hard') as object);
    const counted = new Set(hard.map((name) => name.replace(/^count\//, '').replace(/\..*$/, '')));
    const plurals = tenantKinds([]).map(({ plural }) => plural);
    expect(plurals.length).toBeGreaterThan(10);
    expect(plurals.filter((plural) => !counted.has(plural))).toEqual([]);
  });

  test('no pod and no claim of a tenant may be larger than its quota', () => {
    expect(at(one('LimitRange', 'dinfra-confinement'), 'spec', 'limits')).toMatchObject([
      { type: 'Container' },
      { type: 'Pod', max: { cpu: '8', memory: '16Gi', 'ephemeral-storage': '40Gi' } },
      { type: 'PersistentVolumeClaim', max: { storage: '100Gi' } },
    ]);
  });

  test('a namespace has annotations for exactly the additional names that its provider allows', () => {
    const annotations = (config: HelmConfig) =>
      namespaceFor(identity, settingsOf(config, 'acme')).manifest.metadata.annotations;
    expect(Object.keys(annotations({}) ?? {})).toEqual(['dinfra.io/marker', 'dinfra.io/reactor-namespace']);
    expect(
      annotations({ allowed: { runtimeClasses: ['gvisor', 'kata'], resources: ['nvidia.com/gpu'] } }),
    ).toMatchObject({
      'dinfra.io/allowed-runtime-classes': 'gvisor,kata',
      'dinfra.io/allowed-resources': 'nvidia.com/gpu',
    });
  });

  test('the account of a tenant may write the kinds of charts, and none that confines it', () => {
    const rules = at(one('Role', 'dinfra-tenant'), 'rules') as { resources: string[]; verbs: string[] }[];
    const resources = rules.flatMap((rule) => rule.resources);
    expect(resources).toEqual(expect.arrayContaining(['deployments', 'statefulsets', 'services', 'secrets']));
    for (const wall of ['resourcequotas', 'limitranges', 'networkpolicies', 'namespaces', '*']) {
      expect(resources).not.toContain(wall);
    }
    expect(rules.flatMap((rule) => rule.verbs)).not.toContain('*');
    expect(one('RoleBinding', 'dinfra-tenant')).toMatchObject({
      roleRef: { kind: 'Role', name: 'dinfra-tenant' },
      subjects: [{ kind: 'ServiceAccount', name: 'dinfra-tenant', namespace: identity.name }],
    });
  });

  test('the rights of a tenant equal the ClusterRole in config/rbac', () => {
    const file = new URL('../../../../config/rbac/helm-tenant.yaml', import.meta.url);
    expect(parse(readFileSync(file, 'utf8')).rules).toEqual(tenantRules(settingsOf({}, 'acme')));
  });

  test('the account of a tenant is bound to a ClusterRole when the provider names one', () => {
    const config = { tenantClusterRole: 'dinfra-tenant' };
    expect(one('Role', 'dinfra-tenant', config)).toBeUndefined();
    expect(one('RoleBinding', 'dinfra-tenant', config)).toMatchObject({ roleRef: { kind: 'ClusterRole' } });
  });
});
