import type { KindAddress, ObjectMeta, ObjectRef } from '../../base/kube-object.ts';
/**
 * What this reactor needs of a Kubernetes API, as a port: main wires the client of src/kube to it. Errors are the
 * Cluster… errors of the catalogue.
 */
export interface Cluster {
  /** The object, or undefined when the API server says that there is none. */
  find(type: Address, ref: ObjectRef, signal: AbortSignal): Promise<ApiObject | undefined>;
  /** All objects of a type in a namespace. */
  list(type: Address, options: ListOptions, signal: AbortSignal): Promise<{ readonly items: readonly ApiObject[] }>;
  /** Makes an object; fails with ClusterAlreadyExists when there is one of that name. */
  create(type: Address, manifest: ApiManifest, signal: AbortSignal): Promise<ApiObject>;
  /** Server-side apply. */
  apply(type: Address, manifest: ApiManifest, options: ApplyOptions, signal: AbortSignal): Promise<ApiObject>;
  /** JSON merge patch. */
  mergePatch(type: Address, ref: ObjectRef, patch: object, signal: AbortSignal): Promise<ApiObject>;
  /** Asks for an object to be deleted; `Absent` when there is none, ClusterConflict when it is another than meant. */
  delete(
    type: Address,
    ref: ObjectRef,
    signal: AbortSignal,
    options?: {
      readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
      /** Seconds, instead of what the object says itself. */
      readonly gracePeriodSeconds?: number;
    },
  ): Promise<'Accepted' | 'Absent'>;
  /** Any other request, such as one for a token. Returns the JSON of the reply. */
  request(http: ApiRequest, signal: AbortSignal): Promise<unknown>;
}

/** The cluster tenants live in: what the operator may do itself, and the way in with a tenant's rights. */
export interface TenantCluster {
  /** With the operator's own rights. */
  readonly operator: Cluster;
  /** With the rights of the bearer token's account. Called again whenever the token changes. */
  as(token: string): Cluster;
  /** Where helm finds the API server. */
  readonly server: string;
  /** Certificates to trust, PEM. Undefined: those of the machine. */
  readonly ca: string | undefined;
  /** Name to expect in its certificate when it is not the host of the URL. */
  readonly serverName: string | undefined;
  /** True: its certificate is not checked, as the operator's kubeconfig says. */
  readonly insecure: boolean;
  /** URL of an HTTP proxy to go through. */
  readonly proxyUrl: string | undefined;
  /**
   * Follows the metadata of all objects of a kind in the whole cluster, with the operator's own rights, until the signal
   * aborts. Left out: nothing is followed, and everything is read each time.
   */
  readonly follow?: (type: Address, labelSelector: string, signal: AbortSignal) => MetadataView;
}

/** What is known of a kind by a watch. It may be a moment behind. */
export interface MetadataView {
  /** False before the first list, without the right to it, and while the watch is silent or fails. */
  isCurrent(): boolean;
  /** resourceVersion of an object by `namespace/name`, or `name`; undefined when there is none with the label. */
  versionOf(key: string): string | undefined;
}

/** Where the API has a kind. */
export type Address = KindAddress;

export interface ApiObject {
  readonly metadata: ObjectMeta & {
    /** Who has written which fields. Only in replies, not in what a watch keeps. */
    readonly managedFields?: unknown;
  };
}

/** The fields a writer owns. `apiVersion` and `kind` come from the address. */
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
  /** Take over fields of others. */
  readonly force: boolean;
  /** Check everything, store nothing. */
  readonly dryRun?: boolean;
}

interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** In words, for messages: `get a token for …`. */
  readonly attempt: string;
}
