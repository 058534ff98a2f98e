import type { Clock } from './clock.ts';
import { sleep } from './clock.ts';

/** A rate limiter: `burst` at once and `perSecond` in the long run, first come first served. */
export class TokenBucket {
  private readonly perSecond: number;
  private readonly burst: number;
  private readonly clock: Clock;
  /** Negative while callers wait: that many tokens are already promised. */
  private tokens: number;
  private filledAt: number;

  constructor(perSecond: number, burst: number, clock: Clock) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.clock = clock;
    this.tokens = burst;
    this.filledAt = clock.monotonic();
  }

  /** Takes a token if one is available now; returns whether it did. */
  tryTake(): boolean {
    this.fill();
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** How long a caller would wait for a token now, in milliseconds. */
  get waitMs(): number {
    this.fill();
    return Math.max(0, ((1 - this.tokens) / this.perSecond) * 1000);
  }

  /** Waits for a token. Rejects with the signal's reason if that aborts first. */
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
