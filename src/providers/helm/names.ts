/** The field manager of this reactor. */
export const FIELD_MANAGER = 'dinfra-helm';

/**
 * Name of the service account that installs a tenant's chart. The same in all namespaces, so that RBAC can refer to it.
 */
export const TENANT_ACCOUNT = 'dinfra-tenant';

/** Name of the ResourceQuota, LimitRange and network policies in each tenant's namespace. */
export const CONFINEMENT = 'dinfra-confinement';

export const Annotation = {
  /** The complete tenure: only a namespace with exactly this marker is ours. */
  marker: 'dinfra.io/marker',
  /** Namespace of its Reactor, to distinguish the tenants of two operators in one cluster. */
  owner: 'dinfra.io/reactor-namespace',
  /** Present from the start of a stop until the tenure has been started again. */
  stopped: 'dinfra.io/stopped',
  /** On the namespace: names that the chart's tenant policies allow there, separated by commas. */
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
  /** On the namespace: the value of the annotation of this name, which the chart's tenant policies select by. */
  owner: 'dinfra.io/reactor-namespace',
  /** On a revision of the release: digest of its order. */
  order: 'dinfra.io/order',
  managedBy: 'app.kubernetes.io/managed-by',
} as const;
