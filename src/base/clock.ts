/** Time, injected so that tests need not wait. */
export interface Clock {
  /** Milliseconds since an arbitrary moment. Never goes back: the only time to measure and compare with. */
  monotonic(): number;
  /** Unix time in milliseconds: only for timestamps that people and other programs read. */
  wallTime(): number;
  /** Runs `task` once, no earlier than `ms` milliseconds from now. Returns a function that cancels it. */
  after(ms: number, task: () => void): () => void;
}

/** setTimeout takes a signed 32-bit number and fires immediately for anything larger. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The time of this machine. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wallTime: () => Date.now(),
  after: (ms, task) => {
    const due = performance.now() + ms;
    let timer: NodeJS.Timeout;
    const arm = () => {
      // Timers may fire up to a millisecond early and have a maximum: check again rather than run too soon.
      const left = due - performance.now();
      if (left <= 0) return task();
      timer = setTimeout(arm, Math.min(Math.ceil(left), LONGEST_TIMER_MS));
    };
    timer = setTimeout(arm, Math.min(Math.max(0, Math.ceil(ms)), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms` milliseconds; rejects with the signal's reason if that aborts first. */
export function sleep(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
