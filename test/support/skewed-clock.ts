/** The machine's clock, which tests can move ahead: waits of minutes end immediately, timers run in real time. */
export class SkewedClock {
  #ahead = 0;

  monotonic(): number {
    return performance.now() + this.#ahead;
  }

  wallTime(): number {
    return Date.now() + this.#ahead;
  }

  after(ms: number, task: () => void): () => void {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  }

  now(): number {
    return this.wallTime();
  }

  /** Moves the clock ahead by `ms` milliseconds, and gives work in real time a moment. */
  async pass(ms: number): Promise<void> {
    this.#ahead += ms;
    await new Promise((resolve) => setTimeout(resolve, ms === 0 ? 0 : 2));
  }
}
