import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Keyring } from '@polkadot/keyring';
import type { KeyringPair, KeyringPair$Json } from '@polkadot/keyring/types';
import { u8aToHex } from '@polkadot/util';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { UserError } from './user-error.ts';

/** Who signs, and the ed25519 key secrets are sealed to when it follows from the same secret. */
export interface Account {
  readonly pair: KeyringPair;
  /** Undefined for a keystore of another scheme: an ed25519 key cannot be derived from it. */
  readonly accessKey: string | undefined;
}

export interface AccountOptions {
  /** A well-known development account such as `//Alice`. Never a secret: arguments can be read by everybody. */
  readonly account?: string;
  /** Path of a keystore file as the wallets of the ecosystem export it. */
  readonly keystore?: string;
}

/** Longest keystore file that is read, in bytes. */
const MAX_KEYSTORE = 64 * 1024;

/**
 * The account of `--keystore` (password from DINFRA_PASSWORD or asked for), of `--account //Name`, or of the secret in
 * DINFRA_SURI (a mnemonic, hex seed or derivation path).
 *
 * @throws UserError saying what to give, and nothing of what was given.
 */
export async function loadAccount(options: AccountOptions, environment: NodeJS.ProcessEnv): Promise<Account> {
  await cryptoWaitReady();
  if (options.keystore !== undefined) return fromKeystore(options.keystore, environment);
  const suri = options.account ?? environment['DINFRA_SURI'];
  if (suri === undefined) {
    throw new UserError(
      'there is no account to sign with',
      'Give --keystore FILE, or --account //Alice on a development chain, or set DINFRA_SURI.',
    );
  }
  if (options.account !== undefined && !/^\/\/[A-Za-z0-9/]+$/.test(suri)) {
    throw new UserError(
      '--account takes development accounts such as //Alice only: arguments can be read by every user of the machine',
      'Give --keystore FILE, or put the secret into DINFRA_SURI.',
    );
  }
  try {
    return {
      pair: new Keyring({ type: 'sr25519' }).addFromUri(suri),
      accessKey: u8aToHex(new Keyring({ type: 'ed25519' }).addFromUri(suri).publicKey),
    };
  } catch {
    // Without the cause: it may quote the secret.
    throw new UserError('DINFRA_SURI is not a mnemonic, a hex seed or a derivation path', 'Correct it.');
  }
}

async function fromKeystore(path: string, environment: NodeJS.ProcessEnv): Promise<Account> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`the keystore ${path} cannot be read: ${error.code ?? 'unknown error'}`, 'Check the path.');
  });
  if (text.length > MAX_KEYSTORE) throw new UserError(`${path} is not a keystore: it is too large`, 'Check the path.');
  let pair: KeyringPair;
  try {
    pair = new Keyring().addFromJson(JSON.parse(text) as KeyringPair$Json);
  } catch {
    throw new UserError(`${path} is not a keystore`, 'Export the account as JSON from your wallet.');
  }
  try {
    pair.decodePkcs8(environment['DINFRA_PASSWORD'] ?? (await askPassword(path)));
  } catch {
    throw new UserError(`the password does not open ${path}`, 'Try again, or correct DINFRA_PASSWORD.');
  }
  return { pair, accessKey: pair.type === 'ed25519' ? u8aToHex(pair.publicKey) : undefined };
}

async function askPassword(path: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UserError(`there is nobody to ask for the password of ${path}`, 'Set DINFRA_PASSWORD.');
  }
  process.stderr.write(`Password of ${path}: `);
  // Nothing that is typed is shown.
  const questions = createInterface({
    input: process.stdin,
    terminal: true,
    output: undefined as unknown as NodeJS.WritableStream,
  });
  try {
    return await questions.question('');
  } finally {
    questions.close();
    process.stderr.write('\n');
  }
}
