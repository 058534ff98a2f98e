import { expect, test } from 'vitest';
import { sleep, systemClock } from './clock.ts';

test('a scheduled task never runs early', async () => {
  for (let i = 0; i < 20; i++) {
    const started = performance.now();
    await new Promise<void>((resolve) => systemClock.after(3, resolve));
    expect(performance.now() - started).toBeGreaterThanOrEqual(3);
  }
});

test('a task scheduled beyond the maximum of a timer does not run at once', async () => {
  let ran = false;
  const cancel = systemClock.after(2 ** 33, () => {
    ran = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  cancel();
  expect(ran).toBe(false);
});

test('a sleep ends when its signal aborts and leaves no timer or listener behind', async () => {
  const stop = new AbortController();
  const sleeping = sleep(60_000, systemClock, stop.signal);
  stop.abort(new Error('up'));
  await expect(sleeping).rejects.toThrow('up');
  await expect(sleep(0, systemClock, stop.signal)).rejects.toThrow('up');
});
