import { parseDocument } from 'yaml';
import type { Json } from '../../base/json.ts';
import { unparsable } from '../../base/yaml-bounds.ts';
import { invalid, type Place, preview } from './fault.ts';

/** An object of a compose file, its own keys only. */
export type Fields = ReadonlyMap<string, Json>;

/** A compose file: the text docker shall read, and what it says. */
export interface ComposeFile {
  readonly text: string;
  readonly top: Fields;
  readonly services: ReadonlyMap<string, Fields>;
}

/** Longest text, in bytes. Linux takes twice as much in one argument, which is how it gets into the file. */
const MAX_BYTES = 65_536;
/** Deepest nesting: files of people have about six levels. */
const MAX_DEPTH = 32;
/** Aliases, each counted with those in what it stands for: a bomb has billions, a file of people a few dozen. */
const MAX_ALIASES = 200;
const MAX_SERVICES = 64;
/** Words and marks: some three thousand lines. */
const MAX_WORDS = 20_000;

/**
 * Reads a compose file. It is a stranger's: bounded in size, depth and aliases. Throws ComposeInvalid.
 *
 * @param given the text of the file, or the same as data.
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

/** The entries of a list; none when there is no list. Throws ComposeInvalid for anything else. */
export function listOf(value: Json | undefined, place: Place): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw invalid(place, `is ${preview(value)}; expected a list`);
}

/** JSON is YAML: docker reads it as well. */
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

/** Without what JSON does not have (NaN, dates, sets), and not deeper than people write. */
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

/** The first character outside of YAML's `c-printable`, which one parser or another on the way would not take. */
function oddCharacter(text: string): string | undefined {
  const found = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.exec(text)?.[0];
  return found && `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
