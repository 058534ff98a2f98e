import type { BlockHeader, BlockRef } from './block-ref.ts';
import type { OutcomeOf } from './call-outcome.ts';

/** How to sign a transaction. */
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
  /** Hash of its bytes, by which the node identifies it. */
  readonly hash: string;
  readonly bytes: string;
}

/** Which of the wanted transactions a block contains. */
export interface BlockContent {
  readonly parentHash: string;
  /** The outcomes of the transactions it contains, by hash. */
  readonly outcomes: ReadonlyMap<string, OutcomeOf>;
}

/** The node operations that sending an account's calls needs. Every method rejects with ChainUnreachable when the node is lost. */
export interface TransactionNode<Call> {
  /** The account's nonce in the state of a block. */
  nonceAt(block: BlockRef): Promise<number>;
  /** The next nonce, including transactions in the node's pool. */
  nextNonce(): Promise<number>;
  bestHeader(): Promise<BlockHeader>;
  /**
   * A single call as is; several in a batch whose items fail independently.
   *
   * @throws UnwritableCall when one of them cannot be encoded for the runtime.
   */
  sign(calls: readonly Call[], terms: SigningTerms): SignedTransaction;
  /** @throws SubmitError when the node did not take it. */
  submit(transaction: SignedTransaction): Promise<void>;
  /** The fee of one transaction of these calls, in the chain's smallest unit. */
  fee(transaction: SignedTransaction): Promise<bigint>;
  /** A block and the wanted transactions it contains. */
  contentOf(block: BlockRef, hashes: readonly string[]): Promise<BlockContent>;
}

/** A call that cannot be encoded, e.g. because a number overflows its type. */
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

/** Why a node rejected a transaction, by what to do next. */
export type SubmitProblem =
  /** It exceeds a block's limits: fewer calls may succeed. */
  | 'TooHeavy'
  /** The nonce was used, or another transaction with it has a higher priority. */
  | 'NonceTaken'
  /** The node has it already. */
  | 'Known'
  /** Signed for another runtime, or from a block the node does not have. */
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
 * Classifies a node's error. The texts are those of sc-transaction-pool and sp-runtime's `TransactionValidityError`;
 * chopsticks sends the latter as JSON.
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
