import type { TObject } from 'typebox';
import type { Rule } from './fields.ts';
import type { ResourceAddress } from './resource.ts';

/** One column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** 1 shows the column only with `-o wide`. Default 0. */
  readonly priority?: 0 | 1;
}

/** Everything the CustomResourceDefinition and the reference page of a kind are generated from. */
export interface Definition extends ResourceAddress {
  readonly singular: string;
  readonly shortName: string;
  /** One sentence: `kubectl explain` and the top of the reference page. */
  readonly description: string;
  /** Rules on the whole object: spec, status, or its name. */
  readonly rules?: readonly Rule[];
  readonly spec: TObject;
  readonly status: TObject;
  readonly columns: readonly PrinterColumn[];
  /** Paths usable in field selectors, e.g. `.spec.providerRef.name`. */
  readonly selectableFields: readonly string[];
}

/** The address of objects of type `T`. */
export function addressOf<T>({ group, version, plural, kind, namespaced }: Definition): ResourceAddress<T> {
  return { group, version, plural, kind, namespaced };
}

/** The `Ready` column every kind has. */
export const readyColumn: PrinterColumn = {
  name: 'Ready',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].status',
  description: 'Whether the object is as its spec asks.',
};

/** The reason of `Ready`, from the catalogue. */
export const reasonColumn: PrinterColumn = {
  name: 'Status',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
  description: 'The reason of Ready: see docs/reasons.md.',
};

/** The message of `Ready`. */
export const messageColumn: PrinterColumn = {
  name: 'Message',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].message',
  description: 'The message of Ready.',
  priority: 1,
};

export const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since the object was created.',
};
