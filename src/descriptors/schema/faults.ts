import type { Json } from '../../base/json.ts';
import type { SchemaError } from './telling-errors.ts';

/** A fault in a document, described for its author. */
export interface Fault {
  /** JSON pointer of the field. */
  readonly path: string;
  /** The field, its value, and what was expected. */
  readonly message: string;
}

/** A document and the schema it should match. */
export interface Match {
  readonly document: Json;
  readonly schema: Json;
  /** Name of the schema in messages: the descriptor type. */
  readonly by: string;
}

/** An error in words, one for each field that is missing: `values.replicas is "three"; helm/v1 wants an integer`. */
export function faultsOf(error: SchemaError, { document, schema, by }: Match): readonly Fault[] {
  const path = error.instancePath;
  const name = nameOf(path);
  const value = valueAt(document, path);
  const params = error.params as Params;
  const fault = (message: string): readonly Fault[] => [{ path, message }];
  const wants = (what: string) => fault(`${name} is ${preview(value)}; ${by} wants ${what}`);
  const missing = (keys: readonly string[], when: string): readonly Fault[] =>
    keys.map((key) => {
      const at = `${path}/${pointerPart(key)}`;
      return { path: at, message: `${nameOf(at)} is missing; ${by} wants it${when}` };
    });

  switch (error.keyword) {
    case 'type':
      return wants(list(params.type ?? [], (type) => types[type] ?? type));
    case 'enum':
      return wants(list(params.allowedValues ?? [], preview));
    case 'const':
      return wants(preview(params.allowedValue));
    case 'required':
      return missing(params.requiredProperties ?? [], '');
    case 'dependentRequired':
    case 'dependencies':
      return missing(absentOf(value, params.dependencies ?? []), ` where ${params.property} is given`);
    case 'boolean':
      return /\/(additional|unevaluated)Properties$/.test(error.schemaPath)
        ? fault(`${name} is not a field that ${by} knows${suggestion(error, schema)}`)
        : fault(`${name} is ${preview(value)}; ${by} allows nothing there`);
    case 'propertyNames':
      return fault(`${name} has the key "${cut(params.propertyNames?.[0] ?? '')}", a name that ${by} does not allow`);
    case 'minimum':
      return wants(`at least ${params.limit}`);
    case 'maximum':
      return wants(`at most ${params.limit}`);
    case 'exclusiveMinimum':
      return wants(`more than ${params.limit}`);
    case 'exclusiveMaximum':
      return wants(`less than ${params.limit}`);
    case 'multipleOf':
      return wants(`a multiple of ${params.multipleOf}`);
    case 'minLength':
      return wants(`at least ${params.limit} characters`);
    case 'maxLength':
      return wants(`at most ${params.limit} characters`);
    case 'pattern':
      return wants(`text that matches ${cut(String(params.pattern))}`);
    case 'format':
      return wants(`text of the format ${params.format}`);
    case 'minItems':
      return wants(`at least ${params.limit} items`);
    case 'maxItems':
      return wants(`at most ${params.limit} items`);
    case 'minProperties':
      return wants(`at least ${params.limit} fields`);
    case 'maxProperties':
      return wants(`at most ${params.limit} fields`);
    case 'uniqueItems':
      return fault(`${name} has the same item twice; ${by} wants each once`);
    case 'contains':
      return wants('an item of a kind that is not there');
    case 'not':
      return fault(`${name} is ${preview(value)}; ${by} excludes that`);
    case 'oneOf':
    case 'anyOf':
      return (params.passingSchemas?.length ?? 0) > 1
        ? fault(`${name} is ${preview(value)}; ${by} has several forms for it and wants exactly one of them`)
        : fault(`${name} is ${preview(value)}; ${by} has several forms for it and this is none of them`);
    case 'if':
      return fault(`${name} is ${preview(value)}; ${by} wants more of it, given what it says`);
    default:
      return fault(`${name} is ${preview(value)}; ${by} says: ${cut(error.message)}`);
  }
}

/** The parameters of all keywords: which are there depends on the keyword. */
interface Params {
  readonly type?: string | readonly string[];
  readonly allowedValues?: readonly Json[];
  readonly allowedValue?: Json;
  readonly requiredProperties?: readonly string[];
  readonly dependencies?: readonly string[];
  readonly property?: string;
  readonly propertyNames?: readonly string[];
  readonly limit?: number;
  readonly multipleOf?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly passingSchemas?: readonly number[];
}

const types: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

/** Maximum length of a quotation from a document in a message, in characters. */
const MAX_QUOTED = 60;
/** Maximum values of an enum listed in a message. */
const MAX_LISTED = 8;

/** The readable name of a place in a document: `ports[0].name`, or `the descriptor` for the whole. */
function nameOf(pointer: string): string {
  const parts = pointer.split('/').slice(1).map(readPart);
  const name = parts.map((part) => (/^(0|[1-9][0-9]*)$/.test(part) ? `[${part}]` : plainOrQuoted(part))).join('');
  return name === '' ? 'the descriptor' : cut(name.replace(/^\./, ''), 200);
}

/** The known field that may have been meant by an unknown one. */
function suggestion({ schemaPath, instancePath }: SchemaError, schema: Json): string {
  const owner = schemaPath.split('/').slice(1, -1).map(readPart);
  const known = schemaAt(schema, [...owner, 'properties']);
  if (known === undefined) return '';
  const meant = closest(readPart(instancePath.split('/').at(-1) ?? ''), Object.keys(known));
  return meant === undefined ? '' : `; did you mean ${cut(meant)}?`;
}

/** The part of a schema at a path reported by typebox, which does not contain the references that were followed. */
function schemaAt(schema: Json, path: readonly string[]): { readonly [key: string]: Json } | undefined {
  let at = objectOf(schema);
  for (const part of path) {
    // A reference may lead to another one.
    for (let hops = 0; hops < 8 && at !== undefined && !Object.hasOwn(at, part); hops++) {
      const { $ref } = at as { readonly $ref?: Json };
      at = typeof $ref === 'string' && $ref.startsWith('#/') ? objectOf(valueAt(schema, decoded($ref))) : undefined;
    }
    at = objectOf(at?.[part]);
  }
  return at;
}

function objectOf(value: Json | undefined): { readonly [key: string]: Json } | undefined {
  // Arrays as well: their indexes are keys.
  return typeof value === 'object' && value !== null ? (value as { readonly [key: string]: Json }) : undefined;
}

function decoded(reference: string): string {
  return decodeURIComponent(reference.slice(1));
}

function plainOrQuoted(key: string): string {
  return /^[A-Za-z_$][\w$-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(cut(key))}]`;
}

function valueAt(document: Json, pointer: string): Json | undefined {
  let at: Json | undefined = document;
  for (const part of pointer.split('/').slice(1).map(readPart)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as { readonly [key: string]: Json })[part];
  }
  return at;
}

function preview(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length} items`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? JSON.stringify(cut(value)) : String(value);
}

function list<T>(values: T | readonly T[], say: (value: T) => string): string {
  const all = (Array.isArray(values) ? values : [values]) as readonly T[];
  const said = all.slice(0, MAX_LISTED).map(say);
  if (all.length > MAX_LISTED) said.push(`${all.length - MAX_LISTED} others`);
  return said.length > 1 ? `${said.slice(0, -1).join(', ')} or ${said.at(-1)}` : (said[0] ?? 'nothing');
}

function absentOf(value: Json | undefined, keys: readonly string[]): readonly string[] {
  return keys.filter((key) => typeof value !== 'object' || value === null || !Object.hasOwn(value, key));
}

function cut(text: string, length = MAX_QUOTED): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function pointerPart(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function readPart(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Maximum length of a word that is compared, in characters. */
const MAX_WORD = 40;

/** The candidate that was most likely meant by a word: at most two letters and a third of it are different. */
function closest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > MAX_WORD) return undefined;
  const [best] = candidates
    .filter((candidate) => candidate.length <= MAX_WORD)
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.min(2, Math.ceil(candidate.length / 3)))
    .toSorted((one, other) => one.distance - other.distance);
  return best?.candidate;
}

/** The number of letters to insert, remove or replace to get from one word to the other (Levenshtein distance). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (let index = 1; index <= to.length; index++) {
      const replaced = (row[index - 1] ?? 0) + (to[index - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
