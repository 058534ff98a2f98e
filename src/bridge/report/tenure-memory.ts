import type { TenureState } from '../../award/award.ts';

interface Remembered {
  state: TenureState;
  /** Monotonic time at which this process first saw the tenure in `state`, in milliseconds. */
  since: number;
  /** True if this process saw the tenure in another state before. */
  changed: boolean;
  /** Monotonic time since which no status has described the current spec. */
  staleSince: number | undefined;
  declinedWith: number | undefined;
}

/** What the process remembers of the tenures it reports on, by `tenureKey`. Losing it in a restart is harmless. */
export class TenureMemory {
  private readonly tenures = new Map<string, Remembered>();

  /** Records the state of a tenure. `now` is monotonic. */
  see(key: string, state: TenureState, now: number): void {
    const known = this.tenures.get(key);
    if (known?.state === state) return;
    const changed = known !== undefined;
    this.tenures.set(key, { state, since: now, changed, staleSince: undefined, declinedWith: undefined });
  }

  /** How long this process has seen the tenure in its current state, in milliseconds. */
  inStateMs(key: string, now: number): number {
    return now - (this.tenures.get(key)?.since ?? now);
  }

  /** The same if the process saw the state begin; otherwise Infinity, because the state may have any age. */
  sinceChangeMs(key: string, now: number): number {
    return this.tenures.get(key)?.changed === true ? this.inStateMs(key, now) : Number.POSITIVE_INFINITY;
  }

  /** For how long no status has described the current spec, in milliseconds. */
  staleMs(key: string, isStale: boolean, now: number): number {
    const known = this.tenures.get(key);
    if (known === undefined || !isStale) {
      if (known !== undefined) known.staleSince = undefined;
      return 0;
    }
    known.staleSince ??= now;
    return now - known.staleSince;
  }

  /** The reason code with which this process declined an award, while the chain still says Awarded. */
  declinedWith(key: string): number | undefined {
    return this.tenures.get(key)?.declinedWith;
  }

  decline(key: string, reason: number): void {
    const known = this.tenures.get(key);
    if (known !== undefined) known.declinedWith = reason;
  }

  retain(keys: ReadonlySet<string>): void {
    for (const key of this.tenures.keys()) if (!keys.has(key)) this.tenures.delete(key);
  }
}
