import type { SubmitResult } from '../../award/report.ts';
import type { Clock } from '../../base/clock.ts';
import { type DinfraError, findDinfraError } from '../../errors/dinfra-error.ts';
import type { BlockRef } from '../../substrate/block-ref.ts';
import { heartbeatDueAt, nextHeartbeat, patienceBlocks } from './heartbeat.ts';
import type { HeartbeatReading } from './provider-reader.ts';

/** The ports of the loop, which does not depend on desired state, mirror or reports. */
export interface HeartbeatPorts<Call> {
  /** The best block. */
  best(): Promise<BlockRef>;
  /** The provider's heartbeat as of a block. */
  read(block: BlockRef): Promise<HeartbeatReading>;
  /** Whether the operator knows what runs. */
  mayReport(): boolean;
  call(): Call;
  /** Sends it in its own transaction. `instead`: it replaces a transaction that is stuck before it. */
  send(call: Call, instead: boolean): void;
  /** Time between blocks, in milliseconds. */
  blockMs(): number;
  readonly clock: Clock;
}

/** Wait after a failed check, in milliseconds. */
const RETRY_MS = 2_000;
const DEFAULT_BLOCK_MS = 6_000;

/**
 * Sends the heartbeats of a provider. It checks the best chain, because heartbeats count there and finality may lag,
 * and only the state: the result of an earlier transaction does not matter while the state says that one is due.
 */
export class HeartbeatLoop<Call> {
  private readonly ports: HeartbeatPorts<Call>;
  /** There is nothing to do before this block. */
  private until = 0;
  /** How far the best block was ahead of the finalised one. */
  private lag = 0;
  private finalised = 0;
  /** False while the last check found a provider that needs no heartbeat. */
  private sawServing = true;
  private headAt = Number.NEGATIVE_INFINITY;
  private underWay: { readonly call: Call; readonly at: number } | undefined;
  private resume = () => {};
  private woken = false;
  private lastProblem: DinfraError | undefined;

  constructor(ports: HeartbeatPorts<Call>) {
    this.ports = ports;
  }

  get problem(): DinfraError | undefined {
    return this.lastProblem;
  }

  /** Called when a block became final. */
  onFinalised(block: number): void {
    this.finalised = block;
    this.headAt = this.ports.clock.monotonic();
    if (block + this.lag >= this.until) this.wake();
  }

  /** Called when the provider may have changed, or when the operator may report again. */
  lookAgain(): void {
    this.until = 0;
    this.wake();
  }

  /**
   * Called when the provider was read at a finalised block. If it serves something that the last check did not see, a
   * heartbeat is due: an earlier process, or another wallet, may have sent the call.
   */
  noteServing(serves: boolean): void {
    if (serves && !this.sawServing) this.lookAgain();
  }

  /** Called with the result of a sent heartbeat. */
  settle(call: Call, result: SubmitResult): void {
    // It was replaced by another one of ours.
    if (this.underWay?.call !== call) return;
    this.underWay = undefined;
    // Not immediately: what a node refuses now, it may accept one block later.
    if (result.kind === 'Lost') this.until = this.finalised + this.lag + 1;
  }

  /** Runs until `signal` is aborted; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let waitMs = this.silenceMs();
      try {
        await this.look();
        this.lastProblem = undefined;
      } catch (error) {
        this.lastProblem = findDinfraError(error);
        waitMs = RETRY_MS;
      }
      // While heads arrive, they trigger the checks.
      do await this.wait(waitMs, signal);
      while (!signal.aborted && !this.woken && this.lastProblem === undefined && this.headIsRecent());
      this.woken = false;
    }
  }

  private async look(): Promise<void> {
    if (!this.ports.mayReport()) return;
    const best = await this.ports.best();
    const block = best.number;
    this.lag = Math.max(0, block - this.finalised);
    if (block < this.until) return;
    const reading = await this.ports.read(best);
    this.sawServing = reading.provider !== undefined && reading.serves;
    if (reading.freshUntil !== undefined && block < heartbeatDueAt(reading)) this.underWay = undefined;
    const facts = { block, reading, mayReport: this.ports.mayReport(), sentAt: this.underWay?.at };
    const action = nextHeartbeat(facts);
    if (action.do === 'wait') {
      this.until = action.until;
      return;
    }
    const call = this.ports.call();
    this.underWay = { call, at: block };
    this.until = block + patienceBlocks(reading.period);
    this.ports.send(call, action.do === 'sendInstead');
  }

  private wake(): void {
    this.woken = true;
    this.resume();
  }

  /** Without heads for this long the node is polled: finality may have stalled while blocks are produced. */
  private silenceMs(): number {
    const blockMs = this.ports.blockMs() || DEFAULT_BLOCK_MS;
    return Math.max(RETRY_MS, 2 * blockMs);
  }

  private async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.woken && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = () => {
          cancel();
          signal.removeEventListener('abort', end);
          this.resume = () => {};
          resolve();
        };
        const cancel = this.ports.clock.after(ms, end);
        signal.addEventListener('abort', end, { once: true });
        this.resume = end;
      });
    }
  }

  private headIsRecent(): boolean {
    return this.ports.mayReport() && this.ports.clock.monotonic() - this.headAt < this.silenceMs();
  }
}
