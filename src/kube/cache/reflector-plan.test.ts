import { describe, expect, test } from 'vitest';
import { firstPlan, nextPlan, type Outcome } from './reflector-plan.ts';

const watching = nextPlan(firstPlan, { kind: 'listed' }, false);
const failed = (over: Partial<Extract<Outcome, { kind: 'failed' }>> = {}): Outcome => ({
  kind: 'failed',
  step: 'watch',
  inDoubt: false,
  progressed: false,
  ...over,
});

test('it begins with a list and goes on with a watch', () => {
  expect(firstPlan).toMatchObject({ next: 'list', backOff: false });
  expect(watching).toMatchObject({ next: 'watch', backOff: false });
});

test('a list that fails is made again, later each time', () => {
  const once = nextPlan(firstPlan, failed({ step: 'list' }), false);
  const twice = nextPlan(once, failed({ step: 'list' }), false);
  expect([once, twice]).toMatchObject([
    { next: 'list', backOff: true, failures: 1 },
    { next: 'list', backOff: true, failures: 2 },
  ]);
});

test('a watch that ends in order goes on at once', () => {
  const ended: Outcome = { kind: 'watchEnded', livedMs: 300_000, progressed: false };
  expect(nextPlan(watching, ended, false)).toMatchObject({ next: 'watch', backOff: false, failures: 0 });
});

test('a watch that ends at once without a word counts as a failure', () => {
  const ended: Outcome = { kind: 'watchEnded', livedMs: 3, progressed: false };
  expect(nextPlan(watching, ended, false)).toMatchObject({ next: 'watch', backOff: true, failures: 1 });
});

test('a watch that is cut goes on from where it was', () => {
  expect(nextPlan(watching, failed({ progressed: true }), false)).toMatchObject({
    next: 'watch',
    backOff: true,
    failures: 1,
  });
});

test('a version that is too old means to list', () => {
  expect(nextPlan(watching, failed({ inDoubt: true }), false)).toMatchObject({ next: 'list', backOff: true });
});

test('three watches in a row that bring nothing put the version in doubt', () => {
  let plan = watching;
  const steps = [1, 2, 3].map(() => {
    plan = nextPlan(plan, failed(), false);
    return plan.next;
  });
  expect(steps).toEqual(['watch', 'watch', 'list']);
});

test('lists that work do not make a watch that never works urgent again', () => {
  let plan = watching;
  for (let i = 0; i < 12; i++) plan = nextPlan(plan, plan.next === 'list' ? { kind: 'listed' } : failed(), false);
  expect(plan.failures).toBeGreaterThan(7);
});

describe('verification', () => {
  test('follows a watch that ended in order, when it is due', () => {
    const ended: Outcome = { kind: 'watchEnded', livedMs: 300_000, progressed: true };
    expect(nextPlan(watching, ended, true)).toMatchObject({ next: 'verify', backOff: false });
  });

  test('that fails does not hold up the watch', () => {
    expect(nextPlan(watching, failed({ step: 'verify' }), false)).toMatchObject({ next: 'watch', backOff: true });
  });

  test('at a version that is gone becomes a list', () => {
    expect(nextPlan(watching, failed({ step: 'verify', inDoubt: true }), false)).toMatchObject({ next: 'list' });
  });

  test('is followed by the watch', () => {
    expect(nextPlan({ ...watching, next: 'verify' }, { kind: 'verified' }, false)).toMatchObject({
      next: 'watch',
      backOff: false,
    });
  });
});
