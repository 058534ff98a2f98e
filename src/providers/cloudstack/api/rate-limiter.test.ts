import { expect, it } from 'vitest';
import { ManualClock } from '../../../../test/support/manual-clock.ts';
import { RateLimiter } from './rate-limiter.ts';

const signal = () => new AbortController().signal;

it('calls beyond the rate wait, and those that would wait too long are refused', async () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ concurrency: 100, callsPerSecond: 2 }, clock);
  const done: number[] = [];
  const calls = Array.from({ length: 30 }, () =>
    limiter
      .run(async () => done.push(clock.monotonic()), signal())
      .then(
        () => 'ran',
        ({ code }) => String(code),
      ),
  );
  await clock.advance(30_000);
  const ended = await Promise.all(calls);
  expect(done.slice(0, 4)).toEqual([0, 0, 500, 1_000]);
  expect(Math.max(...done)).toBeLessThanOrEqual(10_000);
  expect(ended.filter((end) => end === 'CloudStackRateLimited').length).toBeGreaterThan(5);
});

it('no more calls are in flight than allowed, and a caller that aborts frees its slot', async () => {
  const limiter = new RateLimiter({ concurrency: 1, callsPerSecond: 1_000 }, new ManualClock());
  const first = Promise.withResolvers<string>();
  const running = limiter.run(() => first.promise, signal());
  const impatient = new AbortController();
  const waiting = limiter.run(async () => 'never', impatient.signal);
  const third = limiter.run(async () => 'third', signal());
  impatient.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  first.resolve('first');
  expect(await Promise.all([running, third])).toEqual(['first', 'third']);
});

it('after three timeouts in a row, further calls to a server that never answers fail immediately', async () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter({}, clock);
  for (let call = 0; call < 3; call++) limiter.noteNoAnswer();
  let sent = 0;
  const call = () =>
    limiter.run(async () => {
      sent += 1;
    }, signal());
  await expect(call()).rejects.toMatchObject({ code: 'CloudStackUnreachable', retryAfterMs: 5_000 });
  expect(sent).toBe(0);
  await clock.advance(5_000);
  await call();
  expect(sent).toBe(1);
  limiter.noteNoAnswer();
  await expect(call()).rejects.toMatchObject({ retryAfterMs: 10_000 });
  limiter.noteAnswer();
  await call();
  expect(sent).toBe(2);
});
