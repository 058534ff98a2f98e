import Schema from 'typebox/schema';
import { Settings } from 'typebox/system';
import type { Json } from '../../base/json.ts';
import { findDinfraError } from '../../errors/dinfra-error.ts';
import { parseJson } from '../content/json.ts';
import { type Fault, faultsOf, type Match } from './faults.ts';
import { referenceFault } from './schema-references.ts';
import { type SchemaError, tellingErrors } from './telling-errors.ts';

// Enough to cover all alternatives of a schema, few enough to sort through.
const MAX_ERRORS = 100;
Settings.Set({ maxErrors: MAX_ERRORS });

/** Maximum number of faults in a message, which has to fit into a condition. */
const MAX_FAULTS = 10;

/** The input of a check. */
export interface Question {
  /** Name of the descriptor type, for messages. */
  readonly type: string;
  /** The type's JSON Schema, as text. */
  readonly schema: string;
  /** The descriptor's text; absent to check the schema alone. */
  readonly descriptor?: string;
}

/** The result of a check. */
export type Verdict =
  | { readonly kind: 'Valid' }
  /** No descriptor can be checked with this schema. `path` points into the schema. */
  | ({ readonly kind: 'Unusable' } & Fault)
  /** The descriptor does not match. `path` points to the first fault in the descriptor; `message` has up to ten. */
  | ({ readonly kind: 'Mismatch' } & Fault);

/**
 * Checks a descriptor against the schema of its type. Both are hostile input: they are interpreted, never compiled, but
 * may need any amount of time and memory. Call it only where both are bounded: see SchemaChecker.
 */
export function checkSchema({ type, schema, descriptor }: Question): Verdict {
  try {
    const rules = withoutPrototype(parseJson(Buffer.from(schema), `the schema of ${type}`));
    const unusable = schemaFault(rules, type);
    if (unusable !== undefined || descriptor === undefined) return unusable ?? { kind: 'Valid' };
    const fault = faultIn({ document: withoutPrototype(JSON.parse(descriptor)), schema: rules, by: type });
    return fault === undefined ? { kind: 'Valid' } : { kind: 'Mismatch', ...fault };
  } catch (error) {
    const known = findDinfraError(error);
    if (known !== undefined) return { kind: 'Unusable', path: known.path ?? '', message: known.message };
    // A schema that refers to itself without consuming any of the document overflows the stack.
    const why = error instanceof RangeError ? 'refers to itself without end' : `fails: ${(error as Error).message}`;
    return { kind: 'Unusable', path: '', message: `the schema of ${type} ${why}` };
  }
}

function schemaFault(schema: Json, type: string): Verdict | undefined {
  const unusable = (path: string, message: string): Verdict => ({ kind: 'Unusable', path, message });
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    return unusable('', `the schema of ${type} is not an object`);
  }
  const { $schema } = schema as { readonly $schema?: Json };
  const meta = metaSchemaOf($schema);
  if (meta === undefined) {
    return unusable(
      '/$schema',
      `the schema of ${type} is written in ${JSON.stringify($schema)}; known are ${knownDialects}`,
    );
  }
  const reference = referenceFault(schema);
  if (reference !== undefined) {
    return unusable(reference.path, `in the schema of ${type}, ${reference.path} ${reference.message}`);
  }
  const fault = faultIn({ document: schema, schema: meta as Json, by: 'JSON Schema' });
  return fault && unusable(fault.path, `in the schema of ${type}, ${fault.message}`);
}

/** All faults of a document in one message, with the path of the first; undefined if it matches. */
function faultIn(match: Match): Fault | undefined {
  const schema = match.schema as object;
  if (Schema.Check(schema, match.document)) return undefined;
  const [, errors] = Schema.Errors(schema, match.document);
  const all = tellingErrors(errors.length === 0 ? [unnamed] : errors).flatMap((error) => faultsOf(error, match));
  const messages = [...new Set(all.map(({ message }) => message))];
  const rest = messages.length - MAX_FAULTS;
  if (rest > 0)
    messages.splice(MAX_FAULTS, rest, errors.length < MAX_ERRORS ? `${rest} more` : `${rest} more at least`);
  return { path: all[0]?.path ?? '', message: messages.join('. ') };
}

/** The fault for a mismatch without an error. */
const unnamed: SchemaError = {
  keyword: '',
  schemaPath: '#',
  instancePath: '',
  params: {},
  message: 'it does not match',
};

/** Copies data into objects without a prototype: `toString` is a key only if the author wrote it. */
function withoutPrototype(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutPrototype);
  if (typeof value !== 'object' || value === null) return value;
  const bare = Object.create(null) as Record<string, Json>;
  for (const [key, part] of Object.entries(value)) bare[key] = withoutPrototype(part);
  return bare;
}

/** The supported dialects of JSON Schema, by their `$schema`. */
const dialects = [
  'https://json-schema.org/draft/2020-12/schema',
  'https://json-schema.org/draft/2019-09/schema',
  'http://json-schema.org/draft-07/schema#',
] as const;

/** The dialect of a schema without `$schema`. */
const DEFAULT_DIALECT = dialects[0];

/** The meta-schema of a schema; undefined if its `$schema` names an unknown dialect. */
function metaSchemaOf($schema: unknown): object | undefined {
  if ($schema === undefined) return Schema.Meta[DEFAULT_DIALECT];
  const dialect = dialects.find((known) => withoutHash(known) === withoutHash(String($schema)));
  return dialect && Schema.Meta[dialect];
}

/** The known dialects, for messages. */
const knownDialects = dialects.join(', ');

function withoutHash(uri: string): string {
  return uri.replace(/#$/, '');
}
