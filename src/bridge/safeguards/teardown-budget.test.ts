import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { TeardownBudget, teardownsPerHour } from './teardown-budget.ts';

const HOUR = 3_600_000;

describe('the limit of teardowns', () => {
  it('the default limit of teardowns grows with the number of running tenures', () => {
    expect(teardownsPerHour({}, 7)).toBe(10);
    expect(teardownsPerHour({}, 1_000)).toBe(100);
  });

  it('a limit in the spec of the Provider replaces the default', () => {
    expect(teardownsPerHour({ maxPerHour: 3 }, 1_000)).toBe(3);
    expect(teardownsPerHour({ maxPerHour: 0 }, 1_000)).toBe(0);
  });
});

describe('the budget of teardowns', () => {
  it('a used-up budget is available again after an hour', async () => {
    const clock = new ManualClock();
    const budget = new TeardownBudget([], clock, undefined);
    expect(budget.left(2, undefined)).toBe(2);
    budget.spend(['a', 'b']);
    await clock.advance(HOUR - 1);
    expect(budget.left(2, undefined)).toBe(0);
    await clock.advance(1);
    expect(budget.left(2, undefined)).toBe(2);
  });

  it('a teardown that is planned twice counts once', () => {
    const budget = new TeardownBudget([], new ManualClock(), undefined);
    budget.spend(['a']);
    budget.spend(['a']);
    expect(budget.left(2, undefined)).toBe(1);
  });

  it('teardowns in progress still count after a restart', () => {
    expect(new TeardownBudget(['a', 'b', 'c'], new ManualClock(), undefined).left(5, undefined)).toBe(2);
  });

  it('teardowns that finished within the hour still count after a restart', async () => {
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

  it('the budget is available again within an hour even if the clock of the earlier process was a day ahead', async () => {
    const clock = new ManualClock();
    const budget = new TeardownBudget([], clock, { begun: 2, lastAt: '2026-01-02T00:00:00Z' });
    expect(budget.left(2, undefined)).toBe(0);
    await clock.advance(HOUR);
    expect(budget.left(2, undefined)).toBe(2);
  });

  it('there is no limit until the time a person has approved', () => {
    const budget = new TeardownBudget([], new ManualClock(), undefined);
    expect(budget.left(0, '2026-01-01T01:00:00Z')).toBe(Number.POSITIVE_INFINITY);
    expect(budget.left(0, '2025-12-31T23:00:00Z')).toBe(0);
  });
});
