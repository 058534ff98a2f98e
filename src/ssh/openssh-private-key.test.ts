import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lackingSshKeygen, leftOut } from '../../test/support/left-out.ts';
import { openSshPrivateKey } from './openssh-private-key.ts';
import { openSshPublicKey } from './openssh-public-key.ts';

// RFC 8032, section 7.1, tests 1 to 3: the private key and the public key.
const vectors = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
  ],
] as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinfra-ssh-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The public key ssh-keygen derives from a private key. */
function readBySshKeygen(text: string): string {
  const file = join(folder, randomBytes(8).toString('hex'));
  writeFileSync(file, text, { mode: 0o600 });
  return execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' }).trimEnd();
}

const withSshKeygen = it.skipIf(leftOut('keys read by ssh-keygen', lackingSshKeygen()));

describe('an OpenSSH private key', () => {
  withSshKeygen.each(vectors)(
    'ssh-keygen derives the known public key from the private key of seed %s',
    (seed, publicKey) => {
      const text = openSshPrivateKey(Buffer.from(seed, 'hex'), 'consumer');
      expect(readBySshKeygen(text)).toBe(openSshPublicKey(Buffer.from(publicKey, 'hex'), 'consumer'));
    },
  );

  withSshKeygen('an OpenSSH private key is padded correctly for a comment of any length', () => {
    // Padding depends on the length: eight consecutive lengths cover all cases.
    for (let length = 0; length < 8; length++) {
      const comment = 'ü'.repeat(length % 3).padEnd(length, 'x');
      expect(readBySshKeygen(openSshPrivateKey(randomBytes(32), comment)).split(' ')[2] ?? '').toBe(comment);
    }
  });

  withSshKeygen('ssh-keygen can set a passphrase on an OpenSSH private key', () => {
    const file = join(folder, 'locked');
    writeFileSync(file, openSshPrivateKey(randomBytes(32)), { mode: 0o600 });
    const before = execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' });
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'a long passphrase', '-f', file]);
    expect(execFileSync('ssh-keygen', ['-y', '-P', 'a long passphrase', '-f', file], { encoding: 'utf8' })).toBe(
      before,
    );
  });

  withSshKeygen('the public key verifies what the OpenSSH private key signs', () => {
    const [[seed, publicKey]] = vectors;
    const [key, signers, message] = ['signer', 'signers', 'message'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(key, openSshPrivateKey(Buffer.from(seed, 'hex')), { mode: 0o600 });
    writeFileSync(signers, `consumer ${openSshPublicKey(Buffer.from(publicKey, 'hex'))}\n`);
    writeFileSync(message, 'let me in');
    execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'test', '-f', key, message]);
    const verify = ['-Y', 'verify', '-n', 'test', '-I', 'consumer', '-f', signers, '-s', `${message}.sig`];
    expect(execFileSync('ssh-keygen', verify, { encoding: 'utf8', input: 'let me in' })).toMatch(/^Good "test" sign/);
  });

  it('the same seed gives the same OpenSSH private key', () => {
    const seed = randomBytes(32);
    expect(openSshPrivateKey(seed, 'a')).toBe(openSshPrivateKey(seed, 'a'));
  });

  it('a seed of another length is refused, such as seed and public key together', () => {
    expect(() => openSshPrivateKey(new Uint8Array(64))).toThrow('32 bytes, not 64');
  });

  it('a line break in the comment of an OpenSSH private key is refused', () => {
    expect(() => openSshPrivateKey(new Uint8Array(32), 'a\nb')).toThrow('one line');
  });
});
