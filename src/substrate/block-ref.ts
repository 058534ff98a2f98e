/** A block, by both of its names. */
export interface BlockRef {
  readonly number: number;
  /** `0x` and 64 lower-case hex digits. */
  readonly hash: string;
}

/** What is needed of a block's header. */
export interface BlockHeader extends BlockRef {
  readonly parentHash: string;
  /** The runtime's code was replaced in this block: its storage is the old code's, and the new code answers at it. */
  readonly upgradesRuntime: boolean;
}

/** What a newly reported finalised head is to the last one we acted on. */
export type Succession =
  /** A descendant, or the first we see. */
  | 'advanced'
  | 'same'
  /** A node that lags, or has not synced the block we know. Never a reason to undo anything. */
  | 'behind'
  /** Another history: what we knew as final is not on this chain. */
  | 'diverged';

/**
 * Judges a finalised head. `hashAtKnown` is what the node that reported it has at the known block's number (at or below
 * its head), undefined when it has none: a node that is warp-syncing has a head before it has what lies below.
 */
export function succession(known: BlockRef | undefined, head: BlockRef, hashAtKnown: string | undefined): Succession {
  if (known === undefined) return 'advanced';
  if (head.number < known.number || hashAtKnown === undefined) return 'behind';
  if (hashAtKnown !== known.hash) return 'diverged';
  return head.number === known.number ? 'same' : 'advanced';
}

/** The hash at the known block's height when the new header itself proves it; undefined when a node has to be asked. */
export function provenAncestor(known: BlockRef, { number, hash, parentHash }: BlockHeader): string | undefined {
  if (number === known.number) return hash;
  return number === known.number + 1 ? parentHash : undefined;
}
