/** A key and when it is due. */
export interface Delayed<Value> {
  readonly key: string;
  readonly at: number;
  readonly value: Value;
}

/** Keys ordered by due time, each at most once: a binary heap that tracks the position of each key. */
export class DelayQueue<Value> {
  private readonly heap: Delayed<Value>[] = [];
  private readonly places = new Map<string, number>();

  get size(): number {
    return this.heap.length;
  }

  get(key: string): Delayed<Value> | undefined {
    const place = this.places.get(key);
    return place === undefined ? undefined : this.heap[place];
  }

  /** The soonest key, without removing it. */
  peek(): Delayed<Value> | undefined {
    return this.heap[0];
  }

  /** Adds a key, or moves it to a new time. */
  set(entry: Delayed<Value>): void {
    const place = this.places.get(entry.key) ?? this.heap.length;
    this.place(place, entry);
    this.settle(place);
  }

  /** Removes and returns the soonest key. */
  shift(): Delayed<Value> | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined) return undefined;
    this.places.delete(first.key);
    if (last !== first) {
      this.place(0, last);
      this.settle(0);
    }
    return first;
  }

  clear(): void {
    this.heap.length = 0;
    this.places.clear();
  }

  private settle(from: number): void {
    let place = from;
    for (let parent = (place - 1) >> 1; place > 0 && this.isSooner(place, parent); parent = (place - 1) >> 1) {
      this.swap(place, parent);
      place = parent;
    }
    for (let child = this.soonerChild(place); this.isSooner(child, place); child = this.soonerChild(place)) {
      this.swap(child, place);
      place = child;
    }
  }

  private soonerChild(place: number): number {
    const left = 2 * place + 1;
    return this.isSooner(left + 1, left) ? left + 1 : left;
  }

  private isSooner(a: number, b: number): boolean {
    const [first, second] = [this.heap[a], this.heap[b]];
    return first !== undefined && second !== undefined && first.at < second.at;
  }

  private swap(a: number, b: number): void {
    const [first, second] = [this.heap[a], this.heap[b]];
    if (first === undefined || second === undefined) return;
    this.place(a, second);
    this.place(b, first);
  }

  private place(at: number, entry: Delayed<Value>): void {
    this.heap[at] = entry;
    this.places.set(entry.key, at);
  }
}
