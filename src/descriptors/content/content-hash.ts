import { blake2AsHex } from '@polkadot/util-crypto/blake2';

/** blake2-256 of bytes: `0x` and 64 lower-case hex digits. The chain's preimages are named by it. */
export function contentHash(bytes: Uint8Array): string {
  return blake2AsHex(bytes, 256);
}

/** Whether a text has the form of a content hash. */
export function isContentHash(text: string): boolean {
  return /^0x[0-9a-f]{64}$/.test(text);
}
