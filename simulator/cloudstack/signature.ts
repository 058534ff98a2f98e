import { createHmac } from 'node:crypto';

/** The HMAC-SHA1 a client has to send as `signature`, of all its other parameters. */
export function signatureOf(parameters: ReadonlyMap<string, string>, secretKey: string): Buffer {
  return createHmac('sha1', secretKey).update(stringToSign(parameters)).digest();
}

/** The query of a call in JSON, signed. */
export function signedQuery(
  parameters: Readonly<Record<string, string>>,
  keys: { readonly apiKey: string; readonly secretKey: string },
): URLSearchParams {
  const all = { ...parameters, apiKey: keys.apiKey, response: 'json' };
  const signature = signatureOf(new Map(Object.entries(all)), keys.secretKey).toString('base64');
  return new URLSearchParams({ ...all, signature });
}

function stringToSign(parameters: ReadonlyMap<string, string>): string {
  const names = [...parameters.keys()].filter((name) => name.toLowerCase() !== 'signature').sort();
  return names
    .map((name) => `${name}=${javaEncode(parameters.get(name) ?? '')}`)
    .join('&')
    .toLowerCase();
}

/** java.net.URLEncoder, byte by byte, with %20 for the space. */
function javaEncode(value: string): string {
  let encoded = '';
  for (const byte of Buffer.from(value, 'utf8')) {
    const character = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9._*-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return encoded;
}
