import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ContentCache } from './content-cache.ts';

const kib = (n: number) => new Uint8Array(n * 1024);

test('the least recently used bytes are evicted first', () => {
  const cache = new ContentCache(3 * 1024);
  cache.put('a', kib(1));
  cache.put('b', kib(1));
  cache.put('c', kib(1));
  cache.get('a');
  cache.put('d', kib(1));
  expect(['a', 'b', 'c', 'd'].filter((hash) => cache.get(hash))).toEqual(['a', 'c', 'd']);
});

test('bytes larger than the cache are not kept and evict nothing', () => {
  const cache = new ContentCache(2 * 1024);
  cache.put('a', kib(1));
  cache.put('b', kib(3));
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBeDefined();
});

test('the cache never exceeds its bound, and counts its bytes', () => {
  const step = fc.record({ hash: fc.constantFrom('a', 'b', 'c', 'd', 'e'), size: fc.nat(120) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const cache = new ContentCache(200);
      for (const { hash, size } of steps) cache.put(hash, new Uint8Array(size));
      const held = ['a', 'b', 'c', 'd', 'e'].map((hash) => cache.get(hash)?.length ?? 0);
      expect(cache.bytes).toBe(held.reduce((sum, size) => sum + size, 0));
      expect(cache.bytes).toBeLessThanOrEqual(200);
    }),
  );
});
