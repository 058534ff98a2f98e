/** What `spec.helm` of a Reactor resource holds: how tenants are confined and where charts may come from. */
export interface HelmConfig {
  /** Pod security standard that the namespaces enforce. Default `restricted`. */
  readonly podSecurity?: PodSecurityLevel;
  /**
   * Hard limits of each tenant's ResourceQuota: a resource name of Kubernetes to a quantity. What is given here is laid
   * over the defaults; an empty string takes a default away.
   */
  readonly quota?: Readonly<Record<string, string>>;
  /**
   * Requests and limits of containers that state none. Default: 100m to 1 CPU, 128Mi to 1Gi memory, 100Mi to 2Gi
   * ephemeral storage.
   */
  readonly containerDefaults?: ContainerDefaults;
  readonly network?: NetworkConfig;
  readonly allowed?: AllowedConfig;
  readonly charts?: ChartSourcesConfig;
  /** Kinds a chart may hold beside the ones every tenant may have. Namespaced kinds only. Default none. */
  readonly extraKinds?: readonly ExtraKind[];
  /**
   * Name of a ClusterRole with what a tenant's chart may do in its own namespace, bound there to the tenant's service
   * account. With it the operator needs no more than the right to bind that one role. Default: a Role made in each
   * namespace, for which the operator has to hold all these rights itself.
   */
  readonly tenantClusterRole?: string;
  /** Address under which node ports can be reached. Default: node ports are not reported as endpoints. */
  readonly nodeAddress?: string;
}

export type PodSecurityLevel = 'restricted' | 'baseline' | 'privileged';

interface ContainerDefaults {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

/** What is let through the default-deny network policy. Traffic within the namespace and DNS always are. */
interface NetworkConfig {
  /** Who may connect to the tenant's pods from outside the namespace. Default `None`. */
  readonly ingress?: 'None' | 'Anywhere';
  /** What the tenant's pods may connect to. `Internet` leaves private ranges out. Default `None`. */
  readonly egress?: 'None' | 'Internet' | 'Anywhere';
  /** Further ranges the tenant's pods may connect to, in CIDR notation. Default none. */
  readonly allowEgressTo?: readonly string[];
  /**
   * The provider's own public ranges, in CIDR notation, which `Internet` leaves out, too. Default none.
   */
  readonly denyEgressTo?: readonly string[];
}

/** What tenants' pods may name that belongs to the provider. Each default none. */
interface AllowedConfig {
  readonly runtimeClasses?: readonly string[];
  /** The cluster's global default class, if it has one, has to be here: the API server writes it into each pod. */
  readonly priorityClasses?: readonly string[];
  /** Keys of taints that pods may tolerate. */
  readonly tolerations?: readonly string[];
  /** Labels of nodes that pods may select by, beside architecture, operating system, zone and region. */
  readonly nodeLabels?: readonly string[];
  /** Resources of containers beside cpu, memory and ephemeral-storage, for instance `nvidia.com/gpu`. */
  readonly resources?: readonly string[];
  /** First parts of annotation keys, for instance `cert-manager.io`, beside those of Kubernetes and helm. */
  readonly annotations?: readonly string[];
}

/** Where charts may be fetched from. A chart carried by the descriptor is not fetched and always allowed. */
interface ChartSourcesConfig {
  /** Hosts, `charts.example.org` or `*.example.org`. Default: any with a public address. */
  readonly hosts?: readonly string[];
  /** Hosts spoken to in plain http, as `host` or `host:port`. Default none: https only. */
  readonly plainHttpHosts?: readonly string[];
  /** Hosts with private, loopback or link-local addresses, too. Default false. */
  readonly privateAddresses?: boolean;
}

/** A kind and where the API has it. */
export interface ExtraKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

/** The configuration with every default filled in. */
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

/** A tenant's share when the provider says nothing: a small node, and nothing that costs or exposes the provider. */
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
  // Finished pods, too, which the count of `pods` leaves out: each object is room in etcd.
  'count/pods': '100',
  'count/serviceaccounts': '20',
  'count/deployments.apps': '20',
  'count/statefulsets.apps': '20',
  // Eleven revisions of each Deployment.
  'count/replicasets.apps': '220',
  'count/controllerrevisions.apps': '220',
  'count/jobs.batch': '50',
  'count/cronjobs.batch': '20',
  'count/horizontalpodautoscalers.autoscaling': '20',
  'count/poddisruptionbudgets.policy': '20',
  'count/roles.rbac.authorization.k8s.io': '20',
  'count/rolebindings.rbac.authorization.k8s.io': '20',
};

/** Fills in the defaults. `owner` is the namespace of the Reactor resource. */
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
