import { u8aToHex } from '@polkadot/util';
import { readOpenSshPublicKey } from '../../ssh/openssh-public-key.ts';
import { UserError } from '../command/user-error.ts';
import { readUserFile } from '../command/user-input.ts';
import type { Account } from './account.ts';

/** Longest public key file that is read, in bytes. */
const MAX_PUBLIC_KEY = 16 * 1024;

/**
 * The access key to subscribe with, `0x` and hex: the given one, or the account's.
 *
 * @param given 32 bytes as hex, or the path of an OpenSSH public key.
 * @throws UserError when it is something else, or there is none.
 */
export async function accessKeyOf(given: string | undefined, { access }: Pick<Account, 'access'>): Promise<string> {
  if (given === undefined) {
    if ('publicKey' in access) return u8aToHex(access.publicKey);
    throw new UserError(access.missing, access.hint);
  }
  if (/^0x[0-9a-f]{64}$/i.test(given)) return given.toLowerCase();
  if (/^(0x)?[0-9a-f]*$/i.test(given)) {
    throw new UserError(
      `--access-key ${given} is not an ed25519 public key in hex: it has 0x and 64 digits`,
      'Correct it, or give the path of an OpenSSH public key (FILE.pub).',
    );
  }
  const line = (await readUserFile(given, 'public key', MAX_PUBLIC_KEY)).toString('utf8').trim();
  const key = readOpenSshPublicKey(line);
  if (key !== undefined) return u8aToHex(key);
  const [algorithm = ''] = line.split(' ');
  throw new UserError(
    `--access-key ${given} is not an ed25519 public key of OpenSSH${/^[a-z0-9@.-]{1,40}$/.test(algorithm) ? `: it is ${algorithm}` : ''}`,
    'Make one with ssh-keygen -t ed25519, and give its .pub file.',
  );
}
