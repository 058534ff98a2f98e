import type { KindAddress, ObjectMeta } from '../base/kube-object.ts';

/** API group of every resource of ours. */
export const GROUP = 'dinfra.io';
/** The one version served and stored. */
export const VERSION = 'v1alpha1';
const API_VERSION = `${GROUP}/${VERSION}`;

/** Where a kind is found in the API: plain data, so that any client can address it. */
export interface ResourceAddress<T = unknown> extends KindAddress {
  readonly group: typeof GROUP;
  readonly version: typeof VERSION;
  /** Never set: it only carries the type of the objects. */
  readonly objectType?: T;
}

/** What the API server keeps about an object of ours: they all have a spec, and so a generation. */
export interface ResourceMeta extends ObjectMeta {
  readonly generation: number;
}

/**
 * An object as the API server returns it. Defaults of the schema are filled in by then: a field with a default is never
 * absent here, although whoever writes the object may leave it out.
 */
export interface Resource<Kind extends string, Spec, Status> {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: Kind;
  readonly metadata: ResourceMeta;
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
