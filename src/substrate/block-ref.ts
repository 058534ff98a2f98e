/** A block, by both of its names. */
export interface BlockRef {
  readonly number: number;
  /** `0x` and 64 lower-case hex digits. */
  readonly hash: string;
}

/** What a newly reported finalised head is to the last one we acted on. */
export type Succession =
  /** A descendant, or the first we see. */
  | 'advanced'
  | 'same'
  /** An ancestor: another node that lags. Never a reason to undo anything. */
  | 'behind'
  /** Another history: what we knew as final is not on this chain. */
  | 'diverged';

/**
 * Judges a finalised head. `hashAtKnown` is what the node that reported it has at the known block's number (at or below
 * its head), undefined when it has none.
 */
export function succession(known: BlockRef | undefined, head: BlockRef, hashAtKnown: string | undefined): Succession {
  if (known === undefined) return 'advanced';
  if (head.number < known.number) return 'behind';
  if (hashAtKnown !== known.hash) return 'diverged';
  return head.number === known.number ? 'same' : 'advanced';
}
