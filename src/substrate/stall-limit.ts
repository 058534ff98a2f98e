/** What is known about how often a chain finalises. Times in milliseconds. */
export interface FinalityPace {
  /** The configured limit; overrides everything derived. */
  readonly setting: number | undefined;
  /** The block time the runtime declares. */
  readonly blockMs: number | undefined;
  /** The longest recent gap between two finalised heads; undefined before the second head. */
  readonly longestMs: number | undefined;
}

/** Blocks that may be missing before finality counts as stalled. */
const MISSING_BLOCKS = 5;
/** Factor by which a gap may exceed the longest recent one. */
const GAP_FACTOR = 3;
const LEAST_MS = 30_000;
/** The limit before anything was observed: a chain may finalise once a minute. */
const UNKNOWN_PACE_MS = 180_000;

/** How long without a new finalised block before finality counts as stalled, in milliseconds. Pure. */
export function stallLimitMs({ setting, blockMs = 0, longestMs }: FinalityPace): number {
  if (setting !== undefined) return setting;
  if (longestMs === undefined) return Math.max(UNKNOWN_PACE_MS, MISSING_BLOCKS * blockMs);
  return Math.max(LEAST_MS, MISSING_BLOCKS * blockMs, GAP_FACTOR * longestMs);
}

/** How long to wait for a pushed head before polling the node, in milliseconds. Pure. */
export function pollAfterMs({ blockMs = 0, longestMs = 0 }: FinalityPace): number {
  return Math.max(6_000, 2 * blockMs, 1.5 * longestMs);
}

/** The longest of the last gaps between finalised heads. */
export class RecentGaps {
  private readonly gaps: number[] = [];

  add(ms: number): void {
    this.gaps.push(ms);
    if (this.gaps.length > 16) this.gaps.shift();
  }

  get longestMs(): number | undefined {
    return this.gaps.length === 0 ? undefined : Math.max(...this.gaps);
  }
}
