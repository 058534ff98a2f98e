/** `spec.helm` of a Reactor resource: how tenants are confined and where charts may come from. */
export interface HelmConfig {
  /** Pod security standard that the namespaces enforce. Default `restricted`. */
  readonly podSecurity?: PodSecurityLevel;
  /**
   * Hard limits of each tenant's ResourceQuota, by Kubernetes resource name. Overrides the defaults one by one; an
   * empty string removes a default.
   */
  readonly quota?: Readonly<Record<string, string>>;
  /**
   * Requests and limits of containers that specify none. Default: 100m to 1 CPU, 128Mi to 1Gi memory, 100Mi to 2Gi
   * ephemeral storage.
   */
  readonly containerDefaults?: ContainerDefaults;
  readonly network?: NetworkConfig;
  readonly allowed?: AllowedConfig;
  readonly charts?: ChartSourcesConfig;
  /** Additional kinds that a chart may contain. Namespaced kinds only. Default none. */
  readonly extraKinds?: readonly ExtraKind[];
  /**
   * Name of a ClusterRole with the rights of a tenant's chart in its own namespace, bound there to the tenant's service
   * account. With it, the operator only needs the right to bind that role. Default: a Role is created in each
   * namespace, for which the operator needs all these rights itself.
   */
  readonly tenantClusterRole?: string;
  /** Address at which node ports can be reached. Default: node ports are not reported as endpoints. */
  readonly nodeAddress?: string;
}

export type PodSecurityLevel = 'restricted' | 'baseline' | 'privileged';

interface ContainerDefaults {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

/** Traffic that the default-deny network policy allows, in addition to traffic within the namespace and DNS. */
interface NetworkConfig {
  /** Who may connect to the tenant's pods from outside the namespace. Default `None`. */
  readonly ingress?: 'None' | 'Anywhere';
  /** What the tenant's pods may connect to. `Internet` excludes private ranges. Default `None`. */
  readonly egress?: 'None' | 'Internet' | 'Anywhere';
  /** Further ranges the tenant's pods may connect to, in CIDR notation. Default none. */
  readonly allowEgressTo?: readonly string[];
  /** The provider's own public ranges, in CIDR notation, which `Internet` excludes as well. Default none. */
  readonly denyEgressTo?: readonly string[];
}

/** Names of the provider's resources that tenants' pods may use. Each default none. */
interface AllowedConfig {
  readonly runtimeClasses?: readonly string[];
  /** Must contain the cluster's global default class, if there is one: the API server adds it to every pod. */
  readonly priorityClasses?: readonly string[];
  /** Keys of taints that pods may tolerate. */
  readonly tolerations?: readonly string[];
  /** Labels of nodes that pods may select by, in addition to architecture, operating system, zone and region. */
  readonly nodeLabels?: readonly string[];
  /** Resources of containers in addition to cpu, memory and ephemeral-storage, for instance `nvidia.com/gpu`. */
  readonly resources?: readonly string[];
  /** Prefixes of annotation keys, for instance `cert-manager.io`, in addition to those of Kubernetes and helm. */
  readonly annotations?: readonly string[];
}

/** Where charts may be fetched from. A chart embedded in the descriptor is always allowed. */
interface ChartSourcesConfig {
  /** Hosts, `charts.example.org` or `*.example.org`. Default: any with a public address. */
  readonly hosts?: readonly string[];
  /** Hosts to use plain http with, as `host` or `host:port`. Default none: https only. */
  readonly plainHttpHosts?: readonly string[];
  /** Whether hosts may have private, loopback or link-local addresses. Default false. */
  readonly privateAddresses?: boolean;
}

/** A kind and its API address. */
export interface ExtraKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

/** The configuration with all defaults applied. */
export interface Settings {
  /** Namespace of the Reactor resource. */
  readonly owner: string;
  readonly podSecurity: PodSecurityLevel;
  readonly quota: Readonly<Record<string, string>>;
  readonly containerDefaults: Required<ContainerDefaults>;
  readonly network: Required<NetworkConfig>;
  readonly allowed: Required<AllowedConfig>;
  readonly charts: { readonly hosts: readonly string[] | undefined } & Required<Omit<ChartSourcesConfig, 'hosts'>>;
  readonly extraKinds: readonly ExtraKind[];
  readonly tenantClusterRole: string | undefined;
  readonly nodeAddress: string | undefined;
}

/**
 * The default quota of a tenant: a small node, without load balancers and node ports, which cost or expose the
 * provider.
 */
const DEFAULT_QUOTA: Readonly<Record<string, string>> = {
  'requests.cpu': '4',
  'requests.memory': '8Gi',
  'limits.cpu': '8',
  'limits.memory': '16Gi',
  'requests.storage': '100Gi',
  persistentvolumeclaims: '10',
  pods: '20',
  services: '20',
  'services.loadbalancers': '0',
  'services.nodeports': '0',
  configmaps: '50',
  secrets: '50',
  'requests.ephemeral-storage': '20Gi',
  'limits.ephemeral-storage': '40Gi',
  // Includes finished pods, unlike `pods`: every object takes space in etcd.
  'count/pods': '100',
  'count/serviceaccounts': '20',
  'count/deployments.apps': '20',
  'count/statefulsets.apps': '20',
  // Up to eleven revisions per Deployment.
  'count/replicasets.apps': '220',
  'count/controllerrevisions.apps': '220',
  'count/jobs.batch': '50',
  'count/cronjobs.batch': '20',
  'count/horizontalpodautoscalers.autoscaling': '20',
  'count/poddisruptionbudgets.policy': '20',
  'count/roles.rbac.authorization.k8s.io': '20',
  'count/rolebindings.rbac.authorization.k8s.io': '20',
};

/** Applies the defaults. `owner` is the namespace of the Reactor resource. */
export function settingsOf(config: HelmConfig, owner: string): Settings {
  const quota = Object.entries({ ...DEFAULT_QUOTA, ...config.quota }).filter(([, limit]) => limit !== '');
  return {
    owner,
    podSecurity: config.podSecurity ?? 'restricted',
    quota: Object.fromEntries(quota),
    containerDefaults: {
      requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '100Mi', ...config.containerDefaults?.requests },
      limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '2Gi', ...config.containerDefaults?.limits },
    },
    network: {
      ingress: config.network?.ingress ?? 'None',
      egress: config.network?.egress ?? 'None',
      allowEgressTo: config.network?.allowEgressTo ?? [],
      denyEgressTo: config.network?.denyEgressTo ?? [],
    },
    allowed: {
      runtimeClasses: config.allowed?.runtimeClasses ?? [],
      priorityClasses: config.allowed?.priorityClasses ?? [],
      tolerations: config.allowed?.tolerations ?? [],
      nodeLabels: config.allowed?.nodeLabels ?? [],
      resources: config.allowed?.resources ?? [],
      annotations: config.allowed?.annotations ?? [],
    },
    charts: {
      hosts: config.charts?.hosts,
      plainHttpHosts: config.charts?.plainHttpHosts ?? [],
      privateAddresses: config.charts?.privateAddresses ?? false,
    },
    extraKinds: config.extraKinds ?? [],
    tenantClusterRole: config.tenantClusterRole,
    nodeAddress: config.nodeAddress,
  };
}
