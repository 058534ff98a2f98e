export interface WriteOptions {
  /** Writes this subresource instead of the object, e.g. `status`. */
  readonly subresource?: string;
  /** Dry run: the server validates and stores nothing. Default false. */
  readonly dryRun?: boolean;
  /** The field manager. Default `dinfra-operator`. */
  readonly fieldManager?: string;
  /** Whether an unknown field is an error, as in an apply. By default the server drops it. */
  readonly strict?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  /** The field manager. Fields it owned before that are not in this manifest are removed. */
  readonly fieldManager: string;
  /** Take over fields owned by other managers. Default true, as controllers do; false fails with ClusterConflict. */
  readonly force?: boolean;
}

export interface DeleteOptions {
  /** Preconditions: delete only the object with this uid, at this version. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  /** Grace period in seconds. Default: the object's own. */
  readonly gracePeriodSeconds?: number;
  /** What happens to dependents. Default: the API server's default for the type, usually Background. */
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  readonly dryRun?: boolean;
}

export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Where to start: the version of a list, or the last one seen. */
  readonly resourceVersion: string;
  /** The server closes the watch normally after this time. Default 300. */
  readonly timeoutSeconds?: number;
  /**
   * Silence after which the watch counts as dead, in milliseconds. Default 150 s: bookmarks arrive about every minute.
   */
  readonly inactivityMs?: number;
  /** Called when the server has started to respond. */
  readonly onOpen?: () => void;
}

/** One step of a JSON patch (RFC 6902). */
export type JsonPatchStep =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };
