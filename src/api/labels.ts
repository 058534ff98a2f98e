/** Labels on mirrored objects and realised resources, for `kubectl get -l`. */
export const Label = {
  /** Name of the Provider resource. */
  provider: 'dinfra.io/provider',
  /** Subscription id on its chain, decimal. */
  subscription: 'dinfra.io/subscription',
  /** Number of the award. */
  tenure: 'dinfra.io/tenure',
  /** First 16 hex digits of the genesis hash: a label value holds at most 63 characters. */
  genesis: 'dinfra.io/genesis',
  /** On a ConfigMap that stores the bytes of an accepted descriptor: `descriptor`. */
  content: 'dinfra.io/content',
} as const;

/** `app.kubernetes.io/managed-by` of everything that the operator creates. */
export const MANAGER = 'dinfra-operator';

/** `app.kubernetes.io/component` of an object that the operator creates. */
type Component = 'descriptor-type' | 'subscription' | 'deployment' | 'descriptor' | 'tenant' | 'confinement' | 'lease';

/**
 * The labels Kubernetes recommends, for dashboards and `kubectl get -l`. `instance` has to be a name nobody would give an
 * Argo CD Application: with tracking by label, Argo CD takes every object whose instance is an Application's name for
 * part of it, and prunes what Git does not have. No version: an upgrade would write every object.
 */
export function recommendedLabels(component: Component, instance: string) {
  return {
    'app.kubernetes.io/name': 'dinfra',
    'app.kubernetes.io/instance': instance,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': 'dinfra',
    'app.kubernetes.io/managed-by': MANAGER,
  } as const;
}

/** Requests a reconcile: any value other than `status.lastHandledReconcileAt`. */
export const RECONCILE_ANNOTATION = 'dinfra.io/reconcile-requested-at';

/** The finalizer that keeps a Provider or a Reactor until no tenant depends on it. */
export const IN_USE_FINALIZER = 'dinfra.io/in-use';

/** The finalizer that keeps a Deployment until nothing of its tenure is left in the backend. */
export const TEARDOWN_FINALIZER = 'dinfra.io/teardown';

/** Field managers for server-side apply. One writer per field: the bridge writes specs, the controller statuses. */
export const FieldManager = {
  bridge: 'dinfra-bridge',
  controller: 'dinfra-controller',
} as const;

/** The value of the genesis label for a genesis hash of `0x` and 64 hex digits. */
export function genesisLabel(genesis: string): string {
  return genesis.slice(2, 18);
}
