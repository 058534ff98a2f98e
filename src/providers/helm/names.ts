/** Who owns the fields this reactor applies. */
export const FIELD_MANAGER = 'dinfra-helm';

/** Name of the service account a tenant's chart is installed with. One name for all, so that RBAC can name it. */
export const TENANT_ACCOUNT = 'dinfra-tenant';

/** Name of the ResourceQuota, LimitRange and network policies in each tenant's namespace. */
export const CONFINEMENT = 'dinfra-confinement';

export const Annotation = {
  /** The tenure in full: only a namespace with exactly this marker is ours. */
  marker: 'dinfra.io/marker',
  /** Namespace of the Reactor it was made for: two operators in one cluster tell their tenants apart by it. */
  owner: 'dinfra.io/reactor-namespace',
  /** Present from the moment a tenure is stopped until it has been started again. */
  stopped: 'dinfra.io/stopped',
  /** On the namespace: names that the tenant policies of the chart allow there, with commas between them. */
  runtimeClasses: 'dinfra.io/allowed-runtime-classes',
  priorityClasses: 'dinfra.io/allowed-priority-classes',
  tolerations: 'dinfra.io/allowed-tolerations',
  nodeLabels: 'dinfra.io/allowed-node-labels',
  resources: 'dinfra.io/allowed-resources',
  annotations: 'dinfra.io/allowed-annotations',
  /** On a workload: the replicas it had, or `run`, before it was stopped. */
  beforeStop: 'dinfra.io/before-stop',
} as const;

export const Label = {
  /** On the namespace: the identity's name, to list what this operator made. */
  tenure: 'dinfra.io/tenure-name',
  /** On the namespace: what the annotation of this name says, for the tenant policies of the chart to select by. */
  owner: 'dinfra.io/reactor-namespace',
  /** On a revision of the release: digest of the order it was made from. */
  order: 'dinfra.io/order',
  managedBy: 'app.kubernetes.io/managed-by',
} as const;
