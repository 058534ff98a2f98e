/** Largest descriptor, and largest schema, in bytes. */
export const MAX_CONTENT_BYTES = 256 * 1024;

/** A content-addressed reference of an award source to a descriptor or a schema. */
export interface ContentRef {
  /** blake2-256 of the bytes: `0x` and 64 lower-case hex digits. */
  readonly hash: string;
  readonly length: number;
  /** `Preimage`: stored by the award source itself. `Ipfs`: at a gateway, under the CID derived from the hash. */
  readonly source: 'Preimage' | 'Ipfs';
}
