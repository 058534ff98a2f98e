import { timestampOf } from '../../api/conditions.ts';

const HOUR_MS = 3_600_000;

/** What of a budget outlives the process: in the status of the Provider. */
export interface TeardownRecord {
  /** How many began within the hour before `lastAt`. */
  readonly begun: number;
  /** When the last of them began: RFC 3339. */
  readonly lastAt: string;
}

/** How many teardowns a provider lets begin within an hour. Times in Unix milliseconds. */
export class TeardownBudget {
  /** When the teardown of a Deployment began, by its name. */
  private readonly times = new Map<string, number>();

  /**
   * @param ending are under way from before this process began: they count as begun now.
   * @param record is of an earlier process. Those of it that are not under way any more count from the last one on.
   */
  constructor(ending: Iterable<string>, now: number, record?: TeardownRecord) {
    this.spend(ending, now);
    const lastAt = Math.min(Date.parse(record?.lastAt ?? ''), now);
    for (let index = this.times.size; index < (record?.begun ?? 0); index++) this.times.set(`earlier ${index}`, lastAt);
  }

  /** What to remember of it; undefined when nothing began within the last hour. */
  record(now: number): TeardownRecord | undefined {
    const begun = this.begun(now).size;
    if (begun === 0) return undefined;
    return { begun, lastAt: timestampOf(Math.max(...this.times.values())) };
  }

  /** The teardowns that began within the last hour. */
  begun(now: number): ReadonlySet<string> {
    for (const [name, at] of this.times) if (now - at >= HOUR_MS) this.times.delete(name);
    return new Set(this.times.keys());
  }

  /** How many more may begin now. `approvedUntil` lifts the limit until then. */
  left(maxPerHour: number, approvedUntil: string | undefined, now: number): number {
    if (approvedUntil !== undefined && Date.parse(approvedUntil) > now) return Number.POSITIVE_INFINITY;
    return Math.max(0, maxPerHour - this.begun(now).size);
  }

  spend(names: Iterable<string>, now: number): void {
    for (const name of names) this.times.set(name, now);
  }
}
