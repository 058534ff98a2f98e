import type { BlockHeader, BlockRef } from '../../src/substrate/block-ref.ts';
import type { CallOutcome } from '../../src/substrate/call-outcome.ts';
import { unreachable } from '../../src/substrate/chain-node.ts';
import {
  type BlockContent,
  type SignedTransaction,
  type SigningTerms,
  SubmitError,
  type TransactionNode,
  UnwritableCall,
} from '../../src/substrate/transaction-node.ts';

/** A call, and how the chain of a test treats it. */
export interface TestCall {
  readonly key: string;
  /** Share of a block's weight. Default 1 of 100. */
  readonly weight?: number;
  readonly refused?: string;
  readonly unwritable?: boolean;
}

interface PoolTransaction extends SignedTransaction {
  readonly calls: readonly TestCall[];
  readonly terms: SigningTerms;
}

/**
 * The pool and the blocks of one node, for one account, with the nonces, tip priorities, mortality and weight of a real
 * one. Blocks are produced and finalised on demand.
 */
export class MemoryPool implements TransactionNode<TestCall> {
  readonly blocks: { readonly header: BlockHeader; readonly content: readonly PoolTransaction[] }[] = [];
  readonly submitted: PoolTransaction[] = [];
  /** Maximum weight of a block. A heavier transaction is rejected. */
  blockWeight = 100;
  /** Heavier transactions are accepted but never included in a block. */
  includedWeight = 100;
  isLost = false;
  /** Rejects every submission with this error. */
  refusal: SubmitError | undefined;
  private pool: PoolTransaction[] = [];
  private serial = 0;

  constructor() {
    this.build();
  }

  get best(): BlockRef {
    const { header } = this.blocks[this.blocks.length - 1] ?? { header: undefined };
    if (header === undefined) throw new Error('there is a first block');
    return header;
  }

  get pooled(): readonly string[][] {
    return this.pool.map(({ calls }) => calls.map(({ key }) => key));
  }

  /** Keys of the included calls, in order. */
  get included(): readonly string[] {
    return this.blocks.flatMap(({ content }) => content.flatMap(({ calls }) => calls.map(({ key }) => key)));
  }

  /** Produces a block of the ready transactions and returns it. */
  build(): BlockRef {
    const number = this.blocks.length;
    let nonce = this.nonceIn(number);
    const content: PoolTransaction[] = [];
    for (;;) {
      const next = this.pool.find(({ terms }) => terms.nonce === nonce);
      if (next === undefined || weightOf(next.calls) > this.includedWeight) break;
      content.push(next);
      nonce++;
    }
    const taken = new Set(content);
    this.pool = this.pool.filter(
      (one) => !taken.has(one) && one.terms.nonce >= nonce && number < one.terms.from.number + one.terms.mortalBlocks,
    );
    const parentHash = this.blocks.at(-1)?.header.hash ?? '0x';
    const header = { number, hash: `0xb${number}`, parentHash, upgradesRuntime: false };
    this.blocks.push({ header, content });
    return header;
  }

  /** Sends a transaction from another wallet of the same account. */
  otherWallet(key: string, { nonce = this.nextIndex(), tip = 0n, weight = 1 } = {}): void {
    this.add(this.make([{ key, weight }], { nonce, tip, mortalBlocks: 64, from: this.best }));
  }

  /** Silently drops all transactions in the pool. */
  dropAll(): void {
    this.pool = [];
  }

  async nonceAt({ number }: BlockRef): Promise<number> {
    this.demand();
    return this.nonceIn(number + 1);
  }

  async nextNonce(): Promise<number> {
    this.demand();
    return this.nextIndex();
  }

  async bestHeader(): Promise<BlockHeader> {
    this.demand();
    const last = this.blocks.at(-1);
    if (last === undefined) throw new Error('there is a first block');
    return last.header;
  }

  sign(calls: readonly TestCall[], terms: SigningTerms): SignedTransaction {
    const index = calls.findIndex(({ unwritable }) => unwritable);
    if (index >= 0) throw new UnwritableCall(index, new Error('no room'));
    return this.make(calls, terms);
  }

  async submit(transaction: SignedTransaction): Promise<void> {
    this.demand();
    if (this.refusal !== undefined) throw this.refusal;
    const made = transaction as PoolTransaction;
    if (weightOf(made.calls) > this.blockWeight) throw new SubmitError('TooHeavy', 'exhausts the block limits');
    const { nonce, tip } = made.terms;
    const inPlace = this.pool.find(({ terms }) => terms.nonce === nonce);
    if (nonce < this.nonceIn(this.blocks.length)) throw new SubmitError('NonceTaken', 'outdated');
    if (inPlace !== undefined && inPlace.terms.tip >= tip) throw new SubmitError('NonceTaken', 'priority is too low');
    this.pool = this.pool.filter((one) => one !== inPlace);
    this.add(made);
    this.submitted.push(made);
  }

  async fee(): Promise<bigint> {
    return 100n;
  }

  async contentOf({ number }: BlockRef, hashes: readonly string[]): Promise<BlockContent> {
    this.demand();
    const block = this.blocks[number];
    if (block === undefined) throw new Error(`no block ${number}`);
    const here = block.content.filter(({ hash }) => hashes.includes(hash));
    const outcomeOf =
      (calls: readonly TestCall[]) =>
      (place: number): CallOutcome => {
        const refused = calls[place]?.refused;
        return refused === undefined ? { kind: 'Applied' } : { kind: 'Failed', error: refused };
      };
    return {
      parentHash: block.header.parentHash,
      outcomes: new Map(here.map(({ hash, calls }) => [hash, outcomeOf(calls)])),
    };
  }

  private make(calls: readonly TestCall[], terms: SigningTerms): PoolTransaction {
    this.serial++;
    return { hash: `0xt${this.serial}`, bytes: `0x${this.serial}`, calls, terms };
  }

  private add(transaction: PoolTransaction): void {
    this.pool.push(transaction);
  }

  /** The nonce after the blocks below `height`. */
  private nonceIn(height: number): number {
    return this.blocks.slice(0, height).reduce((sum, { content }) => sum + content.length, 0);
  }

  private nextIndex(): number {
    let nonce = this.nonceIn(this.blocks.length);
    while (this.pool.some(({ terms }) => terms.nonce === nonce)) nonce++;
    return nonce;
  }

  private demand(): void {
    if (this.isLost) throw unreachable('ws://node', 'was lost');
  }
}

function weightOf(calls: readonly TestCall[]): number {
  return calls.reduce((sum, { weight = 1 }) => sum + weight, 0);
}
