import { expect, test } from 'vitest';
import type { KubeObject } from '../client/resource-type.ts';
import { Store } from './store.ts';

interface Thing extends KubeObject {
  readonly tags: readonly string[];
}

const thing = (name: string, resourceVersion: string, tags: readonly string[] = [], uid = `uid-${name}`): Thing => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, uid, resourceVersion, creationTimestamp: '' },
  tags,
});

const storeOf = (...things: Thing[]) => {
  const store = new Store<Thing>();
  for (const each of things) store.put(each);
  return store;
};

test('storing the same version again is not a change; storing another object of the same name is', () => {
  const store = storeOf(thing('a', '1'));
  expect(store.put(thing('a', '1'))).toBeUndefined();
  expect(store.put(thing('a', '1', [], 'uid-other'))).toMatchObject({ old: { metadata: { uid: 'uid-a' } } });
  expect(store.remove('nobody')).toBeUndefined();
});

test('replacing the contents of a store returns the removed, changed and added objects', () => {
  const store = storeOf(thing('gone', '1'), thing('same', '1'), thing('changed', '1'));
  const changes = store.replaceAll([thing('same', '1'), thing('changed', '2'), thing('new', '3')]);
  expect(
    changes.map(({ key, old, now }) => [key, old?.metadata.resourceVersion, now?.metadata.resourceVersion]),
  ).toEqual([
    ['gone', '1', undefined],
    ['changed', '1', '2'],
    ['new', undefined, '3'],
  ]);
  expect(store.size).toBe(3);
});

test('an object in the store is deeply frozen', () => {
  const store = storeOf(thing('a', '1', ['x']));
  expect(Object.isFrozen(store.get('a')?.metadata)).toBe(true);
  expect(Object.isFrozen(store.get('a')?.tags)).toBe(true);
});

test('an object in the store has no managedFields', () => {
  const big = thing('a', '1');
  const store = storeOf({ ...big, metadata: { ...big.metadata, managedFields: [{}] } } as Thing);
  expect(store.get('a')?.metadata).toEqual(big.metadata);
});
