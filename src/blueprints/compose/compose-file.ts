import { parseDocument } from 'yaml';
import type { Json } from '../../base/json.ts';
import { unparsable } from '../../base/strict-yaml.ts';
import { invalid, type Place, preview } from './fault.ts';

/** The own keys and values of an object in a compose file. */
export type Fields = ReadonlyMap<string, Json>;

/** A compose file: its text, and its parsed content. */
export interface ComposeFile {
  readonly text: string;
  readonly top: Fields;
  readonly services: ReadonlyMap<string, Fields>;
}

/** Maximum size of the text, in bytes. It is passed as one argument, for which Linux allows twice as much. */
const MAX_BYTES = 65_536;
/** Maximum nesting: usual files have about six levels. */
const MAX_DEPTH = 32;
/** Maximum number of aliases, nested ones included: a bomb has billions, a usual file a few dozen. */
const MAX_ALIASES = 200;
const MAX_SERVICES = 64;
/** Maximum number of tokens: about three thousand lines. */
const MAX_WORDS = 20_000;

/**
 * Parses a compose file. It is untrusted: size, depth and aliases are bounded. Throws ComposeInvalid.
 *
 * @param given the text of the file, or the same as an object.
 */
export function readComposeFile(given: Json | undefined): ComposeFile {
  const text = typeof given === 'string' ? given : textOf(given);
  const length = Buffer.byteLength(text);
  if (length > MAX_BYTES) throw invalid([], `has ${length} bytes; at most ${MAX_BYTES} are allowed`);
  const odd = oddCharacter(text);
  if (odd !== undefined) throw invalid([], `has a character that YAML does not allow: ${odd}`);
  const top = fieldsOf(typeof given === 'string' ? parsed(text) : given, []);
  const services = fieldsOf(top.get('services'), ['services']);
  if (services.size === 0) throw invalid(['services'], 'is empty; expected at least one service');
  if (services.size > MAX_SERVICES) {
    throw invalid(['services'], `has ${services.size} entries; at most ${MAX_SERVICES} are allowed`);
  }
  return {
    text,
    top,
    services: new Map(
      [...services].map(([name, service]) => {
        if (/^[a-zA-Z0-9._-]{1,63}$/.test(name)) return [name, fieldsOf(service, ['services', name])];
        throw invalid(['services'], `has a service ${preview(name)}; a name has letters, digits, ".", "_" and "-"`);
      }),
    ),
  };
}

/** The keys and values of an object. Throws ComposeInvalid for anything else. */
export function fieldsOf(value: Json | undefined, place: Place): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
  throw invalid(place, `is ${preview(value)}; expected an object`);
}

/** The entries of a list; empty if it is missing. Throws ComposeInvalid for anything else. */
export function listOf(value: Json | undefined, place: Place): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw invalid(place, `is ${preview(value)}; expected a list`);
}

/** An object becomes JSON, which is YAML, so docker can read it. */
function textOf(given: Json | undefined): string {
  if (typeof given === 'object' && given !== null) return `${JSON.stringify(given, null, 1)}\n`;
  throw invalid([], `is ${preview(given)}; expected its text, or the same as an object`);
}

function parsed(text: string): Json {
  const why = unparsable(text, MAX_WORDS);
  if (why !== undefined) throw invalid([], `is not read: ${why}`);
  let value: unknown;
  try {
    const document = parseDocument(text, { merge: true, prettyErrors: true });
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) throw fault;
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw invalid([], `cannot be read as YAML: ${firstLine(error)}`);
  }
  demandJson(value, [], 0);
  return value;
}

function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replace(/:$/, '').slice(0, 160);
}

/** Rejects values that JSON does not have (NaN, dates, sets), and excessive nesting. */
function demandJson(value: unknown, place: Place, depth: number): asserts value is Json {
  if (depth > MAX_DEPTH) throw invalid([], `is nested deeper than ${MAX_DEPTH} levels`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) demandJson(entry, [...place, index], depth + 1);
  } else if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, entry] of Object.entries(value)) demandJson(entry, [...place, key], depth + 1);
  } else {
    throw invalid(place, 'is neither text, number, truth value, list nor object');
  }
}

/** The first character outside of YAML's `c-printable`, which some parser on the way would reject. */
function oddCharacter(text: string): string | undefined {
  const found = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.exec(text)?.[0];
  return found && `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
