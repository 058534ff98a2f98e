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

  /** Lets `ms` milliseconds have passed. */
  skip(ms: number): void {
    this.#ahead += ms;
  }
}
