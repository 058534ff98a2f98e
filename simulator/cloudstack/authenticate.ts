import { timingSafeEqual } from 'node:crypto';
import { ApiError } from './api-error.ts';
import type { Account, User } from './rows.ts';
import { signatureOf } from './signature.ts';
import type { World } from './world.ts';

/** The latest expiry a strict server accepts. */
const STRICT_EXPIRY_MS = 15 * 60_000;

/** The user who signed the call. Throws the same 401 for every problem, as the server does. */
export function authenticate(
  world: World,
  parameters: ReadonlyMap<string, string>,
  now: number,
): { account: Account; user: User } {
  const get = (name: string) => parameter(parameters, name);
  const user = world.tables.users.find((row) => row.apiKey === get('apikey'));
  const signature = get('signature');
  if (user === undefined || !user.enabled || signature === undefined) throw unauthenticated();
  const strict = world.setting('enforce.post.requests.and.timestamps') === 'true';
  if (get('signatureversion') === '3') {
    const expires = parseMoment(get('expires'));
    if (expires === undefined || expires < now) throw unauthenticated();
    if (strict && expires > now + STRICT_EXPIRY_MS) throw unauthenticated();
  } else if (strict) {
    throw unauthenticated();
  }
  const expected = signatureOf(parameters, user.secretKey);
  const given = Buffer.from(signature, 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw unauthenticated();
  return { account: world.tables.accounts.must(user.account), user };
}

/** 401. */
export function unauthenticated(): ApiError {
  return new ApiError(401, undefined, 'unable to verify user credentials and/or request signature');
}

/** Parameter names are case-insensitive. */
export function parameter(parameters: ReadonlyMap<string, string>, lowerCaseName: string): string | undefined {
  for (const [name, value] of parameters) if (name.toLowerCase() === lowerCaseName) return value;
  return undefined;
}

function parseMoment(text: string | undefined): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(Z|[+-]\d{2}:?\d{2})$/.exec(text ?? '');
  const [, local, zone = ''] = match ?? [];
  if (local === undefined) return undefined;
  const at = Date.parse(`${local}${zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(-2)}`}`);
  return Number.isNaN(at) ? undefined : at;
}
