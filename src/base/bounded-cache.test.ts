import { expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

test('a full cache evicts the least recently used value first', () => {
  const cache = new BoundedCache<string>(2);
  cache.set('a', 'A');
  cache.set('b', 'B');
  cache.get('a');
  cache.set('c', 'C');
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['A', undefined, 'C']);
});

test('cache capacity is measured by weight, and a value heavier than the capacity is not kept', () => {
  const cache = new BoundedCache<string>(10, (value) => value.length);
  cache.set('a', 'x'.repeat(6));
  cache.set('b', 'x'.repeat(6));
  expect(cache.get('a')).toBeUndefined();
  cache.set('c', 'x'.repeat(11));
  expect(cache.get('c')).toBeUndefined();
  cache.set('d', 'x'.repeat(10));
  expect(cache.get('d')).toHaveLength(10);
});

test('a value stored twice counts once towards the weight of the cache', () => {
  const cache = new BoundedCache<string>(10, (value) => value.length);
  for (let round = 0; round < 5; round++) cache.set('a', 'x'.repeat(6));
  cache.set('b', 'xxxx');
  expect(cache.get('a')).toBeDefined();
  cache.delete('a');
  cache.delete('a');
  cache.set('c', 'xxxxxx');
  expect(cache.get('b')).toBeDefined();
});
