import type { SubmitResult } from '../../award/report.ts';
import type { Submission } from '../../award/source.ts';
import { backoffMs } from '../../base/backoff.ts';
import { CallLedger } from './call-ledger.ts';

/** Sends calls without waiting for them; the result of every call is reported once. */
export interface CallSender<Call> {
  send(calls: readonly Call[]): void;
}

/** How long nothing is sent after calls were lost, doubled with each consecutive loss. */
const PAUSE = { initialMs: 1_000, maxMs: 60_000 };

/** Sends the calls that are due, each once until its effect shows. */
export class Outbox<Call extends Submission> {
  private readonly ledger = new CallLedger();
  private readonly sender: CallSender<Call>;
  private losses = 0;
  private pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(sender: CallSender<Call>) {
    this.sender = sender;
  }

  /** The chain's name for the error of a call that it refused last. */
  refusal(key: string): string | undefined {
    return this.ledger.refusal(key);
  }

  /**
   * Sends those of the wanted calls that are due. `block` is the number of the block from which they were derived;
   * `now` is in monotonic milliseconds. Calls that are no longer wanted are forgotten.
   */
  post(wanted: readonly Call[], block: number, now: number): void {
    this.ledger.retain(new Set(wanted.map(({ key }) => key)));
    if (now < this.pausedUntil) return;
    const due = wanted.filter(({ key }) => this.ledger.isDue(key, block));
    if (due.length === 0) return;
    this.ledger.sent(due.map(({ key }) => key));
    this.sender.send(due);
  }

  /** Records the result of a sent call. */
  settle({ key }: Call, result: SubmitResult, now: number): void {
    this.ledger.settled(key, result);
    if (result.kind !== 'Lost') {
      this.losses = 0;
      return;
    }
    // The calls of one transaction are lost together, which counts as one loss.
    if (now < this.pausedUntil) return;
    this.losses++;
    this.pausedUntil = now + backoffMs(this.losses, PAUSE, () => 0);
  }
}
