import { recommendedLabels } from '../../../api/labels.ts';
import type { TenureIdentity } from '../../../award/identity.ts';
import type { Address, ApiManifest } from '../cluster.ts';
import type { Settings } from '../config.ts';
import { Annotation, CONFINEMENT, Label, TENANT_ACCOUNT } from '../names.ts';
import { SPECIAL_V4, SPECIAL_V6 } from '../special-ranges.ts';
import {
  LIMIT_RANGE,
  NAMESPACE,
  NETWORK_POLICY,
  RESOURCE_QUOTA,
  ROLE,
  ROLE_BINDING,
  SERVICE_ACCOUNT,
  tenantKinds,
} from './kinds.ts';

/** An object of ours in a tenant's namespace that confines the tenant. */
export interface Wall {
  readonly address: Address;
  readonly manifest: ApiManifest;
}

/** The namespace of a tenure. Only one with exactly this marker is ours. */
export function namespaceFor(identity: TenureIdentity, settings: Settings): Wall {
  const level = settings.podSecurity;
  return {
    address: NAMESPACE,
    manifest: {
      metadata: {
        name: identity.name,
        labels: {
          ...recommendedLabels('tenant', identity.name),
          [Label.tenure]: identity.name,
          [Label.owner]: settings.owner,
          'pod-security.kubernetes.io/enforce': level,
          'pod-security.kubernetes.io/warn': level,
        },
        annotations: {
          [Annotation.marker]: identity.marker,
          [Annotation.owner]: settings.owner,
          ...allowedAnnotations(settings.allowed),
        },
      },
    },
  };
}

/** The annotations that the chart's tenant policies read. Empty lists are omitted. */
function allowedAnnotations(allowed: Settings['allowed']): Readonly<Record<string, string>> {
  const lists = Object.entries(allowed).filter(([, names]) => names.length > 0);
  return Object.fromEntries(lists.map(([list, names]) => [Annotation[list as keyof typeof allowed], names.join(',')]));
}

/**
 * What stands in the namespace before a stranger's chart comes: quota, defaults, network policies, and the account the
 * chart is installed with. `stopped` admits no pods.
 */
export function wallsFor(identity: TenureIdentity, settings: Settings, stopped: boolean): readonly Wall[] {
  const meta = (name: string) => ({
    name,
    namespace: identity.name,
    labels: recommendedLabels('confinement', identity.name),
  });
  const subject = { kind: 'ServiceAccount', name: TENANT_ACCOUNT, namespace: identity.name };
  return [
    {
      address: RESOURCE_QUOTA,
      manifest: {
        metadata: meta(CONFINEMENT),
        spec: { hard: { ...settings.quota, ...(stopped ? { pods: '0' } : {}) } },
      },
    },
    {
      // Kubernetes lets everyone use these two classes, with which pods preempt those of others.
      address: RESOURCE_QUOTA,
      manifest: {
        metadata: meta(`${CONFINEMENT}-priority`),
        spec: {
          hard: { pods: '0' },
          scopeSelector: {
            matchExpressions: [
              {
                scopeName: 'PriorityClass',
                operator: 'In',
                values: ['system-cluster-critical', 'system-node-critical'],
              },
            ],
          },
        },
      },
    },
    {
      // A quota on CPU and memory refuses containers without requests and limits, so they get these.
      address: LIMIT_RANGE,
      manifest: {
        metadata: meta(CONFINEMENT),
        spec: {
          limits: [
            {
              type: 'Container',
              default: settings.containerDefaults.limits,
              defaultRequest: settings.containerDefaults.requests,
            },
            ...maxima(settings.quota),
          ],
        },
      },
    },
    { address: NETWORK_POLICY, manifest: { metadata: meta(CONFINEMENT), spec: networkPolicy(settings.network) } },
    {
      address: SERVICE_ACCOUNT,
      manifest: { metadata: meta(TENANT_ACCOUNT), automountServiceAccountToken: false },
    },
    ...(settings.tenantClusterRole === undefined
      ? [{ address: ROLE, manifest: { metadata: meta(TENANT_ACCOUNT), rules: tenantRules(settings) } }]
      : []),
    {
      address: ROLE_BINDING,
      manifest: {
        metadata: meta(TENANT_ACCOUNT),
        subjects: [subject],
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          ...(settings.tenantClusterRole === undefined
            ? { kind: 'Role', name: TENANT_ACCOUNT }
            : { kind: 'ClusterRole', name: settings.tenantClusterRole }),
        },
      },
    },
  ];
}

/**
 * No pod and no claim may be larger than the quota. With a LimitRange it is refused immediately, instead of staying
 * pending.
 */
function maxima(quota: Settings['quota']) {
  const limits = Object.entries(quota).flatMap(([name, limit]) =>
    name.startsWith('limits.') ? [[name.slice('limits.'.length), limit] as const] : [],
  );
  const storage = quota['requests.storage'];
  return [
    ...(limits.length > 0 ? [{ type: 'Pod', max: Object.fromEntries(limits) }] : []),
    ...(storage === undefined ? [] : [{ type: 'PersistentVolumeClaim', max: { storage } }]),
  ];
}

/** The rights of a tenant's account in its namespace: all on the kinds that a chart may contain, and reading events. */
export function tenantRules({ extraKinds }: Pick<Settings, 'extraKinds'>) {
  const kinds = tenantKinds(extraKinds);
  const groups = [...new Set(kinds.map(({ group }) => group))];
  const rules = groups.map((group) => ({
    apiGroups: [group],
    resources: [...new Set(kinds.filter((kind) => kind.group === group).map(({ plural }) => plural))],
    verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  }));
  return [...rules, { apiGroups: [''], resources: ['events'], verbs: ['get', 'list', 'watch'] }];
}

/** The public internet in IPv6 is global unicast, which excludes NAT64 and the like. */
const INTERNET_V6 = '2000::/3';
const inCidr = (nets: readonly (readonly [string, number])[]) => nets.map(([net, prefix]) => `${net}/${prefix}`);

/** Allows only the listed traffic: with both types, everything else is denied for every pod. */
function networkPolicy({ ingress, egress, allowEgressTo, denyEgressTo }: Settings['network']) {
  const denied = (family: 4 | 6) => denyEgressTo.filter((cidr) => cidr.includes(':') === (family === 6));
  const within = { podSelector: {} };
  const dns = {
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      },
    ],
    ports: [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  };
  const internet = {
    to: [
      { ipBlock: { cidr: '0.0.0.0/0', except: [...inCidr(SPECIAL_V4), ...denied(4)] } },
      { ipBlock: { cidr: INTERNET_V6, except: [...inCidr(SPECIAL_V6), ...denied(6)] } },
    ],
  };
  const ranges = { to: allowEgressTo.map((cidr) => ({ ipBlock: { cidr } })) };
  const outwards = { None: [], Internet: [internet], Anywhere: [{}] }[egress];
  return {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [within] }, ...(ingress === 'Anywhere' ? [{}] : [])],
    egress: [{ to: [within] }, dns, ...outwards, ...(allowEgressTo.length > 0 ? [ranges] : [])],
  };
}
