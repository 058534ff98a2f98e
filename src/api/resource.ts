/** API group of every resource of ours. */
export const GROUP = 'dinfra.io';
/** The one version served and stored. */
export const VERSION = 'v1alpha1';
const API_VERSION = `${GROUP}/${VERSION}`;

/** Where a kind is found in the API: plain data, so that any client can address it. */
export interface ResourceAddress<T = unknown> {
  readonly group: typeof GROUP;
  readonly version: typeof VERSION;
  /** Lower-case plural, as in the URL. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never set: it only carries the type of the objects. */
  readonly objectType?: T;
}

/** What the API server keeps about an object: the part of metav1.ObjectMeta we read. */
export interface ObjectMeta {
  readonly name: string;
  /** Absent on cluster-scoped objects. */
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Grows by one with each change of spec, and only then. */
  readonly generation: number;
  /** RFC 3339. */
  readonly creationTimestamp: string;
  /** RFC 3339; present once the object is being deleted and only finalizers keep it. */
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

/**
 * An object as the API server returns it. Defaults of the schema are filled in by then: a field with a default is never
 * absent here, although whoever writes the object may leave it out.
 */
export interface Resource<Kind extends string, Spec, Status> {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: Kind;
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
  /** Never absent: the schema's default is `{observedGeneration: -1}`. */
  readonly status: Status;
}

/** A type whose every part, however deep, cannot be assigned to: what comes from the API server is shared and frozen. */
export type DeepReadonly<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly DeepReadonly<Item>[]
    : { readonly [Key in keyof T]: DeepReadonly<T[Key]> };
