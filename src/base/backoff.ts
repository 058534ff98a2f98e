/** How waiting grows with each failure in a row. Times in milliseconds. */
export interface BackoffLimits {
  readonly initialMs: number;
  readonly maxMs: number;
  /** Growth with each failure. Default 2. */
  readonly factor?: number;
  /** Share of the wait added at random, so that many who failed together do not come back together. Default 0. */
  readonly jitter?: number;
}

/** The wait after `failures` failures in a row, in milliseconds; the first failure is number 1. */
export function backoffMs(failures: number, limits: BackoffLimits, random: () => number): number {
  const grown = limits.initialMs * (limits.factor ?? 2) ** Math.max(0, failures - 1);
  // Infinity is fine here: it is cut to the maximum.
  return Math.min(grown, limits.maxMs) * (1 + (limits.jitter ?? 0) * random());
}
