import type { Clock } from '../base/clock.ts';
import type { BlockHeader } from './block-ref.ts';
import { unreachable } from './chain-node.ts';

/** Maximum of queued heads: a reader further behind gets the last one and sees a gap. */
const MAX_HEADS = 64;

/** Queues the heads one connection pushes. Every wait ends when the connection is lost. */
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
    // There may be no waiter when the connection is lost: the rejection must not be unhandled.
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

  /** The next pushed head, undefined if none arrives within `ms` milliseconds. Rejects when the connection is lost. */
  async next(ms: number): Promise<BlockHeader | undefined> {
    if (this.heads.length === 0) {
      const waiting = Promise.withResolvers<void>();
      this.arrived = waiting.resolve;
      const cancel = this.clock.after(ms, waiting.resolve);
      await Promise.race([waiting.promise, this.over.promise]).finally(cancel);
    }
    return this.heads.shift();
  }

  /** The response to a request; rejects after `ms` milliseconds, because a dead node never answers. */
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
