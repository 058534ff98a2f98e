import { expect, test } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { TokenBucket } from './token-bucket.ts';

const { signal } = new AbortController();

test('a token bucket lets a burst through at once, then its rate', async () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(10, 3, clock);
  const passed: number[] = [];
  for (let i = 0; i < 6; i++) void bucket.take(signal).then(() => passed.push(clock.monotonic()));
  await clock.advance(1_000);
  expect(passed).toEqual([0, 0, 0, 100, 200, 300]);
});

test('unused tokens accumulate up to the burst', async () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(10, 2, clock);
  await clock.advance(60_000);
  expect([bucket.tryTake(), bucket.tryTake(), bucket.tryTake()]).toEqual([true, true, false]);
});

test('a caller that stops waiting leaves its token to the others', async () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(1, 1, clock);
  await bucket.take(signal);
  const impatient = new AbortController();
  const waiting = bucket.take(impatient.signal);
  impatient.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await clock.advance(1_000);
  expect(bucket.tryTake()).toBe(true);
});

test('a token bucket reports the wait for the next token', async () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(10, 1, clock);
  expect(bucket.waitMs).toBe(0);
  void bucket.take(signal);
  void bucket.take(signal);
  expect(bucket.waitMs).toBe(200);
  await clock.advance(1_000);
  expect(bucket.waitMs).toBe(0);
});
