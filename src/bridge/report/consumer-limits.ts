import type { Provider } from '../../api/provider.ts';
import type { Award } from '../../award/award.ts';
import { tenureKey } from '../mirror/tenure-names.ts';

const HOUR_MS = 3_600_000;

/**
 * Which awards are beyond what one consumer may have of a provider. They are declined, which costs the provider nothing.
 * The awards of an hour are those that this process has seen to come: a restart begins to count anew.
 */
export class ConsumerLimits {
  /** Monotonic times at which awards were first seen, by consumer and `tenureKey`. */
  private readonly seen = new Map<string, Map<string, number>>();
  /** All tenures of the last look: what was accepted before this process is no award of this hour. */
  private known: ReadonlySet<string> | undefined;

  /** The undecided awards, by `tenureKey`, that are beyond the limits. `now` is monotonic. */
  beyond(
    awards: readonly Award[],
    limits: NonNullable<Provider['spec']['consumerLimits']>,
    now: number,
  ): ReadonlySet<string> {
    this.note(awards, now);
    const within = new Map<string, ReadonlySet<string>>();
    const { tenures = Number.POSITIVE_INFINITY, awardsPerHour = Number.POSITIVE_INFINITY } = limits;
    const live = new Map<string, number>();
    for (const { consumer, state } of awards) {
      if (state !== 'Awarded' && state !== 'Ended') live.set(consumer, (live.get(consumer) ?? 0) + 1);
    }
    const beyond = new Set<string>();
    for (const award of awards.filter(({ state }) => state === 'Awarded').sort(bySubscription)) {
      const { consumer } = award;
      const key = keyOf(award);
      const seen = this.seen.get(consumer);
      const first = within.get(consumer) ?? new Set([...(seen?.keys() ?? [])].slice(0, awardsPerHour));
      within.set(consumer, first);
      const count = live.get(consumer) ?? 0;
      const isTooMany = seen?.has(key) === true && !first.has(key);
      if (count >= tenures || isTooMany) beyond.add(key);
      else live.set(consumer, count + 1);
    }
    return beyond;
  }

  private note(awards: readonly Award[], now: number): void {
    for (const [consumer, times] of this.seen) {
      for (const [key, at] of times) if (now - at >= HOUR_MS) times.delete(key);
      if (times.size === 0) this.seen.delete(consumer);
    }
    const { known } = this;
    const keys = new Set<string>();
    for (const award of awards) {
      const key = keyOf(award);
      keys.add(key);
      const isNew = known === undefined ? award.state === 'Awarded' : !known.has(key);
      if (!isNew) continue;
      const times = this.seen.get(award.consumer) ?? new Map<string, number>();
      if (!times.has(key)) times.set(key, now);
      this.seen.set(award.consumer, times);
    }
    this.known = keys;
  }
}

function keyOf({ subscription, tenure }: Award): string {
  return tenureKey(`${subscription}`, tenure);
}

function bySubscription(a: Award, b: Award): number {
  return a.subscription < b.subscription ? -1 : Number(a.subscription > b.subscription);
}
