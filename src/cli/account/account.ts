import { Keyring } from '@polkadot/keyring';
import { DEV_PHRASE } from '@polkadot/keyring/defaults';
import type { KeyringPair, KeyringPair$Json } from '@polkadot/keyring/types';
import { cryptoWaitReady, keyExtractSuri, mnemonicValidate } from '@polkadot/util-crypto';
import type { Common } from '../command/flags.ts';
import { UserError } from '../command/user-error.ts';
import { askHidden, readSecretFile, readUserFile } from '../command/user-input.ts';

/** The signing key pair, and the ed25519 key that secrets are sealed to and that may log in, if it derives from the same secret. */
export interface Account {
  readonly pair: KeyringPair;
  readonly access: KeyringPair | NoAccessKey;
}

/** Why there is no ed25519 key, and what can be done about it. */
export interface NoAccessKey {
  readonly missing: string;
  readonly hint: string;
}

export type AccountOptions = Pick<Common, 'account' | 'keystore' | 'secretFile'>;

/** Longest keystore file that is read, in bytes. */
const MAX_KEYSTORE = 64 * 1024;

/** What to do when no ed25519 key derives from an account. */
const OWN_KEY =
  'Make a key with ssh-keygen -t ed25519 -f FILE, and name it when you subscribe: --access-key FILE.pub. It logs in as it is.';

/**
 * The account of `--keystore` (password from DINFRA_PASSWORD or asked for), of `--account //Name`, or of a secret (a
 * mnemonic, hex seed or derivation path) in `--secret-file` or DINFRA_SURI, or else asked for.
 *
 * @throws UserError that says what to give; it never quotes what was given.
 */
export async function loadAccount(options: AccountOptions, environment: NodeJS.ProcessEnv): Promise<Account> {
  const given = (['account', 'keystore', 'secretFile'] as const).filter((name) => options[name] !== undefined);
  if (given.length > 1) {
    throw new UserError(
      '--account, --keystore and --secret-file each name an account, and more than one is given',
      'Give one of them.',
    );
  }
  const { account, keystore, secretFile } = options;
  await cryptoWaitReady();
  if (keystore !== undefined) return fromKeystore(keystore, environment);
  if (account !== undefined) return fromSecret(developmentAccount(account), '--account');
  if (secretFile !== undefined) {
    return fromSecret(await readSecretFile(secretFile), secretFile === '-' ? 'standard input' : secretFile);
  }
  const suri = environment['DINFRA_SURI'];
  if (suri !== undefined) return fromSecret(suri, 'DINFRA_SURI');
  const typed = await askHidden('Mnemonic, hex seed or derivation path of the account');
  if (typed !== undefined) return fromSecret(typed, 'what was typed');
  throw new UserError(
    'there is no account',
    'Give --keystore FILE or --secret-file FILE, set DINFRA_SURI, or give --account //Alice on a development chain.',
  );
}

function developmentAccount(name: string): string {
  if (/^\/\/[A-Za-z0-9/]+$/.test(name)) return name;
  throw new UserError(
    '--account takes development accounts such as //Alice only: arguments can be read by every user of the machine',
    'Give --keystore FILE or --secret-file FILE, or put the secret into DINFRA_SURI.',
  );
}

/** @param where how the secret was given, for messages. */
function fromSecret(secret: string, where: string): Account {
  // A derivation path without a phrase is a development account.
  const suri = secret.startsWith('//') ? `${DEV_PHRASE}${secret}` : secret;
  if (!isSecret(suri)) {
    // No cause: its message could quote the secret.
    throw new UserError(
      `${where} is not a mnemonic, a hex seed or a derivation path`,
      'Correct it: a mnemonic has 12 to 24 words of the English list, and a hex seed 0x and 64 digits.',
    );
  }
  const pair = new Keyring({ type: 'sr25519' }).addFromUri(suri);
  if (keyExtractSuri(suri).path.some(({ isSoft }) => isSoft)) {
    const missing = `no ed25519 key follows from ${where}: it has a soft derivation (/name), and ed25519 has only hard ones (//name)`;
    return { pair, access: { missing, hint: OWN_KEY } };
  }
  return { pair, access: new Keyring({ type: 'ed25519' }).addFromUri(suri) };
}

/** The keyring accepts any short text as a seed: a mnemonic with a missing word would open another account. */
function isSecret(suri: string): boolean {
  try {
    const { phrase } = keyExtractSuri(suri);
    return /^0x[0-9a-f]{64}$/i.test(phrase) || mnemonicValidate(phrase);
  } catch {
    return false;
  }
}

async function fromKeystore(path: string, environment: NodeJS.ProcessEnv): Promise<Account> {
  const text = (await readUserFile(path, 'keystore', MAX_KEYSTORE)).toString('utf8');
  let pair: KeyringPair;
  try {
    pair = new Keyring().addFromJson(JSON.parse(text) as KeyringPair$Json);
  } catch {
    throw new UserError(`${path} is not a keystore`, 'Export the account as JSON from your wallet.');
  }
  try {
    pair.decodePkcs8(environment['DINFRA_PASSWORD'] ?? (await askPassword(path)));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`the password does not open ${path}`, 'Try again, or correct DINFRA_PASSWORD.');
  }
  if (pair.type === 'ed25519') return { pair, access: pair };
  return {
    pair,
    access: {
      missing: `no ed25519 key follows from ${path}: it holds an ${pair.type} account`,
      hint: `If you have its mnemonic, give that instead (--secret-file FILE). Or else: ${OWN_KEY.replace('Make', 'make')}`,
    },
  };
}

async function askPassword(path: string): Promise<string> {
  const password = await askHidden(`Password of ${path}`);
  if (password !== undefined) return password;
  throw new UserError(`there is nobody to ask for the password of ${path}`, 'Set DINFRA_PASSWORD.');
}
