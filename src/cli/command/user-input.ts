import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
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

/** Longest secret, in bytes. A mnemonic of 24 words with a long derivation path has some 500. */
const MAX_SECRET = 4_096;

/** The one line of a file, or of standard input for `-`. Throws UserError, which does not quote it. */
export async function readSecretFile(path: string): Promise<string> {
  const what = 'file with a secret';
  const content = path === '-' ? await text(process.stdin) : (await readUserFile(path, what, MAX_SECRET)).toString();
  const secret = content.trim();
  const where = path === '-' ? 'standard input' : path;
  if (secret === '')
    throw new UserError(`${where} is empty`, 'It has to hold a mnemonic, hex seed or derivation path.');
  if (/[\r\n]/.test(secret)) {
    throw new UserError(`${where} has more than one line`, 'It has to hold one mnemonic, hex seed or derivation path.');
  }
  return secret;
}

/** Prompts without echo. Undefined without a terminal. Throws UserError on Ctrl-C. */
export async function askHidden(what: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  process.stderr.write(`${what}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const questions = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return (await questions.question('')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ABORT_ERR') throw error;
    throw new UserError('nothing was typed', 'Nothing was done.');
  } finally {
    questions.close();
    process.stderr.write('\n');
  }
}
