import type { Failure } from './failure.ts';
import { kindOf } from './failure.ts';

/** A JSON object from CloudStack: its fields are unknown until they are parsed. */
export type JsonObject = { readonly [key: string]: unknown };

/** The reply to one call. */
export type Reply =
  | { readonly kind: 'Ok'; readonly body: JsonObject }
  | { readonly kind: 'Failed'; readonly failure: Failure }
  /** The answer did not come from the API: a proxy's page, a truncated body, another program. */
  | NotApi;

export interface NotApi {
  readonly kind: 'NotApi';
  readonly status: number;
  readonly excerpt: string;
  /** How long a proxy asks to wait, in milliseconds. */
  readonly waitMs?: number;
}

/** The longest wait that is honoured, in milliseconds. */
const MAX_WAIT_MS = 10 * 60_000;

/** An HTTP response. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The Retry-After header, which proxies send; CloudStack itself never does. */
  readonly retryAfter?: string | undefined;
}

/**
 * Parses the reply in an HTTP response. The envelope has one top-level key whose name is not always the command's: the
 * only key is read, whatever it is.
 */
export function readReply(command: string, { status, text, retryAfter }: Answer): Reply {
  const wait =
    (status === 429 || status === 503) && /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
  const notApi: NotApi = {
    kind: 'NotApi',
    status,
    excerpt: excerptOf(text),
    ...(wait === undefined ? {} : { waitMs: Math.min(wait * 1_000, MAX_WAIT_MS) }),
  };
  const envelope = objectOf(text);
  const keys = envelope === undefined ? [] : Object.keys(envelope);
  const body = envelope?.[keys[0] ?? ''];
  if (keys.length !== 1 || !isObject(body)) return notApi;
  const code = integer(body['errorcode']);
  if (code !== undefined && code !== 0) return { kind: 'Failed', failure: failureOf(command, code, body) };
  // An error status without an error in the body does not come from the API.
  return status === 200 ? { kind: 'Ok', body } : notApi;
}

/** Parses the failure in an object with `errorcode` and `errortext`. */
function failureOf(command: string, code: number, body: JsonObject): Failure {
  const text = typeof body['errortext'] === 'string' ? body['errortext'].slice(0, 500) : '(no text)';
  return { command, code, csCode: integer(body['cserrorcode']), text, kind: kindOf(code) };
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An integer, sent as a number or as digits. */
export function integer(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** A boolean, sent as such or, by old versions, as `"true"`. */
export function truth(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}

/** A non-empty string. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function objectOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function excerptOf(text: string): string {
  const title = /<title>([^<]{1,100})<\/title>/i.exec(text)?.[1];
  const flat = (title ?? text).replaceAll(/\s+/g, ' ').trim();
  return flat === '' ? 'an empty body' : `"${flat.slice(0, 100)}"`;
}
