import { type DinfraError, findDinfraError } from '../../errors/dinfra-error.ts';
import type { Outgoing, TransactionQueue } from '../../substrate/transaction-queue.ts';
import { CallLedger, type CallResult } from './call-ledger.ts';

/** Calls put into one transaction at most: far below what a block takes, so that none is too heavy. */
const MAX_BATCH = 40;
/** How long nothing is sent after a transaction failed as a whole, in milliseconds, doubled with each failure. */
const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 60_000;

/** Sends what is due, each call once until its effect shows, and does not wait for it. */
export class Outbox<Call extends Outgoing> {
  private readonly ledger = new CallLedger();
  private readonly queue: TransactionQueue;
  private readonly onResult: (call: Call, result: CallResult) => void;
  private failures = 0;
  private pausedUntil = 0;
  private lastProblem: DinfraError | undefined;

  /** `onResult` is told of what became of each call. */
  constructor(queue: TransactionQueue, onResult: (call: Call, result: CallResult) => void) {
    this.queue = queue;
    this.onResult = onResult;
  }

  /** Why the last transaction failed as a whole, undefined once one went through. */
  get problem(): DinfraError | undefined {
    return this.lastProblem;
  }

  /** The chain's name for why it refused a call last. */
  refusal(key: string): string | undefined {
    return this.ledger.refusal(key);
  }

  /**
   * Sends those of the wanted calls that are due. `block` is the number of the block they were derived at; `now` in
   * Unix milliseconds. Calls that are no longer wanted are forgotten.
   */
  post(wanted: readonly Call[], block: number, now: number, signal: AbortSignal): void {
    this.ledger.retain(new Set(wanted.map(({ key }) => key)));
    if (now < this.pausedUntil) return;
    const due = wanted.filter(({ key }) => this.ledger.isDue(key, block));
    for (let start = 0; start < due.length; start += MAX_BATCH) {
      void this.send(due.slice(start, start + MAX_BATCH), signal);
    }
  }

  /** Never throws: what goes wrong is kept as `problem`, and the calls are due again. */
  private async send(calls: readonly Call[], signal: AbortSignal): Promise<void> {
    this.ledger.sent(calls.map(({ key }) => key));
    try {
      const { block, outcomes } = await this.queue.send(calls, signal);
      this.failures = 0;
      this.lastProblem = undefined;
      for (const call of calls) {
        const outcome = outcomes.get(call.key);
        this.settle(
          call,
          outcome?.kind === 'Failed' ? { kind: 'Refused', error: outcome.error, block } : { kind: 'Applied', block },
        );
      }
    } catch (error) {
      this.lastProblem = findDinfraError(error) ?? this.lastProblem;
      const wait = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(this.failures, 10));
      this.failures++;
      this.pausedUntil = Date.now() + wait;
      for (const call of calls) this.settle(call, { kind: 'Lost' });
    }
  }

  private settle(call: Call, result: CallResult): void {
    this.ledger.settled(call.key, result);
    this.onResult(call, result);
  }
}
