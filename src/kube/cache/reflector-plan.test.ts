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

test('a reflector starts with a list and continues with a watch', () => {
  expect(firstPlan).toMatchObject({ next: 'list', backOff: false });
  expect(watching).toMatchObject({ next: 'watch', backOff: false });
});

test('a failed list is retried with growing backoff', () => {
  const once = nextPlan(firstPlan, failed({ step: 'list' }), false);
  const twice = nextPlan(once, failed({ step: 'list' }), false);
  expect([once, twice]).toMatchObject([
    { next: 'list', backOff: true, failures: 1 },
    { next: 'list', backOff: true, failures: 2 },
  ]);
});

test('a watch the server closed normally is reopened at once', () => {
  const ended: Outcome = { kind: 'watchEnded', livedMs: 300_000, progressed: false };
  expect(nextPlan(watching, ended, false)).toMatchObject({ next: 'watch', backOff: false, failures: 0 });
});

test('a watch that ends immediately without an event counts as a failure', () => {
  const ended: Outcome = { kind: 'watchEnded', livedMs: 3, progressed: false };
  expect(nextPlan(watching, ended, false)).toMatchObject({ next: 'watch', backOff: true, failures: 1 });
});

test('a watch that is cut resumes from the last version', () => {
  expect(nextPlan(watching, failed({ progressed: true }), false)).toMatchObject({
    next: 'watch',
    backOff: true,
    failures: 1,
  });
});

test('an expired resource version leads to a relist', () => {
  expect(nextPlan(watching, failed({ inDoubt: true }), false)).toMatchObject({ next: 'list', backOff: true });
});

test('after three consecutive watches without an event the reflector relists', () => {
  let plan = watching;
  const steps = [1, 2, 3].map(() => {
    plan = nextPlan(plan, failed(), false);
    return plan.next;
  });
  expect(steps).toEqual(['watch', 'watch', 'list']);
});

test('a successful list does not reset the backoff of a watch that always fails', () => {
  let plan = watching;
  for (let i = 0; i < 12; i++) plan = nextPlan(plan, plan.next === 'list' ? { kind: 'listed' } : failed(), false);
  expect(plan.failures).toBeGreaterThan(7);
});

describe('verification', () => {
  test('a verification that is due runs after a watch that ended normally', () => {
    const ended: Outcome = { kind: 'watchEnded', livedMs: 300_000, progressed: true };
    expect(nextPlan(watching, ended, true)).toMatchObject({ next: 'verify', backOff: false });
  });

  test('a failed verification does not delay the watch', () => {
    expect(nextPlan(watching, failed({ step: 'verify' }), false)).toMatchObject({ next: 'watch', backOff: true });
  });

  test('a verification at an expired version becomes a list', () => {
    expect(nextPlan(watching, failed({ step: 'verify', inDoubt: true }), false)).toMatchObject({ next: 'list' });
  });

  test('a verification is followed by a watch', () => {
    expect(nextPlan({ ...watching, next: 'verify' }, { kind: 'verified' }, false)).toMatchObject({
      next: 'watch',
      backOff: false,
    });
  });
});
