/**
 * `high` for keys that have just changed; `low` for the initial list, for resyncs and for keys requeued after a long
 * delay.
 */
export type Priority = 'high' | 'low';

/** A key that is ready to run. */
export interface ReadyKey {
  readonly key: string;
  readonly priority: Priority;
  readonly lane: string;
  /** When it was first added, on the queue's clock. */
  readonly addedAt: number;
}

/** Every fourth run serves low priority first, so that a stream of changes does not starve resyncs. */
const LOW_SHARE = 4;

/** The ready keys of a queue by lane and priority, first in first out. Lanes are served round-robin. */
export class ReadyKeys {
  private readonly places = new Map<string, ReadyKey>();
  private readonly lanes: Readonly<Record<Priority, Map<string, Map<string, ReadyKey>>>> = {
    high: new Map(),
    low: new Map(),
  };
  private taken = 0;

  sizeOf(priority: Priority): number {
    let size = 0;
    for (const keys of this.lanes[priority].values()) size += keys.size;
    return size;
  }

  /** True when the key was not ready before. A key that was moves to its current lane and never loses priority. */
  add(entry: ReadyKey): boolean {
    const known = this.places.get(entry.key);
    if (known === undefined) {
      this.put(entry);
      return true;
    }
    const priority = known.priority === 'high' ? 'high' : entry.priority;
    if (priority === known.priority && entry.lane === known.lane) return false;
    this.remove(known);
    this.put({ ...entry, priority, addedAt: known.addedAt });
    return false;
  }

  /** Removes and returns the next key of a lane with free capacity. */
  take(hasRoom: (lane: string) => boolean): ReadyKey | undefined {
    const lowFirst = this.taken % LOW_SHARE === LOW_SHARE - 1;
    const order: readonly Priority[] = lowFirst ? ['low', 'high'] : ['high', 'low'];
    for (const priority of order) {
      const next = this.firstOf(priority, hasRoom);
      if (next === undefined) continue;
      this.taken += 1;
      this.remove(next);
      this.rotate(next);
      return next;
    }
    return undefined;
  }

  clear(): void {
    this.places.clear();
    this.lanes.high.clear();
    this.lanes.low.clear();
  }

  private firstOf(priority: Priority, hasRoom: (lane: string) => boolean): ReadyKey | undefined {
    for (const [lane, keys] of this.lanes[priority]) {
      if (!hasRoom(lane)) continue;
      const [first] = keys.values();
      if (first !== undefined) return first;
    }
    return undefined;
  }

  /** Moves the lane just served behind the others. */
  private rotate({ priority, lane }: ReadyKey): void {
    const lanes = this.lanes[priority];
    const keys = lanes.get(lane);
    if (keys === undefined) return;
    lanes.delete(lane);
    lanes.set(lane, keys);
  }

  private put(entry: ReadyKey): void {
    this.places.set(entry.key, entry);
    const lanes = this.lanes[entry.priority];
    const keys = lanes.get(entry.lane);
    if (keys === undefined) lanes.set(entry.lane, new Map([[entry.key, entry]]));
    else keys.set(entry.key, entry);
  }

  private remove({ key, priority, lane }: ReadyKey): void {
    this.places.delete(key);
    const lanes = this.lanes[priority];
    const keys = lanes.get(lane);
    keys?.delete(key);
    if (keys?.size === 0) lanes.delete(lane);
  }
}
