import { ED25519, KEY_BYTES, publicKeyBlob } from './wire.ts';

/**
 * An ed25519 public key in OpenSSH's one-line form (RFC 8709): `ssh-ed25519 AAAA… comment`.
 *
 * @param publicKey 32 bytes. Throws a RangeError for anything else.
 * @param comment Shown in key listings; no line breaks, or a RangeError.
 */
export function openSshPublicKey(publicKey: Uint8Array, comment = ''): string {
  if (publicKey.length !== KEY_BYTES) {
    throw new RangeError(`an ed25519 public key has ${KEY_BYTES} bytes, not ${publicKey.length}`);
  }
  // Text after a line break would be read as a second key.
  if (/[\r\n\0]/.test(comment)) throw new RangeError('the comment of a key is one line');
  return [ED25519, publicKeyBlob(publicKey).toString('base64'), comment].filter((part) => part !== '').join(' ');
}
