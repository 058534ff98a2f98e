/** Largest descriptor, and largest schema, in bytes. */
export const MAX_CONTENT_BYTES = 256 * 1024;

/** Bytes named by their hash, as a source of awards refers to a descriptor or a schema. */
export interface ContentRef {
  /** blake2-256 of the bytes: `0x` and 64 lower-case hex digits. */
  readonly hash: string;
  readonly length: number;
  /** `Preimage`: kept by the source of awards itself. `Ipfs`: at a gateway, under the CID that follows from the hash. */
  readonly source: 'Preimage' | 'Ipfs';
}
