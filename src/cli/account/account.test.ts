import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import type { KeypairType } from '@polkadot/util-crypto/types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../command/user-error.ts';
import { type AccountOptions, loadAccount } from './account.ts';

// Of the BIP 39 test vectors: none of its words is one of our messages'.
const mnemonic = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
const PASSWORD = 'correct horse battery staple';
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dinfra-account-'));
  await cryptoWaitReady();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A keystore of the mnemonic's account, as a wallet exports it. */
function keystore(type: KeypairType, suri = mnemonic): string {
  const file = join(folder, `${type}.json`);
  writeFileSync(file, JSON.stringify(new Keyring({ type }).addFromUri(suri).toJson(PASSWORD)));
  return file;
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const hexOf = (key: Uint8Array) => Buffer.from(key).toString('hex');

/** The ed25519 key of an account, or why there is none. */
async function accessOf(options: AccountOptions, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const { access } = await loadAccount(options, environment);
  return 'publicKey' in access ? hexOf(access.publicKey) : `${access.missing}. ${access.hint}`;
}

async function refusal(options: AccountOptions, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const error = await loadAccount(options, environment).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return `${(error as UserError).message}. ${(error as UserError).hint}`;
}

describe('the access key', () => {
  it.each(['', '//hard', '//hard//0', '///password', '//hard///password'])(
    'is the ed25519 account of the same mnemonic and path "%s", from a file and from the environment',
    async (path) => {
      const expected = hexOf(new Keyring({ type: 'ed25519' }).addFromUri(`${mnemonic}${path}`).publicKey);
      expect(await accessOf({}, { DINFRA_SURI: `${mnemonic}${path}` })).toBe(expected);
      expect(await accessOf({ secretFile: file('secret', `${mnemonic}${path}\n`) })).toBe(expected);
    },
  );

  it('the access key of an ed25519 keystore is its key', async () => {
    const expected = hexOf(new Keyring({ type: 'ed25519' }).addFromUri(`${mnemonic}//x`).publicKey);
    expect(await accessOf({ keystore: keystore('ed25519', `${mnemonic}//x`) }, { DINFRA_PASSWORD: PASSWORD })).toBe(
      expected,
    );
  });

  // The RFC's first test vector.
  it('the access key of a hex seed is the ed25519 key of that seed', async () => {
    const seed = '0x9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
    expect(await accessOf({}, { DINFRA_SURI: seed })).toBe(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    );
  });

  it('a soft derivation has no access key, but its account works', async () => {
    const suri = `${mnemonic}//hard/soft`;
    const { pair } = await loadAccount({}, { DINFRA_SURI: suri });
    expect(pair.publicKey).toEqual(new Keyring({ type: 'sr25519' }).addFromUri(suri).publicKey);
    expect(await accessOf({}, { DINFRA_SURI: suri })).toMatch(/soft derivation.*ssh-keygen -t ed25519/);
  });

  it.each(['sr25519', 'ecdsa'] as const)(
    'does not exist for a keystore of %s, and the message says what to do',
    async (type) => {
      expect(await accessOf({ keystore: keystore(type) }, { DINFRA_PASSWORD: PASSWORD })).toMatch(
        new RegExp(`holds an ${type} account.*mnemonic.*ssh-keygen -t ed25519`),
      );
    },
  );
});

describe('an account that cannot be had', () => {
  it('an account that cannot be loaded is reported by what is wrong, never by its secret', async () => {
    const words = mnemonic.split(' ');
    const cases: readonly (readonly [AccountOptions, NodeJS.ProcessEnv, RegExp])[] = [
      // One word left out: the keyring would take some such texts for another account.
      [{}, { DINFRA_SURI: words.slice(1).join(' ') }, /^DINFRA_SURI is not a mnemonic.*12 to 24 words/],
      [{}, { DINFRA_SURI: words.slice(0, 2).join(' ') }, /^DINFRA_SURI is not a mnemonic/],
      [{ secretFile: file('short', words.slice(2).join(' ')) }, {}, /short is not a mnemonic/],
      [{ secretFile: file('lines', `${mnemonic}\n${mnemonic}`) }, {}, /lines has more than one line/],
      [{ secretFile: file('large', mnemonic.repeat(100)) }, {}, /large is not a file with a secret: it has more than/],
      [{ secretFile: file('empty', '\n') }, {}, /empty is empty/],
      [{ account: mnemonic }, {}, /^--account takes development accounts.*--secret-file/],
      [{ keystore: keystore('sr25519') }, { DINFRA_PASSWORD: words[0] ?? '' }, /^the password does not open/],
      [{ keystore: file('other', mnemonic) }, {}, /other is not a keystore/],
    ];
    for (const [options, environment, expected] of cases) {
      const said = await refusal(options, environment);
      expect(said).toMatch(expected);
      expect(said.split(/\W+/).filter((word) => words.includes(word))).toEqual([]);
    }
  });

  it('naming two accounts is refused', async () => {
    expect(await refusal({ account: '//Alice', keystore: 'x' })).toMatch('more than one');
  });

  it('a missing keystore or a folder given as secret file is reported with the error code', async () => {
    expect(await refusal({ keystore: join(folder, 'nowhere') })).toMatch(/nowhere cannot be read: ENOENT/);
    expect(await refusal({ secretFile: folder })).toMatch(/cannot be read: EISDIR/);
  });
});
