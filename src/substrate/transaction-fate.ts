/** A transaction that was submitted and is not known to be final. */
export interface PendingTransaction {
  readonly nonce: number;
  readonly hash: string;
  /** Number of the finalised block when it was submitted: it is in none up to there. */
  readonly sentAt: number;
  /** The last block it can be in. */
  readonly validUntil: number;
  /** Finalised heads in a row at which the node's pool did not have it and no block either. */
  readonly missingFor: number;
}

/** What a finalised head says of an account. */
export interface AccountAtHead {
  /** Number of the finalised block. */
  readonly block: number;
  /** The account's nonce in its state. */
  readonly nonce: number;
  /** The nonce the node would give out next, its pool included. */
  readonly nextNonce: number;
}

export type Fate =
  /** The nonce is used in a final block: by this transaction, or by another that replaced it. */
  | 'Used'
  /** It can never be in a block any more. */
  | 'Expired'
  /** The node has dropped it. */
  | 'Dropped'
  /** The pool does not have it at this head; at the next it counts as dropped. */
  | 'Missing'
  | 'Waiting';

/** Heads at which a transaction is missing before it counts as dropped: a pool may be re-validating. */
const MISSING_HEADS = 2;

/** What became of a transaction, by the state of the chain alone. Pure. */
export function fateOf(pending: PendingTransaction, at: AccountAtHead): Fate {
  if (at.nonce > pending.nonce) return 'Used';
  if (at.block > pending.validUntil) return 'Expired';
  if (at.nextNonce <= pending.nonce) return pending.missingFor + 1 >= MISSING_HEADS ? 'Dropped' : 'Missing';
  return 'Waiting';
}
