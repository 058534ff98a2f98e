import type { KindAddress, ObjectMeta, ObjectRef, OwnerReference } from '../../base/kube-object.ts';

/** A kind's address in the API and the shape of its objects. Plain data: any value with these fields is one. */
export interface ResourceType<T extends KubeObject = KubeObject> extends KindAddress {
  /** Lists and watches request PartialObjectMetadata only. */
  readonly metadataOnly?: true;
  /** Never set: carries the type parameter only. */
  readonly objectType?: T;
}

/** An object as the API server returns it: raw JSON, never modified. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** An object of unknown shape. */
export interface AnyObject extends KubeObject {
  readonly [field: string]: unknown;
}

/** The metadata a writer can set. */
interface ManifestMeta extends ObjectRef {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  /** If set, the write fails on a different object of the same name. */
  readonly uid?: string;
  /** If set, the write fails if the object has changed since this version. */
  readonly resourceVersion?: string;
}

/** The fields a writer owns. `apiVersion` and `kind` come from the type. */
export type Manifest<T extends KubeObject> = {
  readonly metadata: ManifestMeta;
} & PartialDeep<Omit<T, 'apiVersion' | 'kind' | 'metadata'>>;

type PartialDeep<T> = T extends readonly (infer Item)[]
  ? readonly PartialDeep<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: PartialDeep<T[Key]> }
    : T;

/** `plural.group`, as in kubectl and RBAC. */
export function resourceNameOf({ group, plural }: ResourceType): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** URL path of all objects of a type, in one namespace or in all. */
export function collectionPath(type: ResourceType, namespace?: string): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const scope = type.namespaced && namespace !== undefined ? `/namespaces/${segment(namespace)}` : '';
  return `${root}${scope}/${type.plural}`;
}

/** URL path of one object or of its subresource. */
export function objectPath(type: ResourceType, { name, namespace }: ObjectRef, subresource?: string): string {
  if (type.namespaced && namespace === undefined) {
    throw new TypeError(`${type.kind} ${name} has no namespace, and the type is namespaced`);
  }
  const suffix = subresource === undefined ? '' : `/${subresource}`;
  return `${collectionPath(type, namespace)}/${segment(name)}${suffix}`;
}

/** A name as one path segment. An empty name would turn the deletion of one object into that of all. */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..') throw new TypeError(`"${name}" is not a valid object name`);
  return encodeURIComponent(name);
}

/** `namespace/name`, or `name` for cluster-scoped objects: the key of stores and queues. */
export function keyOf({ name, namespace }: ObjectRef): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Inverse of `keyOf`. */
export function parseKey(key: string): ObjectRef {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
