import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { TeardownBudget, teardownsPerHour } from './teardown-budget.ts';

const HOUR = 3_600_000;

describe('the limit of teardowns', () => {
  it('of a Provider that names none grows with what runs', () => {
    expect(teardownsPerHour({}, 7)).toBe(10);
    expect(teardownsPerHour({}, 1_000)).toBe(100);
  });

  it('of a Provider that names one is that one', () => {
    expect(teardownsPerHour({ maxPerHour: 3 }, 1_000)).toBe(3);
    expect(teardownsPerHour({ maxPerHour: 0 }, 1_000)).toBe(0);
  });
});

describe('the budget of teardowns', () => {
  it('is used up within an hour and comes back', async () => {
    const clock = new ManualClock();
    const budget = new TeardownBudget([], clock, undefined);
    expect(budget.left(2, undefined)).toBe(2);
    budget.spend(['a', 'b']);
    await clock.advance(HOUR - 1);
    expect(budget.left(2, undefined)).toBe(0);
    await clock.advance(1);
    expect(budget.left(2, undefined)).toBe(2);
  });

  it('counts a teardown once that is planned twice', () => {
    const budget = new TeardownBudget([], new ManualClock(), undefined);
    budget.spend(['a']);
    budget.spend(['a']);
    expect(budget.left(2, undefined)).toBe(1);
  });

  it('is not given back by a restart to what is under way', () => {
    expect(new TeardownBudget(['a', 'b', 'c'], new ManualClock(), undefined).left(5, undefined)).toBe(2);
  });

  it('is not given back by a restart to what was torn down within the hour', async () => {
    const clock = new ManualClock();
    const before = new TeardownBudget([], clock, undefined);
    before.spend(['a', 'b', 'c']);
    await clock.advance(HOUR / 2);
    before.spend(['d']);
    const record = before.record();
    expect(record).toEqual({ begun: 4, lastAt: '2026-01-01T00:30:00Z' });
    const after = new TeardownBudget(['d'], clock, record);
    expect(after.left(5, undefined)).toBe(1);
  });

  it('comes back within an hour although the clock of the earlier process was a day ahead', async () => {
    const clock = new ManualClock();
    const budget = new TeardownBudget([], clock, { begun: 2, lastAt: '2026-01-02T00:00:00Z' });
    expect(budget.left(2, undefined)).toBe(0);
    await clock.advance(HOUR);
    expect(budget.left(2, undefined)).toBe(2);
  });

  it('has no end until the time a person has approved', () => {
    const budget = new TeardownBudget([], new ManualClock(), undefined);
    expect(budget.left(0, '2026-01-01T01:00:00Z')).toBe(Number.POSITIVE_INFINITY);
    expect(budget.left(0, '2025-12-31T23:00:00Z')).toBe(0);
  });
});
