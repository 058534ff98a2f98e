/** Exponential backoff. Times in milliseconds. */
export interface BackoffLimits {
  readonly initialMs: number;
  readonly maxMs: number;
  /** Growth with each failure. Default 2. */
  readonly factor?: number;
  /** Jitter: the random share added to the wait, so that clients that failed together do not retry together. Default 0. */
  readonly jitter?: number;
}

/** The wait after `failures` consecutive failures, in milliseconds; the first failure is number 1. */
export function backoffMs(failures: number, limits: BackoffLimits, random: () => number): number {
  const grown = limits.initialMs * (limits.factor ?? 2) ** Math.max(0, failures - 1);
  // May be Infinity: it is capped at the maximum.
  return Math.min(grown, limits.maxMs) * (1 + (limits.jitter ?? 0) * random());
}
