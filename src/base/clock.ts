/** Time, passed in so that tests need not wait for it. */
export interface Clock {
  /** Milliseconds since some fixed moment. Never goes back: the only time to measure and compare with. */
  monotonic(): number;
  /** Milliseconds since 1970: only for what is written down for people and other programs to read. */
  wallTime(): number;
  /** Runs `task` once, `ms` milliseconds from now at the earliest. Returns what takes it back. */
  after(ms: number, task: () => void): () => void;
}

/** setTimeout takes a signed 32-bit number and fires at once above it. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The time of this machine. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wallTime: () => Date.now(),
  after: (ms, task) => {
    const due = performance.now() + ms;
    let timer: NodeJS.Timeout;
    const arm = () => {
      // Timers may fire up to a millisecond early, and cannot be set far ahead: look again rather than run too soon.
      const left = due - performance.now();
      if (left <= 0) return task();
      timer = setTimeout(arm, Math.min(Math.ceil(left), LONGEST_TIMER_MS));
    };
    timer = setTimeout(arm, Math.min(Math.max(0, Math.ceil(ms)), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms` milliseconds; rejects with the signal's reason when that comes first. */
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
