import type { KindAddress, ObjectMeta, ObjectRef } from '../../base/kube-object.ts';
/**
 * The port to a Kubernetes API, implemented by the client of src/kube. Errors are the Cluster… errors of the catalogue.
 */
export interface Cluster {
  /** The object, or undefined if the API server says that it does not exist. */
  find(type: Address, ref: ObjectRef, signal: AbortSignal): Promise<ApiObject | undefined>;
  /** All objects of a type in a namespace. */
  list(type: Address, options: ListOptions, signal: AbortSignal): Promise<{ readonly items: readonly ApiObject[] }>;
  /** Creates an object; fails with ClusterAlreadyExists if the name is taken. */
  create(type: Address, manifest: ApiManifest, signal: AbortSignal): Promise<ApiObject>;
  /** Server-side apply. */
  apply(type: Address, manifest: ApiManifest, options: ApplyOptions, signal: AbortSignal): Promise<ApiObject>;
  /** JSON merge patch. */
  mergePatch(type: Address, ref: ObjectRef, patch: object, signal: AbortSignal): Promise<ApiObject>;
  /** Requests the deletion of an object; `Absent` if it does not exist, ClusterConflict if a precondition fails. */
  delete(
    type: Address,
    ref: ObjectRef,
    signal: AbortSignal,
    options?: {
      readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
      /** Grace period in seconds. Default: the object's own. */
      readonly gracePeriodSeconds?: number;
    },
  ): Promise<'Accepted' | 'Absent'>;
  /** Any other request, such as one for a token. Returns the reply's JSON. */
  request(http: ApiRequest, signal: AbortSignal): Promise<unknown>;
}

/** The cluster of the tenants, with the operator's rights and with those of a tenant. */
export interface TenantCluster {
  /** With the operator's own rights. */
  readonly operator: Cluster;
  /** With the rights of the bearer token's account. Called again for each new token. */
  as(token: string): Cluster;
  /** Address of the API server for helm. */
  readonly server: string;
  /** CA certificates to trust, as PEM. Undefined: those of the system. */
  readonly ca: string | undefined;
  /** Name to expect in its certificate if it is not the host of the URL. */
  readonly serverName: string | undefined;
  /** True if the operator's kubeconfig disables the check of its certificate. */
  readonly insecure: boolean;
  /** URL of an HTTP proxy. */
  readonly proxyUrl: string | undefined;
  /**
   * Watches the metadata of all objects of a kind, cluster-wide and with the operator's own rights, until the signal
   * aborts. If omitted, nothing is watched, and everything is read each time.
   */
  readonly follow?: (type: Address, labelSelector: string, signal: AbortSignal) => MetadataView;
}

/** The metadata of a kind according to a watch. May be slightly stale. */
export interface MetadataView {
  /** False before the first list, without the right to list, and while the watch is silent or fails. */
  isCurrent(): boolean;
  /** resourceVersion of an object by `namespace/name`, or `name`; undefined if none has the label. */
  versionOf(key: string): string | undefined;
}

/** The API address of a kind. */
export type Address = KindAddress;

export interface ApiObject {
  readonly metadata: ObjectMeta & {
    /** Who has written which fields. Only in replies; watches drop it. */
    readonly managedFields?: unknown;
  };
}

/** The fields that a writer owns. `apiVersion` and `kind` come from the address. */
export interface ApiManifest {
  readonly metadata: ObjectRef & {
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

interface ApplyOptions {
  readonly fieldManager: string;
  /** Whether to take over fields of other writers. */
  readonly force: boolean;
  /** Whether to only validate, and store nothing. */
  readonly dryRun?: boolean;
}

interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** For error messages: `get a token for …`. */
  readonly attempt: string;
}
