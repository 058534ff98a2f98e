import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstDifference } from './subset.ts';

describe('the first difference', () => {
  test.each([
    [{ a: { b: 1 } }, { a: { b: 2 } }, 'a.b'],
    [{ a: { b: 1 } }, { a: {} }, 'a.b'],
    [{ a: { b: 1 } }, { a: 'x' }, 'a'],
    [{ a: [1, 2] }, { a: [1] }, 'a'],
    [{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }, 'a[0].b'],
    [{ a: '1Gi' }, { a: '1G' }, 'a'],
    [{ a: 'Ingress' }, { a: 'Egress' }, 'a'],
    [{ a: 0 }, {}, 'a'],
  ])('the first difference between %j and %j is at %s', (wanted, found, path) => {
    expect(firstDifference(wanted, found)).toBe(path);
  });

  test.each([
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: '1000m' }, { a: '1' }],
    [{ a: '0.5Gi' }, { a: '512Mi' }],
    [{ a: '1' }, { a: 1 }],
    [{ a: [] }, { a: [] }],
  ])('the first difference between %j and %j is none', (wanted, found) => {
    expect(firstDifference(wanted, found)).toBeUndefined();
  });

  test('an object does not differ from itself with more fields', () => {
    fc.assert(
      fc.property(fc.object(), fc.object(), (wanted, more) => {
        const plain = JSON.parse(JSON.stringify(wanted));
        expect(firstDifference(plain, { ...JSON.parse(JSON.stringify(more)), ...plain })).toBeUndefined();
      }),
    );
  });
});
