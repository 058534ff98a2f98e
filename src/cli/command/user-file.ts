import { open } from 'node:fs/promises';
import { UserError } from './user-error.ts';

/**
 * Reads a file the user named.
 *
 * @param what it should be, for messages: `keystore`.
 * @param maxBytes a larger file is refused without being read to its end.
 * @throws UserError.
 */
export async function readUserFile(path: string, what: string, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    await using file = await open(path);
    // Streamed, because a pipe has no size.
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > maxBytes) break;
    }
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new UserError(`the ${what} ${path} cannot be read: ${code}`, 'Check the path.');
  }
  if (length <= maxBytes) return Buffer.concat(chunks, length);
  throw new UserError(`${path} is not a ${what}: it has more than ${maxBytes} bytes`, 'Check the path.');
}
