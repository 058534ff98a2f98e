import type { TenureIdentity } from '../../../award/identity.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Design } from '../plan/design.ts';
import type { Notes } from '../plan/memo.ts';
import type { Inventory } from './inventory.ts';
import { type Look, look } from './look.ts';
import { scopeFor } from './scope.ts';

/** Tenures that were as ordered when they were looked at last: they are looked at in the listings all of them share. */
export class RestingTenures {
  readonly #inventory: Inventory;
  readonly #clock: Clock;
  /** When each was last changed by us, in monotonic milliseconds: what was listed before is no sign of rest. */
  readonly #changed = new Map<string, number>();

  constructor(inventory: Inventory, clock: Clock) {
    this.#inventory = inventory;
    this.#clock = clock;
  }

  /** Remembers when a change of a tenure was over. */
  changing<T>({ name }: TenureIdentity, change: Promise<T>): Promise<T> {
    return change.finally(() => this.#changed.set(name, this.#clock.monotonic()));
  }

  /** It is about to end: nobody will ask whether it rests. */
  forget({ name }: TenureIdentity): void {
    this.#changed.delete(name);
  }

  /** What the listings have of a tenure; undefined when it cannot be at rest by them. */
  async look(identity: TenureIdentity, design: Design, notes: Notes, signal: AbortSignal): Promise<Look | undefined> {
    if (notes.settled === undefined || notes.jobs.length > 0) return undefined;
    if (!this.#inventory.isNewerThan(this.#changed.get(identity.name) ?? Number.NEGATIVE_INFINITY)) return undefined;
    this.#changed.delete(identity.name);
    const found = await look(identity, notes, scopeFor(identity, design), this.#inventory, signal);
    return found.vms.length === 1 && found.vms[0]?.state === notes.settled ? found : undefined;
  }
}
