import type { Address } from '../cluster.ts';
import type { ExtraKind } from '../config.ts';

export const NAMESPACE: Address = core('namespaces', 'Namespace', false);
export const RESOURCE_QUOTA = core('resourcequotas', 'ResourceQuota');
export const LIMIT_RANGE = core('limitranges', 'LimitRange');
export const NETWORK_POLICY = inGroup('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy');
export const SERVICE_ACCOUNT = core('serviceaccounts', 'ServiceAccount');
export const ROLE = inGroup('rbac.authorization.k8s.io', 'v1', 'roles', 'Role');
export const ROLE_BINDING = inGroup('rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding');
export const SECRET = core('secrets', 'Secret');
export const SERVICE = core('services', 'Service');
export const POD = core('pods', 'Pod');
export const EVENT = core('events', 'Event');
export const DEPLOYMENT = inGroup('apps', 'v1', 'deployments', 'Deployment');
export const STATEFUL_SET = inGroup('apps', 'v1', 'statefulsets', 'StatefulSet');
export const REPLICA_SET = inGroup('apps', 'v1', 'replicasets', 'ReplicaSet');
export const DAEMON_SET = inGroup('apps', 'v1', 'daemonsets', 'DaemonSet');
export const JOB = inGroup('batch', 'v1', 'jobs', 'Job');
export const CRON_JOB = inGroup('batch', 'v1', 'cronjobs', 'CronJob');

/**
 * The kinds that every tenant may use. Excluded, and why: network policies, quotas and limit ranges confine the
 * tenant's own namespace; Ingress and Gateway routes can claim other people's host names; DaemonSets run on every node;
 * cluster-scoped objects cannot be confined to a namespace.
 */
const TENANT_KINDS: readonly Address[] = [
  core('configmaps', 'ConfigMap'),
  SECRET,
  SERVICE,
  SERVICE_ACCOUNT,
  core('persistentvolumeclaims', 'PersistentVolumeClaim'),
  POD,
  DEPLOYMENT,
  STATEFUL_SET,
  REPLICA_SET,
  JOB,
  CRON_JOB,
  inGroup('autoscaling', 'v1', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
  inGroup('autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
  inGroup('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  // Kubernetes lets no account grant rights that it does not have, so these cannot reach beyond the namespace either.
  ROLE,
  ROLE_BINDING,
];

/** The kinds that a tenant's chart may contain. */
export function tenantKinds(extra: readonly ExtraKind[]): readonly Address[] {
  return [...TENANT_KINDS, ...extra.map(({ apiVersion, kind, plural }) => addressOf(apiVersion, kind, plural))];
}

/**
 * The kinds of tenants' objects whose metadata is watched cluster-wide: workloads, and objects with addresses. Neither
 * kinds that may contain secrets nor kinds that confine the tenant.
 */
export function watchedTenantKinds(extra: readonly ExtraKind[]): readonly Address[] {
  const left = ['ConfigMap', 'Secret', 'Pod', 'ServiceAccount', 'Role', 'RoleBinding'];
  const kinds = tenantKinds(extra).filter(({ kind }) => !left.includes(kind));
  // One version of each kind is enough.
  return [...new Map(kinds.map((kind) => [addressKey(kind), kind])).values()];
}

/** The key of a kind, whatever its version: all versions of a kind show the same objects. */
export function addressKey({ group, plural }: Address): string {
  return `${plural}.${group}`;
}

function addressOf(apiVersion: string, kind: string, plural: string): Address {
  const slash = apiVersion.indexOf('/');
  return inGroup(apiVersion.slice(0, Math.max(0, slash)), apiVersion.slice(slash + 1), plural, kind);
}

function core(plural: string, kind: string, namespaced = true): Address {
  return { group: '', version: 'v1', plural, kind, namespaced };
}

function inGroup(group: string, version: string, plural: string, kind: string): Address {
  return { group, version, plural, kind, namespaced: true };
}
