import type { KindAddress, ObjectMeta } from '../base/kube-object.ts';

/** API group of our resources. */
export const GROUP = 'dinfra.io';
/** The only version served and stored. */
export const VERSION = 'v1alpha1';
const API_VERSION = `${GROUP}/${VERSION}`;

/** A kind's address in the API: plain data, so that any client can use it. */
export interface ResourceAddress<T = unknown> extends KindAddress {
  readonly group: typeof GROUP;
  readonly version: typeof VERSION;
  /** Never set: carries the type parameter only. */
  readonly objectType?: T;
}

/** The metadata of our objects: all have a spec, and so a generation. */
export interface ResourceMeta extends ObjectMeta {
  readonly generation: number;
}

/**
 * An object as the API server returns it. Schema defaults are filled in: a field with a default is never absent here,
 * although a writer may omit it.
 */
export interface Resource<Kind extends string, Spec, Status> {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: Kind;
  readonly metadata: ResourceMeta;
  readonly spec: Spec;
  /** Never absent: the schema's default is `{observedGeneration: -1}`. */
  readonly status: Status;
}

/** A deeply readonly type: objects from the API server are shared and frozen. */
export type DeepReadonly<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly DeepReadonly<Item>[]
    : { readonly [Key in keyof T]: DeepReadonly<T[Key]> };
