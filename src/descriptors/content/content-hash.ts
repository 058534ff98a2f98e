import { blake2AsHex } from '@polkadot/util-crypto/blake2';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';

/** blake2-256 of bytes: `0x` and 64 lower-case hex digits. The chain's preimages are named by it. */
export function contentHash(bytes: Uint8Array): string {
  return blake2AsHex(bytes, 256);
}

/** Whether a text has the form of a content hash. */
function isContentHash(text: string): boolean {
  return /^0x[0-9a-f]{64}$/.test(text);
}

/** Codec for raw bytes without a format. */
const RAW_CODEC = 0x55;
const BLAKE2B_256 = 0xb220;
const DIGEST_BYTES = 32;

/** The CIDv1 under which IPFS has the bytes of a content hash: raw codec, blake2b-256, base32. */
export function cidOf(hash: string): string {
  if (!isContentHash(hash)) throw new TypeError(`${hash} is not a content hash: 0x and 64 lower-case hex digits`);
  return CID.createV1(RAW_CODEC, Digest.create(BLAKE2B_256, Buffer.from(hash.slice(2), 'hex'))).toString();
}

/** The content hash of a CID; undefined if it is not a raw block named by blake2b-256. */
export function hashOfCid(cid: string): string | undefined {
  const parsed = parse(cid);
  if (parsed?.version !== 1 || parsed.code !== RAW_CODEC) return undefined;
  const { code, digest } = parsed.multihash;
  if (code !== BLAKE2B_256 || digest.length !== DIGEST_BYTES) return undefined;
  return `0x${Buffer.from(digest).toString('hex')}`;
}

function parse(cid: string): CID | undefined {
  try {
    return CID.parse(cid);
  } catch {
    return undefined;
  }
}
