import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test('the backoff doubles from the first wait to the maximum', () => {
  const limits = { initialMs: 5, maxMs: 1_000 };
  expect([1, 2, 3, 8, 9, 5_000].map((failures) => backoffMs(failures, limits, () => 0.5))).toEqual([
    5, 10, 20, 640, 1_000, 1_000,
  ]);
});

test('jitter adds at most its share to the backoff', () => {
  const limits = { initialMs: 100, maxMs: 1_000, jitter: 0.5 };
  expect(backoffMs(1, limits, () => 0)).toBe(100);
  expect(backoffMs(1, limits, () => 1)).toBe(150);
});
