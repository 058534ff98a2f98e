import { Buffer } from 'node:buffer';

const ALGORITHM = 'ssh-ed25519';
const KEY_BYTES = 32;

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
  // A line break would make a second key of what follows it.
  if (/[\r\n\0]/.test(comment)) throw new RangeError('the comment of a key is one line');
  const blob = Buffer.concat([sshString(Buffer.from(ALGORITHM)), sshString(publicKey)]);
  return [ALGORITHM, blob.toString('base64'), comment].filter((part) => part !== '').join(' ');
}

/** A length in four bytes, and the bytes (RFC 4251, section 5). */
function sshString(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
