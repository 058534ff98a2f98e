/** A transaction that was submitted and not yet seen in a finalised block. */
export interface PendingTransaction {
  readonly nonce: number;
  readonly hash: string;
  /** Number of the finalised block when it was submitted: it is in no block up to that one. */
  readonly sentAt: number;
  /** The last block it can be in. */
  readonly validUntil: number;
  /** Consecutive finalised heads at which neither the pool nor a block had it. */
  readonly missingFor: number;
}

/** The state of an account at a finalised head. */
export interface AccountAtHead {
  /** Number of the finalised block. */
  readonly block: number;
  /** The account's nonce in the state of that block. */
  readonly nonce: number;
  /** The next nonce by the node, including its pool. */
  readonly nextNonce: number;
}

export type Fate =
  /** The nonce is used in a final block: by this transaction, or by another that replaced it. */
  | 'Used'
  /** Its validity has ended: no block can include it. */
  | 'Expired'
  /** The pool dropped it. */
  | 'Dropped'
  /** The pool does not have it at this head; at the next it counts as dropped. */
  | 'Missing'
  | 'Waiting';

/** Heads at which a transaction must be missing before it counts as dropped: a pool may be revalidating it. */
const MISSING_HEADS = 2;

/** The fate of a transaction, judged by the state of the chain alone. Pure. */
export function fateOf(pending: PendingTransaction, at: AccountAtHead): Fate {
  if (at.nonce > pending.nonce) return 'Used';
  if (at.block > pending.validUntil) return 'Expired';
  if (at.nextNonce <= pending.nonce) return pending.missingFor + 1 >= MISSING_HEADS ? 'Dropped' : 'Missing';
  return 'Waiting';
}
