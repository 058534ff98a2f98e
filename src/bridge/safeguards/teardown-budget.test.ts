import { expect, it } from 'vitest';
import { TeardownBudget } from './teardown-budget.ts';

const HOUR = 3_600_000;

it('a budget of teardowns is used up within an hour and comes back', () => {
  const budget = new TeardownBudget([], 0);
  expect(budget.left(2, undefined, 0)).toBe(2);
  budget.spend(['a', 'b'], 0);
  expect(budget.left(2, undefined, HOUR - 1)).toBe(0);
  expect(budget.left(2, undefined, HOUR)).toBe(2);
});

it('a teardown that is told of twice counts once', () => {
  const budget = new TeardownBudget([], 0);
  budget.spend(['a'], 0);
  budget.spend(['a'], 1);
  expect(budget.left(2, undefined, 2)).toBe(1);
});

it('a restart does not give the budget back to what is under way', () => {
  expect(new TeardownBudget(['a', 'b', 'c'], 0).left(5, undefined, 0)).toBe(2);
});

it('a restart does not give the budget back for what was torn down within the hour either', () => {
  const before = new TeardownBudget([], 0);
  before.spend(['a', 'b', 'c'], 0);
  before.spend(['d'], HOUR / 2);
  const record = before.record(HOUR / 2);
  expect(record).toEqual({ begun: 4, lastAt: '1970-01-01T00:30:00Z' });
  const after = new TeardownBudget(['d'], HOUR / 2 + 1000, record);
  expect(after.left(5, undefined, HOUR / 2 + 1000)).toBe(1);
  expect(after.left(5, undefined, 2 * HOUR)).toBe(5);
  expect(after.record(2 * HOUR)).toBeUndefined();
  expect(new TeardownBudget([], 2 * HOUR, record).left(5, undefined, 2 * HOUR)).toBe(5);
});

it('a person lifts the limit for a time', () => {
  const budget = new TeardownBudget(['a'], 0);
  expect(budget.left(0, new Date(HOUR).toISOString(), 1)).toBe(Number.POSITIVE_INFINITY);
  expect(budget.left(0, new Date(HOUR).toISOString(), HOUR + 1)).toBe(0);
});
