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
  /** Whose it is: those who share a lane take turns. */
  readonly share: string;
  /** When it was first added, on the queue's clock. */
  readonly addedAt: number;
}

/** Every fourth run serves low priority first, so that a stream of changes does not starve resyncs. */
const LOW_SHARE = 4;

/** Keys by whose they are, first in first out. */
type Shares = Map<string, Map<string, ReadyKey>>;

/**
 * The ready keys of a queue by lane and priority. Lanes are served round-robin, and in each lane those who share it, so
 * that somebody with a hundred keys delays another's first one by no more than one of them; the keys of one are first in
 * first out.
 */
export class ReadyKeys {
  private readonly places = new Map<string, ReadyKey>();
  private readonly lanes: Readonly<Record<Priority, Map<string, Shares>>> = {
    high: new Map(),
    low: new Map(),
  };
  private taken = 0;

  sizeOf(priority: Priority): number {
    let size = 0;
    for (const shares of this.lanes[priority].values()) for (const keys of shares.values()) size += keys.size;
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
    if (priority === known.priority && entry.lane === known.lane && entry.share === known.share) {
      return false;
    }
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
    for (const [lane, shares] of this.lanes[priority]) {
      if (!hasRoom(lane)) continue;
      const [keys] = shares.values();
      const [first] = keys?.values() ?? [];
      if (first !== undefined) return first;
    }
    return undefined;
  }

  /** Moves the lane just served behind the others, and in it whose key it was. */
  private rotate({ priority, lane, share }: ReadyKey): void {
    const lanes = this.lanes[priority];
    const shares = lanes.get(lane);
    if (shares === undefined) return;
    moveToEnd(shares, share);
    moveToEnd(lanes, lane);
  }

  private put(entry: ReadyKey): void {
    this.places.set(entry.key, entry);
    const lanes = this.lanes[entry.priority];
    const shares: Shares = lanes.get(entry.lane) ?? new Map();
    const keys = shares.get(entry.share) ?? new Map<string, ReadyKey>();
    keys.set(entry.key, entry);
    shares.set(entry.share, keys);
    lanes.set(entry.lane, shares);
  }

  private remove({ key, priority, lane, share }: ReadyKey): void {
    this.places.delete(key);
    const lanes = this.lanes[priority];
    const shares = lanes.get(lane);
    const keys = shares?.get(share);
    keys?.delete(key);
    if (keys?.size === 0) shares?.delete(share);
    if (shares?.size === 0) lanes.delete(lane);
  }
}

/** A map keeps the order in which its keys were added. */
function moveToEnd<T>(map: Map<string, T>, key: string): void {
  const value = map.get(key);
  if (value === undefined) return;
  map.delete(key);
  map.set(key, value);
}
