import type { Json } from '../../base/json.ts';
import type { SchemaError } from './nearest-error.ts';

/** What is wrong with a document, for its author. */
export interface Fault {
  /** JSON pointer of the field. */
  readonly path: string;
  /** The field, its value, and what was expected. */
  readonly message: string;
}

/** Says an error in words: `values.replicas is "three"; helm/v1 wants an integer`. `by` is who wants it. */
export function inWords(error: SchemaError, document: Json, by: string): Fault {
  const path = error.instancePath;
  const name = nameOf(path);
  const value = valueAt(document, path);
  const params = error.params as Params;
  const told = (message: string, at = path): Fault => ({ path: at, message });
  const wants = (what: string): Fault => told(`${name} is ${preview(value)}; ${by} wants ${what}`);
  const missing = (key: string | undefined, when: string): Fault => {
    const at = `${path}/${pointerPart(key ?? '')}`;
    return told(`${nameOf(at)} is missing; ${by} wants it${when}`, at);
  };

  switch (error.keyword) {
    case 'type':
      return wants(list(params.type ?? [], (type) => types[type] ?? type));
    case 'enum':
      return wants(list(params.allowedValues ?? [], preview));
    case 'const':
      return wants(preview(params.allowedValue));
    case 'required':
      return missing(params.requiredProperties?.[0], '');
    case 'dependentRequired':
    case 'dependencies':
      return missing(missingOf(value, params.dependencies ?? []), ` where ${params.property} is given`);
    case 'boolean':
      return /\/(additional|unevaluated)Properties$/.test(error.schemaPath)
        ? told(`${name} is not a field that ${by} knows`)
        : told(`${name} is ${preview(value)}; ${by} allows nothing there`);
    case 'propertyNames':
      return told(`${name} has the key "${cut(params.propertyNames?.[0] ?? '')}", a name that ${by} does not allow`);
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
      return told(`${name} has the same item twice; ${by} wants each once`);
    case 'contains':
      return wants('an item of a kind that is not there');
    case 'not':
      return told(`${name} is ${preview(value)}; ${by} excludes that`);
    case 'oneOf':
    case 'anyOf':
      return (params.passingSchemas?.length ?? 0) > 1
        ? told(`${name} is ${preview(value)}; ${by} has several forms for it and wants exactly one of them`)
        : told(`${name} is ${preview(value)}; ${by} has several forms for it and this is none of them`);
    case 'if':
      return told(`${name} is ${preview(value)}; ${by} wants more of it, given what it says`);
    default:
      return told(`${name} is ${preview(value)}; ${by} says: ${cut(error.message)}`);
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

/** Longest piece of a stranger's text in a message, in characters. */
const MAX_QUOTED = 60;
/** Most values told of an enumeration. */
const MAX_LISTED = 8;

/** How people write a place in a document: `ports[0].name`, or `the descriptor` for the whole. */
function nameOf(pointer: string): string {
  const parts = pointer.split('/').slice(1).map(readPart);
  const name = parts.map((part) => (/^(0|[1-9][0-9]*)$/.test(part) ? `[${part}]` : plainOrQuoted(part))).join('');
  return name === '' ? 'the descriptor' : cut(name.replace(/^\./, ''), 200);
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

function missingOf(value: Json | undefined, keys: readonly string[]): string | undefined {
  return keys.find((key) => typeof value !== 'object' || value === null || !Object.hasOwn(value, key));
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
