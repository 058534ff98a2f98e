import { deepFreeze } from '../client/freeze.ts';
import { type KubeObject, keyOf } from '../client/resource-type.ts';

/** The index values of an object; it is found under each of them. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** What a reader sees of the cluster's objects. They are frozen and may be a moment behind. */
export interface StoreView<T extends KubeObject, Index extends string = never> {
  /** By `namespace/name`, or `name` when cluster-scoped. */
  get(key: string): T | undefined;
  list(): readonly T[];
  readonly size: number;
  /** The objects whose index function returned `value`. */
  byIndex(index: Index, value: string): readonly T[];
}

/** A change of one object. `old` is absent for a new one, `now` for one that is gone. */
export interface Change<T extends KubeObject> {
  readonly key: string;
  readonly old: T | undefined;
  readonly now: T | undefined;
}

/** Objects by key, and by whatever indexes are asked for. */
export class Store<T extends KubeObject, Index extends string = never> implements StoreView<T, Index> {
  private readonly objects = new Map<string, T>();
  private readonly indexFunctions: Readonly<Record<Index, IndexFunction<T>>>;
  /** `index\nvalue` → keys. Entries without keys are removed. */
  private readonly indexed = new Map<string, Set<string>>();

  constructor(indexFunctions: Readonly<Record<Index, IndexFunction<T>>>) {
    this.indexFunctions = indexFunctions;
  }

  get size(): number {
    return this.objects.size;
  }

  get(key: string): T | undefined {
    return this.objects.get(key);
  }

  list(): readonly T[] {
    return [...this.objects.values()];
  }

  byIndex(index: Index, value: string): readonly T[] {
    const keys = this.indexed.get(indexKey(index, value)) ?? [];
    return [...keys].flatMap((key) => this.objects.get(key) ?? []);
  }

  /** Keeps an object as it is from now on: it is frozen. Undefined when it was known at this version. */
  put(object: T): Change<T> | undefined {
    const key = keyOf(object.metadata);
    const old = this.objects.get(key);
    if (old !== undefined && isSameVersion(old, object)) return undefined;
    // First, since an index function may throw: then nothing has changed.
    const entries = this.entriesOf(object);
    if (old !== undefined) this.unindex(key, old);
    this.objects.set(key, deepFreeze(withoutManagedFields(object)));
    for (const entry of entries) {
      const keys = this.indexed.get(entry);
      if (keys === undefined) this.indexed.set(entry, new Set([key]));
      else keys.add(key);
    }
    return { key, old, now: object };
  }

  /** Forgets an object. Undefined when it was not known. */
  remove(key: string): Change<T> | undefined {
    const old = this.objects.get(key);
    if (old === undefined) return undefined;
    this.unindex(key, old);
    this.objects.delete(key);
    return { key, old, now: undefined };
  }

  /** Makes the store hold exactly these objects. Returns what that changed. */
  replaceAll(objects: readonly T[]): readonly Change<T>[] {
    const listed = new Set(objects.map(({ metadata }) => keyOf(metadata)));
    const gone = [...this.objects.keys()].filter((key) => !listed.has(key));
    return [...gone.flatMap((key) => this.remove(key) ?? []), ...objects.flatMap((object) => this.put(object) ?? [])];
  }

  private unindex(key: string, object: T): void {
    for (const entry of this.entriesOf(object)) {
      const keys = this.indexed.get(entry);
      keys?.delete(key);
      if (keys?.size === 0) this.indexed.delete(entry);
    }
  }

  private entriesOf(object: T): string[] {
    const functions = Object.entries<IndexFunction<T>>(this.indexFunctions);
    return functions.flatMap(([index, valuesOf]) => valuesOf(object).map((value) => indexKey(index, value)));
  }
}

/** Nobody reads who wrote which field, and it is often the larger half of an object. */
function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (!Object.isFrozen(object.metadata)) Reflect.deleteProperty(object.metadata, 'managedFields');
  return object;
}

function isSameVersion(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.resourceVersion === b.metadata.resourceVersion && a.metadata.uid === b.metadata.uid;
}

function indexKey(index: string, value: string): string {
  return `${index}\n${value}`;
}
