export interface WriteOptions {
  /** Writes the status only, or another subresource. */
  readonly subresource?: string;
  /** Everything is checked and nothing is stored. Default false. */
  readonly dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  /** Who owns the fields. Fields owned before and no longer in the manifest are removed. */
  readonly fieldManager: string;
  /** Take over fields that others own. Default true, as for every controller; false fails with ClusterConflict. */
  readonly force?: boolean;
}

export interface DeleteOptions {
  /** Delete only this very object, at this version. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  /** What becomes of dependents. Default: what the API server does for the type, mostly Background. */
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  readonly dryRun?: boolean;
}

export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Where to begin: the version of a list, or the last one seen. */
  readonly resourceVersion: string;
  /** The server ends the watch in order after that time. Default 300. */
  readonly timeoutSeconds?: number;
  /**
   * Silence after which the watch counts as dead, in milliseconds. Default 150 s: bookmarks come about each minute.
   */
  readonly inactivityMs?: number;
  /** Told when the server has begun to answer. */
  readonly onOpen?: () => void;
}

/** One step of a JSON patch (RFC 6902). */
export type JsonPatchStep =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };
