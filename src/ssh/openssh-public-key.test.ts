import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lackingSshKeygen, leftOut } from '../../test/support/left-out.ts';
import { openSshPublicKey, readOpenSshPublicKey } from './openssh-public-key.ts';

const withSshKeygen = it.skipIf(leftOut('keys read by ssh-keygen', lackingSshKeygen()));

describe('an OpenSSH public key', () => {
  // RFC 8032, section 7.1, test 1; the line was read back by ssh-keygen -l and -e.
  it('a known ed25519 key gives the known OpenSSH public key line', () => {
    const key = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
    expect(openSshPublicKey(key, 'consumer')).toBe(
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea consumer',
    );
  });

  withSshKeygen('an OpenSSH public key equals the one ssh-keygen derives from the private key', () => {
    const directory = mkdtempSync(join(tmpdir(), 'dinfra-ssh-'));
    try {
      const file = join(directory, 'key');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'made by ssh-keygen', '-f', file]);
      const line = readFileSync(`${file}.pub`, 'utf8').trim();
      const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64');
      expect(openSshPublicKey(blob.subarray(-32), 'made by ssh-keygen')).toBe(line);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  withSshKeygen('ssh-keygen reads the OpenSSH public key of any ed25519 key', () => {
    const directory = mkdtempSync(join(tmpdir(), 'dinfra-ssh-'));
    try {
      for (let count = 0; count < 3; count++) {
        const { publicKey } = generateKeyPairSync('ed25519');
        const raw = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' });
        const file = join(directory, `${count}.pub`);
        writeFileSync(file, openSshPublicKey(Buffer.from(raw.x ?? '', 'base64url')));
        expect(execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' })).toMatch(
          /^256 SHA256:.*\(ED25519\)/,
        );
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('a line break in the comment of an OpenSSH public key is refused', () => {
    expect(() => openSshPublicKey(new Uint8Array(32), 'a\nssh-ed25519 AAAA')).toThrow('one line');
  });

  it('an ed25519 public key of another length is refused', () => {
    expect(() => openSshPublicKey(new Uint8Array(33))).toThrow('32 bytes, not 33');
  });
});

describe('a line of OpenSSH', () => {
  it('an OpenSSH public key line is read back as the same key', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.string().filter((comment) => !/[\r\n\0]/.test(comment)),
        (key, comment) => {
          expect(readOpenSshPublicKey(openSshPublicKey(key, comment))).toEqual(key);
        },
      ),
    );
  });

  it.each([
    ['nothing', ''],
    ['a key of another kind', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ== me'],
    ['a key whose blob names another type', `ssh-ed25519 ${Buffer.alloc(51).toString('base64')}`],
    ['a key that is cut off', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGC'],
    ['more than one line', `${openSshPublicKey(new Uint8Array(32))}\n${openSshPublicKey(new Uint8Array(32))}`],
  ])('a line that is %s is not read as an ed25519 key', (_what, line) => {
    expect(readOpenSshPublicKey(line)).toBeUndefined();
  });
});
