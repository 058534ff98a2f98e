/** A kind's address in the API. */
export interface KindAddress {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Lower-case plural, as in the URL. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** The name of an object of a known kind. */
export interface ObjectRef {
  readonly name: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
}

/** An object without which another one makes no sense: shown as its parent, and deleted before it. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** True for the one owner that manages the object. */
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** The part of metav1.ObjectMeta that we read. */
export interface ObjectMeta extends ObjectRef {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Incremented with each change of the spec; absent for kinds without a spec. */
  readonly generation?: number;
  /** RFC 3339. */
  readonly creationTimestamp: string;
  /** RFC 3339; set once the object is being deleted and only finalizers keep it. */
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

/** `group/version`, or `version` in the core group. */
export function apiVersionOf({ group, version }: Pick<KindAddress, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}
