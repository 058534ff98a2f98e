import { expect, test } from 'vitest';
import { ManualClock, settle } from '../../test/support/manual-clock.ts';
import { controllerDead, reflectorDead, reflectorNotReady } from './health.ts';
import { Controller } from './queue/controller.ts';

const well = { synced: true, objects: 3, silentMs: 61_000, idleMs: 61_000, error: undefined };

test('a reflector that is in sync is ready and alive', () => {
  expect(reflectorNotReady(well)).toBeUndefined();
  expect(reflectorDead(well)).toBeUndefined();
});

test('a reflector that has not synced, fails, or gets no reply is not ready, and says why', () => {
  expect(reflectorNotReady({ ...well, synced: false })).toBe('not read yet');
  expect(reflectorNotReady({ ...well, error: new Error('cannot list x: forbidden') })).toBe('cannot list x: forbidden');
  expect(reflectorNotReady({ ...well, silentMs: 400_000 })).toBe('no answer from the API server for 400 s');
});

test('a reflector is alive while the API server is down, and dead when its loop is stuck', () => {
  expect(
    reflectorDead({ synced: true, objects: 3, silentMs: 9_000_000, idleMs: 30_000, error: new Error('away') }),
  ).toBeUndefined();
  expect(reflectorDead({ ...well, idleMs: 1_000_000 })).toBe('no progress for 1000 s');
});

test('a controller with a reconcile that ignores its deadline needs a restart', async () => {
  const clock = new ManualClock();
  const controller = new Controller({
    name: 'x',
    clock,
    timeoutMs: 60_000,
    reconcile: () => new Promise(() => undefined),
  });
  void controller.run(new AbortController().signal);
  controller.enqueue('a');
  await settle();
  await clock.advance(350_000);
  expect(controllerDead(controller)).toBeUndefined();
  await clock.advance(50_000);
  expect(controllerDead(controller)).toBe('a reconcile has been running for 400 s');
});
