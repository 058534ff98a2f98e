import { Buffer } from 'node:buffer';

/** OpenSSH's name for the only key type we support (RFC 8709). */
export const ED25519 = 'ssh-ed25519';

/** Bytes of an ed25519 public key, and of the seed a private one is made of. */
export const KEY_BYTES = 32;

/** A `string`: a four-byte length and the bytes (RFC 4251, section 5). */
export function sshString(bytes: Uint8Array | string): Buffer {
  const content = Buffer.from(bytes);
  return Buffer.concat([sshNumber(content.length), content]);
}

/** A `uint32`: four bytes, big-endian. */
export function sshNumber(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A public key in the SSH wire format. */
export function publicKeyBlob(publicKey: Uint8Array): Buffer {
  return Buffer.concat([sshString(ED25519), sshString(publicKey)]);
}
