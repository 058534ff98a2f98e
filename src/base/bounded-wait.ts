import type { Clock } from './clock.ts';

/** Waits remembered; the oldest is evicted and would start over. More than a cluster has Deployments. */
const MAX_WAITS = 200_000;

interface Wait {
  readonly timestamp: string;
  /** How old the timestamp was when it was first seen, in milliseconds: at least 0, at most the bound of the wait. */
  readonly ageMs: number;
  /** Monotonic time at which it was first seen. */
  readonly seenAt: number;
}

/**
 * The age of a timestamp in a status, for waits with an upper bound: a backoff, a grace period, an hourly limit.
 *
 * The timestamp comes from the wall clock of another host, or of this one before it was adjusted. So the wall clock is
 * read only once, when a timestamp is first seen, and the age is clamped to the bound; from then on the monotonic clock
 * counts. A clock that is wrong or jumps therefore lengthens or shortens a wait by at most its bound.
 */
export class BoundedWaits {
  private readonly clock: Pick<Clock, 'monotonic' | 'wallTime'>;
  private readonly waits = new Map<string, Wait>();

  constructor(clock: Pick<Clock, 'monotonic' | 'wallTime'>) {
    this.clock = clock;
  }

  /**
   * Milliseconds since `timestamp` (RFC 3339), at least 0. `key` identifies the wait: a different timestamp under the same
   * key restarts it. A timestamp that cannot be parsed counts from when it is first seen.
   */
  ageMs(key: string, timestamp: string, boundMs: number): number {
    const now = this.clock.monotonic();
    const known = this.waits.get(key);
    if (known?.timestamp === timestamp) return known.ageMs + (now - known.seenAt);
    const age = this.clock.wallTime() - Date.parse(timestamp);
    const ageMs = Number.isNaN(age) ? 0 : Math.min(Math.max(0, age), boundMs);
    this.remember(key, { timestamp, ageMs, seenAt: now });
    return ageMs;
  }

  /** Milliseconds until `timestamp`, the end of a wait of at most `boundMs`: between 0 and the bound. */
  untilMs(key: string, timestamp: string, boundMs: number): number {
    const begin = Date.parse(timestamp) - boundMs;
    if (Number.isNaN(begin)) return 0;
    return Math.max(0, boundMs - this.ageMs(key, new Date(begin).toISOString(), boundMs));
  }

  /** Forgets a wait that is over. */
  forget(key: string): void {
    this.waits.delete(key);
  }

  private remember(key: string, wait: Wait): void {
    // Reinserted at the end: the first entry is always the oldest.
    this.waits.delete(key);
    this.waits.set(key, wait);
    if (this.waits.size <= MAX_WAITS) return;
    const [oldest] = this.waits.keys();
    if (oldest !== undefined) this.waits.delete(oldest);
  }
}
