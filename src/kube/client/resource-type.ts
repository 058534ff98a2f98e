import type { KindAddress, ObjectMeta, ObjectRef } from '../../base/kube-object.ts';

/** Where a kind is found in the API, and the shape of its objects. Plain data: any address with these fields is one. */
export interface ResourceType<T extends KubeObject = KubeObject> extends KindAddress {
  /** Lists and watches are asked for the metadata of the objects only. */
  readonly metadataOnly?: true;
  /** Never set: it only carries the type. */
  readonly objectType?: T;
}

/** An object as the API server returns it: raw JSON, never to be written to. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** An object whose fields we do not know. */
export interface AnyObject extends KubeObject {
  readonly [field: string]: unknown;
}

/** What a writer says of an object's metadata. */
interface ManifestMeta extends ObjectRef {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  /** With it the write fails on an object of the same name that is another one. */
  readonly uid?: string;
  /** With it the write fails on an object that has changed since. */
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

/** `plural.group`, as people and RBAC name it. */
export function resourceNameOf({ group, plural }: ResourceType): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** URL path of all objects of a type, in one namespace or, without one, in all. */
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

/** A name as one segment of a path. An empty one would turn the deletion of an object into that of all. */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..') throw new TypeError(`"${name}" is no name of an object`);
  return encodeURIComponent(name);
}

/** `namespace/name`, or `name` for cluster-scoped objects: the key of stores and queues. */
export function keyOf({ name, namespace }: ObjectRef): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The object a key names. */
export function parseKey(key: string): ObjectRef {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
