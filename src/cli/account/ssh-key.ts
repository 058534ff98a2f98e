import { writeFile } from 'node:fs/promises';
import { decodePair } from '@polkadot/keyring/pair/decode';
import { openSshPrivateKey } from '../../ssh/openssh-private-key.ts';
import { openSshPublicKey } from '../../ssh/openssh-public-key.ts';
import type { Common, SshKeyFlags } from '../command/flags.ts';
import { outputTo } from '../command/output.ts';
import type { Terminal } from '../command/terminal.ts';
import { UserError } from '../command/user-error.ts';
import { loadAccount } from './account.ts';

/** Bytes of an ed25519 seed: the first half of what libraries keep as the secret key. */
const SEED_BYTES = 32;

/**
 * `dinfra ssh-key`: the account's ed25519 key, which is the access key it subscribes with, in OpenSSH's form.
 *
 * @throws UserError when there is no such key, or the file exists.
 */
export async function runSshKey(
  terminal: Terminal,
  common: Common,
  { out, comment, public: onlyPublic }: SshKeyFlags,
): Promise<void> {
  if (/[^\P{Cc}]/u.test(comment)) {
    throw new UserError('--comment has a control character; it is one line of text', 'Leave it out.');
  }
  const { access } = await loadAccount(common, terminal.environment);
  if (!('publicKey' in access)) throw new UserError(access.missing, access.hint);
  const publicLine = openSshPublicKey(access.publicKey, comment);
  const output = outputTo(terminal, common.json);
  // Unencrypted only inside this function.
  const { secretKey } = decodePair(undefined, access.encodePkcs8(), 'none');
  const key = onlyPublic ? `${publicLine}\n` : openSshPrivateKey(secretKey.subarray(0, SEED_BYTES), comment);
  if (out === undefined) {
    output.answer(onlyPublic ? { publicKey: publicLine } : { publicKey: publicLine, privateKey: key }, key.trimEnd());
    return;
  }
  await writeNew(out, key, onlyPublic ? 0o644 : 0o600);
  output.answer({ file: out, publicKey: publicLine }, `${out} has the ${onlyPublic ? 'public' : 'private'} key.`);
}

/** Never overwrites a file: it could be somebody's only key. */
async function writeNew(path: string, text: string, mode: number): Promise<void> {
  await writeFile(path, text, { flag: 'wx', mode }).catch(({ code = 'unknown error' }: NodeJS.ErrnoException) => {
    throw code === 'EEXIST'
      ? new UserError(`--out ${path} already exists and is not overwritten`, 'Choose another file, or remove it.')
      : new UserError(`--out ${path} cannot be written: ${code}`, 'Check the path.');
  });
}
