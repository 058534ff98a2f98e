import { timestampOf } from '../../api/conditions.ts';
import type { Provider } from '../../api/provider.ts';
import { BoundedWaits } from '../../base/bounded-wait.ts';
import type { Clock } from '../../base/clock.ts';

const HOUR_MS = 3_600_000;
/** The default limit of a Provider: this many an hour, or this share of its tenures if that is more. */
const DEFAULT_PER_HOUR = 10;
const DEFAULT_SHARE = 0.1;

/** The part of a budget that survives the process, in the status of the Provider. */
export interface TeardownRecord {
  /** How many began within the hour before `lastAt`. */
  readonly begun: number;
  /** When the last of them began: RFC 3339. */
  readonly lastAt: string;
}

/** How many teardowns may begin within an hour. `live` is the number of tenures that should run now. */
export function teardownsPerHour({ maxPerHour }: Provider['spec']['teardown'], live: number): number {
  return maxPerHour ?? Math.max(DEFAULT_PER_HOUR, Math.ceil(live * DEFAULT_SHARE));
}

/** Counts the teardowns of a provider that began within the last hour. */
export class TeardownBudget {
  private readonly clock: Pick<Clock, 'monotonic' | 'wallTime'>;
  /** Monotonic time at which the teardown of a Deployment began, in milliseconds, by its name. */
  private readonly times = new Map<string, number>();
  private lastAt: string | undefined;

  /**
   * @param ending names the teardowns that an earlier process began: they count as begun now.
   * @param record is that of an earlier process. Its teardowns that have finished count from the time of the last one.
   */
  constructor(
    ending: Iterable<string>,
    clock: Pick<Clock, 'monotonic' | 'wallTime'>,
    record: TeardownRecord | undefined,
  ) {
    this.clock = clock;
    this.spend(ending);
    if (record === undefined) return;
    const ageMs = new BoundedWaits(clock).ageMs('lastAt', record.lastAt, HOUR_MS);
    for (let index = this.times.size; index < record.begun; index++) {
      this.times.set(`earlier ${index}`, clock.monotonic() - ageMs);
    }
    this.lastAt ??= record.lastAt;
  }

  /** The record to keep; undefined if nothing began within the last hour. */
  record(): TeardownRecord | undefined {
    const begun = this.begun().size;
    return begun === 0 || this.lastAt === undefined ? undefined : { begun, lastAt: this.lastAt };
  }

  /** The teardowns that began within the last hour. */
  begun(): ReadonlySet<string> {
    const now = this.clock.monotonic();
    for (const [name, at] of this.times) if (now - at >= HOUR_MS) this.times.delete(name);
    return new Set(this.times.keys());
  }

  /** How many more teardowns may begin now. `approvedUntil`, set by a person, lifts the limit until that time. */
  left(perHour: number, approvedUntil: string | undefined): number {
    if (approvedUntil !== undefined && Date.parse(approvedUntil) > this.clock.wallTime()) {
      return Number.POSITIVE_INFINITY;
    }
    return Math.max(0, perHour - this.begun().size);
  }

  spend(names: Iterable<string>): void {
    for (const name of names) {
      this.times.set(name, this.clock.monotonic());
      this.lastAt = timestampOf(this.clock.wallTime());
    }
  }
}
