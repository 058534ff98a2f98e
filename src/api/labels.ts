/** Labels on what the bridge mirrors and the controller realises, so that `kubectl get -l` can find it. */
export const Label = {
  /** Name of the Provider resource. */
  provider: 'dinfra.io/provider',
  /** Subscription id on its chain, decimal. */
  subscription: 'dinfra.io/subscription',
  /** Number of the award. */
  tenure: 'dinfra.io/tenure',
  /** First 16 hex digits of the genesis hash: a label value holds at most 63 characters. */
  genesis: 'dinfra.io/genesis',
  /** On a ConfigMap that keeps the bytes of an accepted descriptor: `descriptor`. */
  content: 'dinfra.io/content',
} as const;

/** Asks for a reconcile now: any value that differs from `status.lastHandledReconcileAt`. */
export const RECONCILE_ANNOTATION = 'dinfra.io/reconcile-requested-at';

/** Keeps a Provider or a Reactor until no tenant depends on it any more. */
export const IN_USE_FINALIZER = 'dinfra.io/in-use';

/** Keeps a Deployment until nothing of its tenure is left in the backend. */
export const TEARDOWN_FINALIZER = 'dinfra.io/teardown';

/** Owners of fields under server-side apply. One writer per field: the bridge has specs, the controller statuses. */
export const FieldManager = {
  bridge: 'dinfra-bridge',
  controller: 'dinfra-controller',
} as const;

/** The value of the genesis label for a genesis hash of `0x` and 64 hex digits. */
export function genesisLabel(genesis: string): string {
  return genesis.slice(2, 18);
}
