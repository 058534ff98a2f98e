import { forKeeping } from '../client/freeze.ts';
import { type KubeObject, keyOf } from '../client/resource-type.ts';

/** Read-only view of the cached objects. They are frozen and may lag slightly behind the cluster. */
export interface StoreView<T extends KubeObject> {
  /** Takes `namespace/name`, or `name` when cluster-scoped. */
  get(key: string): T | undefined;
  list(): readonly T[];
  readonly size: number;
}

/** A change to one object. `old` is absent for a new object, `now` for a deleted one. */
export interface Change<T extends KubeObject> {
  readonly key: string;
  readonly old: T | undefined;
  readonly now: T | undefined;
}

/** Objects by key. */
export class Store<T extends KubeObject> implements StoreView<T> {
  private readonly objects = new Map<string, T>();

  get size(): number {
    return this.objects.size;
  }

  get(key: string): T | undefined {
    return this.objects.get(key);
  }

  list(): readonly T[] {
    return [...this.objects.values()];
  }

  /** Stores an object and freezes it. Undefined when it was already stored at this version. */
  put(object: T): Change<T> | undefined {
    const key = keyOf(object.metadata);
    const old = this.objects.get(key);
    if (old !== undefined && isSameVersion(old, object)) return undefined;
    const now = forKeeping(object);
    this.objects.set(key, now);
    return { key, old, now };
  }

  /** Removes an object. Undefined when it was not stored. */
  remove(key: string): Change<T> | undefined {
    const old = this.objects.get(key);
    if (old === undefined) return undefined;
    this.objects.delete(key);
    return { key, old, now: undefined };
  }

  /** Replaces the contents with exactly these objects. Returns the changes. */
  replaceAll(objects: readonly T[]): readonly Change<T>[] {
    const listed = new Set(objects.map(({ metadata }) => keyOf(metadata)));
    const gone = [...this.objects.keys()].filter((key) => !listed.has(key));
    return [...gone.flatMap((key) => this.remove(key) ?? []), ...objects.flatMap((object) => this.put(object) ?? [])];
  }
}

function isSameVersion(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.resourceVersion === b.metadata.resourceVersion && a.metadata.uid === b.metadata.uid;
}
