import type { Fence } from '../base/fence.ts';
import { type DinfraError, findDinfraError, RetryableError } from '../errors/dinfra-error.ts';
import type { BlockRef } from './block-ref.ts';
import type { OutcomeOf } from './call-outcome.ts';
import { fateOf, type PendingTransaction } from './transaction-fate.ts';
import { type SignedTransaction, SubmitError, type TransactionNode, UnwritableCall } from './transaction-node.ts';

/** The result of one call. */
export type SentResult =
  | { readonly kind: 'Applied'; readonly block: number }
  | { readonly kind: 'Refused'; readonly error: string; readonly block: number }
  /** Unknown whether it took effect; the chain's state shows it. */
  | { readonly kind: 'Lost' };

export interface SenderPorts<Call> {
  /** @throws RetryableError ChainUnreachable while there is no node whose history was accepted. */
  readonly node: () => TransactionNode<Call>;
  readonly fence: Fence;
  /** Called once for each call given to `send`. Must not throw. */
  readonly onResult: (call: Call, result: SentResult) => void;
}

interface Pending<Call> extends PendingTransaction {
  readonly calls: readonly Call[];
  readonly tip: bigint;
}

/** Blocks for which a transaction is valid. */
const MORTAL_BLOCKS = 64;
/** With finality further behind than this, validity counts from the best block, or it would end too soon. */
const MAX_FINALITY_LAG = 16;
/** Maximum calls per transaction. */
const MAX_BATCH = 40;
/** Maximum blocks searched for a transaction whose nonce was used. */
const MAX_SEARCH = 64;

/**
 * Sends the calls of one account and determines their results from the chain's finalised state: the account's nonce, the
 * pool's next nonce, and the blocks in between. It does not rely on status updates of a node: transactions are silently
 * dropped, replaced by another wallet's, or too heavy for any block.
 */
export class AccountSender<Call> {
  private readonly ports: SenderPorts<Call>;
  private finalised: BlockRef | undefined;
  /** Pending transactions by nonce. */
  private readonly pending = new Map<number, Pending<Call>>();
  private batchSize = MAX_BATCH;
  private work: Promise<void> = Promise.resolve();
  private lastProblem: DinfraError | undefined;
  /** Queued sends: urgent calls go before batches, whatever the order of requests. */
  private readonly urgent: (() => Promise<void>)[] = [];
  private readonly ordinary: (() => Promise<void>)[] = [];

  constructor(ports: SenderPorts<Call>) {
    this.ports = ports;
  }

  /** Why the last transaction was rejected as a whole; undefined once one was accepted. */
  get problem(): DinfraError | undefined {
    return this.lastProblem;
  }

  /** Sends the calls, batched into as few transactions as blocks allow. Does not wait: results go to `onResult`. */
  send(calls: readonly Call[]): void {
    for (let start = 0; start < calls.length; start += this.batchSize) {
      const batch = calls.slice(start, start + this.batchSize);
      this.enqueue(this.ordinary, () => this.submitOrTell(batch));
    }
  }

  /**
   * Sends one call in its own transaction, before everything queued. With `instead` it replaces the account's next pending
   * transaction by a tip: one that is stuck blocks all later ones, this one too.
   */
  sendUrgent(call: Call, instead: boolean): void {
    this.enqueue(this.urgent, () => (instead ? this.replaceNext(call) : this.submitOrTell([call])));
  }

  /** Settles pending transactions at a finalised block. Costs nothing when there are none. */
  follow(block: BlockRef): void {
    if (block.hash === this.finalised?.hash) return;
    this.finalised = block;
    // The newest head settles everything earlier heads would have.
    if (this.pending.size > 0) this.enqueue(this.urgent, () => this.settlePending(block));
  }

  /** Resolves when everything queued so far has been attempted. */
  async idle(): Promise<void> {
    let seen: Promise<void>;
    do {
      seen = this.work;
      await seen;
    } while (seen !== this.work);
  }

  private enqueue(queue: (() => Promise<void>)[], task: () => Promise<void>): void {
    queue.push(task);
    this.work = this.work.then(async () => {
      const next = this.urgent.shift() ?? this.ordinary.shift();
      await next?.().catch((error: unknown) => this.noteProblem(error));
    });
  }

  private async submitOrTell(calls: readonly Call[]): Promise<void> {
    try {
      await this.submit(calls);
      this.lastProblem = undefined;
    } catch (error) {
      if (error instanceof UnwritableCall) return this.withoutUnwritable(calls, error);
      if (error instanceof SubmitError && error.problem === 'TooHeavy') return this.split(calls, error);
      this.noteProblem(error);
      for (const call of calls) this.ports.onResult(call, { kind: 'Lost' });
    }
  }

  /** Reports the call that cannot be encoded and sends the others. */
  private async withoutUnwritable(calls: readonly Call[], error: UnwritableCall): Promise<void> {
    const bad = calls[error.index];
    if (bad === undefined) throw error;
    this.refuse(bad, error.message);
    const others = calls.filter((_, index) => index !== error.index);
    if (others.length > 0) await this.submitOrTell(others);
  }

  /** Halves a batch that is too heavy for a block; a single call that is too heavy is refused for good. */
  private async split(calls: readonly Call[], error: SubmitError): Promise<void> {
    const [first] = calls;
    if (calls.length <= 1) {
      if (first !== undefined) this.refuse(first, `it is too heavy for a block: ${error.message}`);
      return;
    }
    const half = Math.floor(calls.length / 2);
    this.batchSize = half;
    await this.submitOrTell(calls.slice(0, half));
    await this.submitOrTell(calls.slice(half));
  }

  private refuse(call: Call, error: string): void {
    this.ports.onResult(call, { kind: 'Refused', error, block: this.finalised?.number ?? 0 });
  }

  private async submit(calls: readonly Call[]): Promise<void> {
    const node = this.ports.node();
    // Read every time: another wallet may use the account, and the pool may have dropped our transactions.
    let nonce = await node.nextNonce();
    // The pool may not count a transaction sent a moment ago yet. If it was dropped, the next one fills the gap.
    while (this.pending.has(nonce)) nonce++;
    await this.submitAt(node, calls, nonce, 0n);
  }

  /** Uses the lowest nonce that is in no block, with a tip above that of the transaction that may have it. */
  private async replaceNext(call: Call): Promise<void> {
    const node = this.ports.node();
    const best = await node.bestHeader();
    const nonce = await node.nonceAt(best);
    let tip = this.pending.get(nonce)?.tip ?? 0n;
    for (let attempt = 0; attempt < 4; attempt++) {
      tip = tip === 0n ? await this.firstTip(node, call, nonce) : tip * 4n;
      try {
        await this.submitAt(node, [call], nonce, tip);
        this.lastProblem = undefined;
        return;
      } catch (error) {
        if (error instanceof SubmitError && (error.problem === 'NonceTaken' || error.problem === 'PoolFull')) continue;
        this.noteProblem(error);
        break;
      }
    }
    this.ports.onResult(call, { kind: 'Lost' });
  }

  /** A tenth of the fee: a tip multiplies a transaction's priority, which is already high for small calls. */
  private async firstTip(node: TransactionNode<Call>, call: Call, nonce: number): Promise<bigint> {
    const from = await this.validFrom(node);
    const fee = await node.fee(node.sign([call], { nonce, tip: 0n, mortalBlocks: MORTAL_BLOCKS, from }));
    return fee / 10n + 1n;
  }

  private async submitAt(
    node: TransactionNode<Call>,
    calls: readonly Call[],
    nonce: number,
    tip: bigint,
  ): Promise<void> {
    const from = await this.validFrom(node);
    const signed = node.sign(calls, { nonce, tip, mortalBlocks: MORTAL_BLOCKS, from });
    // Immediately before submitting, with no await in between.
    this.ports.fence.assertHeld();
    await this.submitSigned(node, signed);
    const replaced = this.pending.get(nonce);
    this.pending.set(nonce, {
      nonce,
      hash: signed.hash,
      calls,
      tip,
      sentAt: this.finalised?.number ?? from.number,
      validUntil: from.number + MORTAL_BLOCKS,
      missingFor: 0,
    });
    if (replaced !== undefined && replaced.hash !== signed.hash) this.lose(replaced);
  }

  private async submitSigned(node: TransactionNode<Call>, signed: SignedTransaction): Promise<void> {
    try {
      await node.submit(signed);
    } catch (error) {
      if (error instanceof SubmitError && error.problem === 'Known') return;
      throw error;
    }
  }

  private async validFrom(node: TransactionNode<Call>): Promise<BlockRef> {
    const best = await node.bestHeader();
    const { finalised } = this;
    if (finalised !== undefined && best.number - finalised.number <= MAX_FINALITY_LAG) return finalised;
    return { number: best.number - 1, hash: best.parentHash };
  }

  private async settlePending(block: BlockRef): Promise<void> {
    if (this.pending.size === 0 || block.hash !== this.finalised?.hash) return;
    const node = this.ports.node();
    const [nonce, nextNonce] = await Promise.all([node.nonceAt(block), node.nextNonce()]);
    const used: Pending<Call>[] = [];
    for (const pending of [...this.pending.values()]) {
      switch (fateOf(pending, { block: block.number, nonce, nextNonce })) {
        case 'Used':
          used.push(pending);
          break;
        case 'Expired':
          // It was in the pool until it expired: it may be too heavy for a block.
          this.batchSize = Math.max(1, Math.ceil(this.batchSize / 2));
          this.drop(pending);
          break;
        case 'Dropped':
          this.drop(pending);
          break;
        case 'Missing':
          this.pending.set(pending.nonce, { ...pending, missingFor: pending.missingFor + 1 });
          break;
        case 'Waiting':
          this.pending.set(pending.nonce, { ...pending, missingFor: 0 });
      }
    }
    if (used.length > 0) await this.settleUsed(node, block, used);
  }

  /** Searches for transactions whose nonces were used, from the newest block backwards. */
  private async settleUsed(node: TransactionNode<Call>, head: BlockRef, used: readonly Pending<Call>[]): Promise<void> {
    const open = new Map(used.map((pending) => [pending.hash, pending]));
    const oldest = Math.min(...used.map(({ sentAt }) => sentAt));
    let block = head;
    for (let steps = 0; open.size > 0 && block.number > oldest && steps < MAX_SEARCH; steps++) {
      const { parentHash, outcomes } = await node.contentOf(block, [...open.keys()]);
      for (const [hash, results] of outcomes) {
        const pending = open.get(hash);
        open.delete(hash);
        if (pending !== undefined) this.settle(pending, results, block.number);
      }
      block = { number: block.number - 1, hash: parentHash };
    }
    // Another transaction used the nonce.
    for (const pending of open.values()) this.drop(pending);
  }

  private settle(pending: Pending<Call>, outcomeOf: OutcomeOf, block: number): void {
    this.pending.delete(pending.nonce);
    this.batchSize = Math.min(MAX_BATCH, this.batchSize * 2);
    pending.calls.forEach((call, index) => {
      const outcome = outcomeOf(index);
      this.ports.onResult(
        call,
        outcome.kind === 'Failed' ? { kind: 'Refused', error: outcome.error, block } : { kind: 'Applied', block },
      );
    });
  }

  private drop(pending: Pending<Call>): void {
    this.pending.delete(pending.nonce);
    this.lose(pending);
  }

  private lose({ calls }: Pending<Call>): void {
    for (const call of calls) this.ports.onResult(call, { kind: 'Lost' });
  }

  private noteProblem(error: unknown): void {
    const ours = findDinfraError(error);
    const said = error instanceof Error ? error.message : String(error);
    this.lastProblem =
      ours ??
      new RetryableError('TransactionRejected', {
        message: `the node rejected a transaction of ${said}`,
        cause: error,
      });
  }
}
