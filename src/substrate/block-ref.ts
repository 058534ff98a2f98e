/** A block, by number and hash. */
export interface BlockRef {
  readonly number: number;
  /** `0x` and 64 lower-case hex digits. */
  readonly hash: string;
}

/** The parts of a block's header we use. */
export interface BlockHeader extends BlockRef {
  readonly parentHash: string;
  /** The runtime's code was replaced in this block: its storage is the old code's, and the new code answers at it. */
  readonly upgradesRuntime: boolean;
}

/** How a newly reported finalised head relates to the last one we acted on. */
export type Succession =
  /** A descendant, or the first head. */
  | 'advanced'
  | 'same'
  /** The node lags or has not synced the known block. Never a reason to undo anything. */
  | 'behind'
  /** Another history: the block we knew as final is not on this chain. */
  | 'diverged';

/**
 * Classifies a finalised head. `hashAtKnown` is the reporting node's hash at the known block's number (at or below its
 * head), undefined when it has none: a warp-syncing node has a head before it has the blocks below.
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
