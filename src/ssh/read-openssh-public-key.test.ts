import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSshPublicKey } from './openssh-public-key.ts';
import { readOpenSshPublicKey } from './read-openssh-public-key.ts';

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
