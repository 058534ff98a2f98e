import type { Clock } from './clock.ts';
import { sleep } from './clock.ts';

/** Lets through `burst` at once and `perSecond` in the long run, in the order of asking. */
export class TokenBucket {
  private readonly perSecond: number;
  private readonly burst: number;
  private readonly clock: Clock;
  /** May be negative: that many are waiting for tokens that are promised to them. */
  private tokens: number;
  private filledAt: number;

  constructor(perSecond: number, burst: number, clock: Clock) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.clock = clock;
    this.tokens = burst;
    this.filledAt = clock.monotonic();
  }

  /** True, and a token is taken, when there is one now. */
  tryTake(): boolean {
    this.fill();
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** How long a token asked for now would have to be waited for, in milliseconds. */
  get waitMs(): number {
    this.fill();
    return Math.max(0, ((1 - this.tokens) / this.perSecond) * 1000);
  }

  /** Waits for a token. Rejects with the signal's reason when that aborts first. */
  async take(signal: AbortSignal): Promise<void> {
    this.fill();
    this.tokens -= 1;
    if (this.tokens >= 0) return;
    try {
      await sleep((-this.tokens / this.perSecond) * 1000, this.clock, signal);
    } catch (error) {
      this.tokens += 1;
      throw error;
    }
  }

  private fill(): void {
    const now = this.clock.monotonic();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) / 1000) * this.perSecond);
    this.filledAt = now;
  }
}
