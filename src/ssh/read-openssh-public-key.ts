import { KEY_BYTES, publicKeyBlob } from './wire.ts';

/** The 32 bytes of an ed25519 public key in OpenSSH's one-line form; undefined for anything else. */
export function readOpenSshPublicKey(line: string): Uint8Array | undefined {
  const [, encoded = ''] = /^ssh-ed25519 ([A-Za-z0-9+/]{68})(?: [^\r\n]*)?$/.exec(line) ?? [];
  const blob = Buffer.from(encoded, 'base64');
  const key = Uint8Array.from(blob.subarray(blob.length - KEY_BYTES));
  // Compare the whole blob: everything before the key is the same for all ed25519 keys.
  return key.length === KEY_BYTES && publicKeyBlob(key).equals(blob) ? key : undefined;
}
