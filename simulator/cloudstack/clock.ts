/** The simulator's clock: the machine's, or one that tests advance. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** Runs `task` once, after `ms` milliseconds. Returns a function that cancels it. */
  after(ms: number, task: () => void): () => void;
}

/** The time of this machine. Timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, task) => {
    if (ms <= 0) {
      const immediate = setImmediate(task);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A clock that advances only when told to. */
export class ManualClock implements Clock {
  #now: number;
  #tasks: { at: number; task: () => void }[] = [];

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, task: () => void): () => void {
    const entry = { at: this.#now + ms, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }

  /** Advances to `at` and runs the tasks that become due, in order. */
  moveTo(at: number): void {
    for (;;) {
      const due = this.#tasks.filter((entry) => entry.at <= at).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#tasks = this.#tasks.filter((entry) => entry !== due);
      this.#now = Math.max(this.#now, due.at);
      due.task();
    }
    this.#now = Math.max(this.#now, at);
  }
}
