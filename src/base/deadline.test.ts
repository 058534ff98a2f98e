import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { abortable, startDeadline } from './deadline.ts';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a deadline aborts with a TimeoutError when its time is up', async () => {
  const deadline = startDeadline(new AbortController().signal, 10);
  await wait(30);
  expect(deadline.signal.reason).toMatchObject({ name: 'TimeoutError' });
});

test('a deadline aborts with its parent, even one that has already aborted', () => {
  const parent = new AbortController();
  const before = startDeadline(parent.signal, 60_000);
  parent.abort(new Error('stop'));
  const after = startDeadline(parent.signal, 60_000);
  for (const { signal, clear } of [before, after]) {
    expect(signal.reason).toEqual(new Error('stop'));
    clear();
  }
});

test('a restarted deadline counts from the restart, with the new timeout if one is given', async () => {
  const deadline = startDeadline(new AbortController().signal, 40);
  await wait(25);
  deadline.restart();
  await wait(25);
  expect(deadline.signal.aborted).toBe(false);
  deadline.restart(5);
  await wait(20);
  expect(deadline.signal.aborted).toBe(true);
});

test('deadlines leave no listeners behind on a long-lived parent', () => {
  const parent = new AbortController();
  for (let i = 0; i < 1_000; i++) startDeadline(parent.signal, 60_000).clear();
  expect(getEventListeners(parent.signal, 'abort')).toEqual([]);
});

test('work that takes no signal is abandoned when the signal aborts', async () => {
  const stop = new AbortController();
  const waiting = abortable(new Promise(() => undefined), stop.signal);
  stop.abort(new Error('stop'));
  await expect(waiting).rejects.toThrow('stop');
  await expect(abortable(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1);
  await expect(abortable(Promise.reject(new Error('no')), new AbortController().signal)).rejects.toThrow('no');
});
