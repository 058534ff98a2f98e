import { createHmac } from 'node:crypto';

/** How long a signed request is valid, in milliseconds: less than the 15 minutes a strict server allows. */
const SIGNATURE_LIFETIME_MS = 10 * 60_000;

/** The API key pair of the account. Never logged, never in an error. */
export interface CloudStackCredentials {
  readonly apiKey: string;
  readonly secretKey: string;
}

/** The parameters of one call, not encoded yet. */
export type Parameters = Readonly<Record<string, string>>;

/**
 * The body of a signed call: `application/x-www-form-urlencoded`, to be sent by POST. `nowMs` is our estimate of the
 * server's time, in Unix milliseconds.
 */
export function signedForm(
  command: string,
  parameters: Parameters,
  credentials: CloudStackCredentials,
  nowMs: number,
): string {
  const all: Parameters = {
    ...parameters,
    apiKey: credentials.apiKey,
    command,
    expires: new Date(nowMs + SIGNATURE_LIFETIME_MS).toISOString().replace(/\.\d{3}Z$/, '+0000'),
    response: 'json',
    signatureVersion: '3',
  };
  const form = Object.entries(all).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return `${form.join('&')}&signature=${encode(signatureOf(all, credentials.secretKey))}`;
}

/** Base64 HMAC-SHA1 of the canonical string. */
export function signatureOf(parameters: Parameters, secretKey: string): string {
  return createHmac('sha1', secretKey).update(canonicalString(parameters)).digest('base64');
}

/**
 * The string that CloudStack signs: sorted by case-sensitive names (`Zoneid` before `apiKey`), names not encoded,
 * values encoded as in Java, everything in lower case.
 */
export function canonicalString(parameters: Parameters): string {
  return Object.entries(parameters)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${encode(value)}`)
    .join('&')
    .toLowerCase();
}

/**
 * java.net.URLEncoder with `%20` for the space: unreserved are letters, digits and `-_.*`. Several clients leave `~`
 * unencoded and encode `*`; a server answers both with 401.
 */
export function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
