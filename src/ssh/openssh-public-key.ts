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

/** The 32 bytes of an ed25519 public key in OpenSSH's one-line form; undefined for anything else. */
export function readOpenSshPublicKey(line: string): Uint8Array | undefined {
  const [, encoded = ''] = /^ssh-ed25519 ([A-Za-z0-9+/]{68})(?: [^\r\n]*)?$/.exec(line) ?? [];
  const blob = Buffer.from(encoded, 'base64');
  const key = Uint8Array.from(blob.subarray(blob.length - KEY_BYTES));
  // Compare the whole blob: everything before the key is the same for all ed25519 keys.
  return key.length === KEY_BYTES && publicKeyBlob(key).equals(blob) ? key : undefined;
}
