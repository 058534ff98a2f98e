import type { Json } from '../../base/json.ts';
import { TerminalError } from '../../errors/dinfra-error.ts';

/** Maximum nesting of arrays and objects. */
export const MAX_DEPTH = 64;

/** Why a text is refused; `path` is the JSON pointer of the place, if known. */
interface NotJson {
  readonly message: string;
  readonly path?: string;
}

/**
 * Parses UTF-8 bytes strictly: no byte order mark, no duplicate keys, at most 64 levels. Everyone who signs, checks and
 * runs a document must see the same content, and parsers differ on duplicate keys. `what` names the document in the
 * message. Throws a TerminalError DescriptorNotJson.
 */
export function parseJson(bytes: Uint8Array, what: string): Json {
  const text = decode(bytes, what);
  const fault = faultOf(text);
  if (fault !== undefined) {
    throw new TerminalError('DescriptorNotJson', { ...fault, message: `${what} ${fault.message}` });
  }
  return JSON.parse(text) as Json;
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new TerminalError('DescriptorNotJson', { message: `${what} is not UTF-8 text`, cause });
  }
}

function faultOf(text: string): NotJson | undefined {
  if (text.startsWith('\uFEFF')) return { message: 'starts with a byte order mark; a JSON document has none' };
  try {
    JSON.parse(text);
  } catch (error) {
    return { message: `is not a JSON document: ${(error as Error).message}` };
  }
  return structureFault(text);
}

/** An object or array that is open while its text is scanned. */
interface Open {
  /** Keys seen so far; undefined in an array. */
  readonly keys: Set<string> | undefined;
  /** The key or index that is being read. */
  at: string | number;
  /** In an object: whether the next string is a key. */
  keyNext: boolean;
}

/** Finds what JSON.parse accepts and we refuse. The text is valid JSON already: only strings and brackets matter. */
function structureFault(text: string): NotJson | undefined {
  const open: Open[] = [];
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},]/g)) {
    const top = open.at(-1);
    if (token === '{' || token === '[') {
      if (open.length === MAX_DEPTH) return { message: `is nested deeper than ${MAX_DEPTH} levels` };
      open.push(
        token === '{' ? { keys: new Set(), at: '', keyNext: true } : { keys: undefined, at: 0, keyNext: false },
      );
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ',' && top !== undefined) {
      if (top.keys === undefined) top.at = Number(top.at) + 1;
      else top.keyNext = true;
    } else if (top?.keys !== undefined && top.keyNext) {
      const key = JSON.parse(token) as string;
      top.at = key;
      top.keyNext = false;
      if (top.keys.has(key)) return { message: `has the key ${token.slice(0, 80)} twice`, path: pointerOf(open) };
      top.keys.add(key);
    }
  }
  return undefined;
}

function pointerOf(open: readonly Open[]): string {
  return open.map(({ at }) => `/${String(at).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
