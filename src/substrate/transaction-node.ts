import type { BlockHeader, BlockRef } from './block-ref.ts';
import type { OutcomeOf } from './call-outcome.ts';

/** How a transaction is to be signed. */
export interface SigningTerms {
  readonly nonce: number;
  /** In the chain's smallest unit. */
  readonly tip: bigint;
  /** Blocks after `from` for which it is valid: a power of two from 4 to 65536. */
  readonly mortalBlocks: number;
  /** The block its validity is counted from; it is valid on descendants of it only. */
  readonly from: BlockRef;
}

export interface SignedTransaction {
  /** Hash of its bytes, as the node names it. */
  readonly hash: string;
  readonly bytes: string;
}

/** What a block has of transactions that are looked for. */
export interface BlockContent {
  readonly parentHash: string;
  /** Of those of the transactions that are in it, by hash. */
  readonly outcomes: ReadonlyMap<string, OutcomeOf>;
}

/** What sending the calls of one account needs of a node. Every method rejects with ChainUnreachable when the node is lost. */
export interface TransactionNode<Call> {
  /** Number of transactions of the account in the state of a block. */
  nonceAt(block: BlockRef): Promise<number>;
  /** The next nonce, with what the node's pool holds. */
  nextNonce(): Promise<number>;
  bestHeader(): Promise<BlockHeader>;
  /**
   * One call as it is; several in a batch in which each fails for itself.
   *
   * @throws UnwritableCall when the runtime has no room for one of them.
   */
  sign(calls: readonly Call[], terms: SigningTerms): SignedTransaction;
  /** @throws SubmitError when the node did not take it. */
  submit(transaction: SignedTransaction): Promise<void>;
  /** What one transaction of these calls costs, in the chain's smallest unit. */
  fee(transaction: SignedTransaction): Promise<bigint>;
  /** A block, and which of the transactions are in it. */
  contentOf(block: BlockRef, hashes: readonly string[]): Promise<BlockContent>;
}

/** A call that cannot be encoded, e.g. with a number that its type has no room for. */
export class UnwritableCall extends Error {
  /** Which of the calls. */
  readonly index: number;

  constructor(index: number, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`it cannot be written: ${why.slice(0, 300)}`);
    this.name = 'UnwritableCall';
    this.index = index;
  }
}

/** Why a node did not take a transaction, as far as it matters what to do next. */
export type SubmitProblem =
  /** It is more than a block has room for: fewer calls may go through. */
  | 'TooHeavy'
  /** The nonce was used, or another transaction holds its place for more. */
  | 'NonceTaken'
  /** The node has it already. */
  | 'Known'
  /** Signed for another runtime, or from a block that the node has not. */
  | 'Outdated'
  | 'Unpayable'
  | 'PoolFull'
  | 'Other';

export class SubmitError extends Error {
  readonly problem: SubmitProblem;

  constructor(problem: SubmitProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SubmitError';
    this.problem = problem;
  }
}

/**
 * Sorts what a node says. The texts are those of sc-transaction-pool and sp-runtime's `TransactionValidityError`;
 * chopsticks says the latter as JSON.
 */
export function submitProblem(said: string): SubmitProblem {
  if (/exhaust the block limits|ExhaustsResources|too (large|long)|exceeds the limit|oversized/i.test(said))
    return 'TooHeavy';
  if (/Inability to pay|"?payment"?\s*:\s*null|Payment\b/.test(said)) return 'Unpayable';
  if (/outdated|"?stale"?\s*:\s*null|\bStale\b|Priority is too low|1014/i.test(said)) return 'NonceTaken';
  if (/already imported|1013/i.test(said)) return 'Known';
  if (/bad signature|BadProof|ancient birth|AncientBirthBlock|Bad(Signer|Mandatory)/i.test(said)) return 'Outdated';
  if (/Immediately dropped|pool is full|temporarily banned|1016|1012/i.test(said)) return 'PoolFull';
  return 'Other';
}
