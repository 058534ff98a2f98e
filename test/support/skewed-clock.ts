/** The machine's clock, which tests can move ahead: waits of minutes pass at once, timers run in real time. */
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

  /** Lets `ms` milliseconds have passed; what goes on in real time gets a moment of it. */
  async pass(ms: number): Promise<void> {
    this.#ahead += ms;
    await new Promise((resolve) => setTimeout(resolve, ms === 0 ? 0 : 2));
  }
}
