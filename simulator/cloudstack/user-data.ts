import { ApiError, invalid } from './api-error.ts';
import type { Context } from './command.ts';

/** Largest Base64 text by GET. */
const MAX_BY_GET = 4_096;

/** Checks user-data as the server does, and returns it in the standard alphabet with padding. */
export function storeUserData(context: Context, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const { method, quirks, world } = context;
  const limit = method === 'GET' ? MAX_BY_GET : Number(world.setting('vm.userdata.max.length'));
  if (text.length > (quirks.strictUserDataLimit ? limit - 1 : limit)) {
    throw new ApiError(
      431,
      4350,
      method === 'GET'
        ? 'User data is too long for http GET request'
        : `User data has exceeded configurable max length: ${limit}`,
    );
  }
  if (!/^[A-Za-z0-9+/_\-\s]+={0,2}$/.test(text)) throw invalid('User data is not base64 encoded.');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < 1) throw invalid('User data is too short');
  return bytes.toString('base64');
}
