const HOUR_MS = 3_600_000;

/** How many teardowns a provider lets begin within an hour. Times in Unix milliseconds. */
export class TeardownBudget {
  /** When the teardown of a Deployment began, by its name. */
  private readonly times = new Map<string, number>();

  /** `ending` are under way from before this process began: they count as begun now. */
  constructor(ending: Iterable<string>, now: number) {
    this.spend(ending, now);
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
