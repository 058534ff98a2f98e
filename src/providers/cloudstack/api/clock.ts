/** Time, passed in. The same shape as every other layer's, so that main can hand one clock to all. */
export interface Clock {
  /** Milliseconds since some fixed moment. Never goes back. */
  monotonic(): number;
  /** Unix milliseconds. */
  wallTime(): number;
  /** Runs `task` once, `ms` milliseconds from now at the earliest. Returns what takes it back. */
  after(ms: number, task: () => void): () => void;
}

/** Resolves after `ms` milliseconds; rejects with the signal's reason when that comes first. */
export function sleep(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
