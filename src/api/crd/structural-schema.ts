import type { TSchema } from 'typebox';
import { Default } from 'typebox/value';

/** A schema as a CustomResourceDefinition may hold it: plain data, references inlined, unions as enums. */
export type StructuralSchema = { readonly [keyword: string]: unknown };

/** The keywords of a structural schema that we use, in the order they are written. `oneOf` and `not` only restrict. */
const KEYWORDS = [
  'description',
  'type',
  'format',
  'enum',
  'default',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'maxProperties',
  'oneOf',
  'not',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
] as const;

/** Keywords whose values contain or depend on schemas. */
const STRUCTURE = ['items', 'properties', 'additionalProperties', 'required'];

/**
 * The structural schema of a TypeBox schema. Throws for anything a CustomResourceDefinition cannot express, and for a
 * string or a list without a bound: the API server would reject it, or its CEL rules as too costly.
 */
export function structuralSchema(schema: TSchema, path: string): StructuralSchema {
  const source = { ...(schema as Readonly<Record<string, unknown>>) };
  const unknown = Object.keys(source).filter(
    (key) => !(KEYWORDS as readonly string[]).includes(key) && !STRUCTURE.includes(key),
  );
  if (unknown.length > 0)
    throw new Error(`${path}: ${unknown.join(', ')} cannot be part of a CustomResourceDefinition`);
  if (source['type'] === undefined && Array.isArray(source['enum'])) source['type'] = typeof source['enum'][0];
  demandBounds(source, path);
  // The API server validates a default before it fills in the defaults inside it.
  if (source['default'] !== undefined) source['default'] = Default(schema, source['default']);

  const out: Record<string, unknown> = {};
  for (const keyword of KEYWORDS) if (source[keyword] !== undefined) out[keyword] = source[keyword];
  if (source['items'] !== undefined) out['items'] = structuralSchema(source['items'] as TSchema, `${path}[]`);
  const properties = Object.entries((source['properties'] ?? {}) as Readonly<Record<string, TSchema>>);
  if (properties.length > 0) {
    out['properties'] = Object.fromEntries(
      properties.map(([name, property]) => [name, structuralSchema(property, `${path}.${name}`)]),
    );
  }
  if (source['additionalProperties'] !== undefined) {
    out['additionalProperties'] = structuralSchema(source['additionalProperties'] as TSchema, `${path}.*`);
  }
  const required = requiredOf(schema);
  if (required.length > 0) out['required'] = required;
  return out;
}

/** The properties a writer must give: a property with a default is required in the types but optional here. */
export function requiredOf(schema: TSchema): readonly string[] {
  const { required = [], properties = {} } = schema as {
    readonly required?: readonly string[];
    readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
  };
  return required.filter((name) => properties[name]?.default === undefined);
}

function demandBounds(source: Readonly<Record<string, unknown>>, path: string): void {
  switch (source['type']) {
    case 'string':
      if (source['maxLength'] === undefined && source['enum'] === undefined) throw new Error(`${path}: no maxLength`);
      return;
    case 'array':
      if (source['maxItems'] === undefined) throw new Error(`${path}: no maxItems`);
      return;
    case 'integer':
      if (source['minimum'] === undefined) throw new Error(`${path}: no minimum`);
      return;
    case 'object':
      if (source['additionalProperties'] !== undefined) demandMap(source, path);
      return;
    case 'boolean':
      return;
    default:
      throw new Error(`${path}: ${JSON.stringify(source['type'])} cannot be the type of a field`);
  }
}

/** A map: an object with arbitrary keys. The API server allows no fixed properties beside them. */
function demandMap(source: Readonly<Record<string, unknown>>, path: string): void {
  if (source['maxProperties'] === undefined) throw new Error(`${path}: no maxProperties`);
  if (Object.keys(source['properties'] ?? {}).length > 0)
    throw new Error(`${path}: both properties and additionalProperties`);
}
