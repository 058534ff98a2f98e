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

/** Everything the CustomResourceDefinition and the reference page of a kind are made from. */
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
  /** Paths a field selector may name, e.g. `.spec.providerRef.name`. */
  readonly selectableFields: readonly string[];
}

/** The address alone, of objects of type `T`. */
export function addressOf<T>({ group, version, plural, kind, namespaced }: Definition): ResourceAddress<T> {
  return { group, version, plural, kind, namespaced };
}

/** The `Ready` column every kind has. */
export const readyColumn: PrinterColumn = {
  name: 'Ready',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].status',
  description: 'True when what the spec asks for is so.',
};

/** Why `Ready` is what it is, in one word of the catalogue. */
export const reasonColumn: PrinterColumn = {
  name: 'Status',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
  description: 'Why Ready is what it is: a reason of docs/reasons.md.',
};

/** Why `Ready` is what it is, in words. */
export const messageColumn: PrinterColumn = {
  name: 'Message',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].message',
  description: 'Why Ready is what it is, in words.',
  priority: 1,
};

export const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since the object was made.',
};
