import type { Clock } from './clock.ts';

/** Waits remembered at once; the oldest is forgotten first, and then begins anew. More than a cluster has Deployments. */
const MAX_WAITS = 200_000;

interface Wait {
  readonly timestamp: string;
  /** How old the timestamp was when it was first seen, in milliseconds: at least 0, at most the bound of the wait. */
  readonly ageMs: number;
  /** Monotonic time at which it was first seen. */
  readonly seenAt: number;
}

/**
 * How long ago a timestamp of a status was, for waits that a bound limits: a backoff, a grace, a limit of an hour.
 *
 * The timestamp was written by the wall clock of another host, or of this one before it was set. So the wall clock is
 * asked once, when a timestamp is first seen, and the answer is clamped to the bound; from then on the monotonic clock
 * counts. A clock that is wrong or jumps therefore delays or hastens a wait by at most its own bound.
 */
export class BoundedWaits {
  private readonly clock: Pick<Clock, 'monotonic' | 'wallTime'>;
  private readonly waits = new Map<string, Wait>();

  constructor(clock: Pick<Clock, 'monotonic' | 'wallTime'>) {
    this.clock = clock;
  }

  /**
   * Milliseconds since `timestamp` (RFC 3339), at least 0. `key` names the wait: another timestamp under the same key
   * begins it anew. A timestamp that cannot be parsed counts as first seen now.
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

  /** Milliseconds until `timestamp`, an end of a wait that lasts `boundMs` at most: between 0 and the bound. */
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
    // Re-inserted at the end: the first entry is the one that began longest ago.
    this.waits.delete(key);
    this.waits.set(key, wait);
    if (this.waits.size <= MAX_WAITS) return;
    const [oldest] = this.waits.keys();
    if (oldest !== undefined) this.waits.delete(oldest);
  }
}
