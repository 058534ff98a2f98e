import type { Clock } from '../../src/base/clock.ts';

/** A clock that advances only on demand. */
export class ManualClock implements Clock {
  private now = 0;
  private readonly timers = new Set<{ readonly at: number; readonly task: () => void }>();

  /** Number of pending timers. */
  get pending(): number {
    return this.timers.size;
  }

  monotonic(): number {
    return this.now;
  }

  wallTime(): number {
    return Date.UTC(2026, 0, 1) + this.now;
  }

  after(ms: number, task: () => void): () => void {
    const timer = { at: this.now + Math.max(0, ms), task };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Advances by `ms` and runs the timers that become due in order; promises settle after each. */
  async advance(ms: number): Promise<void> {
    await settle();
    const end = this.now + ms;
    for (let next = this.soonest(end); next !== undefined; next = this.soonest(end)) {
      this.now = Math.max(this.now, next.at);
      this.timers.delete(next);
      next.task();
      await settle();
    }
    this.now = end;
    await settle();
  }

  private soonest(before: number): { readonly at: number; readonly task: () => void } | undefined {
    const due = [...this.timers].filter(({ at }) => at <= before);
    return due.reduce<(typeof due)[number] | undefined>((a, b) => (a === undefined || b.at < a.at ? b : a), undefined);
  }
}

/** Runs all promise callbacks that are ready. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
