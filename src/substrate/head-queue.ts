import type { Clock } from '../base/clock.ts';
import type { BlockHeader } from './block-ref.ts';
import { unreachable } from './chain-node.ts';

/** Heads kept at most: one who is that far behind reads the last one and what lies between is a gap. */
const MAX_HEADS = 64;

/** The pushed heads of one connection that were not taken yet. Every wait ends when the connection is lost. */
export class HeadQueue {
  private readonly endpoint: string;
  private readonly clock: Clock;
  private readonly signals: readonly AbortSignal[];
  private readonly over = Promise.withResolvers<never>();
  private heads: BlockHeader[] = [];
  private arrived = () => {};

  /** `stop` ends all waits, as `lost` does. */
  constructor(endpoint: string, clock: Clock, stop: AbortSignal, lost: AbortSignal) {
    this.endpoint = endpoint;
    this.clock = clock;
    this.signals = [stop, lost];
    // Nobody may be waiting when the connection is lost.
    this.over.promise.catch(() => undefined);
    for (const signal of this.signals) {
      signal.addEventListener('abort', this.end, { once: true });
      if (signal.aborted) this.end();
    }
  }

  push(header: BlockHeader): void {
    this.heads.push(header);
    if (this.heads.length > MAX_HEADS) this.heads = this.heads.slice(-1);
    this.arrived();
  }

  /** The next pushed head, undefined when none came within `ms` milliseconds. Rejects when the connection is lost. */
  async next(ms: number): Promise<BlockHeader | undefined> {
    if (this.heads.length === 0) {
      const waiting = Promise.withResolvers<void>();
      this.arrived = waiting.resolve;
      const cancel = this.clock.after(ms, waiting.resolve);
      await Promise.race([waiting.promise, this.over.promise]).finally(cancel);
    }
    return this.heads.shift();
  }

  /** The answer to a request, unless it takes longer than `ms` milliseconds: a node that went dark never answers. */
  async within<T>(request: Promise<T>, ms: number): Promise<T> {
    request.catch(() => undefined);
    const late = Promise.withResolvers<never>();
    late.promise.catch(() => undefined);
    const cancel = this.clock.after(ms, () =>
      late.reject(unreachable(this.endpoint, `gave no answer within ${Math.round(ms / 1000)} s`)),
    );
    return Promise.race([request, late.promise, this.over.promise]).finally(cancel);
  }

  close(): void {
    for (const signal of this.signals) signal.removeEventListener('abort', this.end);
  }

  private readonly end = (): void => {
    this.over.reject(this.signals.find(({ aborted }) => aborted)?.reason ?? new Error('stopped'));
  };
}
