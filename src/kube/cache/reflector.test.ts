import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { contentsOf, ReflectorWorld } from '../../../test/support/reflector-world.ts';

let world: ReflectorWorld;

beforeEach(async () => {
  world = await ReflectorWorld.start();
});
afterEach(() => world.end());

test('a reflector lists the existing objects, then watches for changes', async () => {
  world.server.put('a', '1');
  world.server.put('b', '1');
  const { reflector } = world.reflect();
  const changes: string[] = [];
  reflector.onChange(({ key, old, now }, origin) =>
    changes.push(`${origin} ${key} ${old?.data?.['value'] ?? '-'} ${now?.data?.['value'] ?? '-'}`),
  );
  await reflector.synced;
  expect(contentsOf(reflector)).toEqual({ a: '1', b: '1' });
  await world.isWatching();
  world.server.put('a', '2');
  world.server.remove('b');
  await world.agrees(reflector);
  expect(changes).toEqual(['list default/a - 1', 'list default/b - 1', 'watch default/a 1 2', 'watch default/b 1 -']);
});

test('objects from a reflector are read-only', async () => {
  world.server.put('a', '1');
  const { reflector } = world.reflect();
  await reflector.synced;
  const { data } = reflector.store.get('default/a') as { data: Record<string, string> };
  expect(() => {
    data['value'] = 'x';
  }).toThrow(TypeError);
});

test('a handler that is added late is called for every existing object', async () => {
  world.server.put('a', '1');
  const { reflector } = world.reflect();
  await reflector.synced;
  const keys: string[] = [];
  reflector.onChange(({ key }) => keys.push(key));
  expect(keys).toEqual(['default/a']);
});

test('a handler that throws affects neither other handlers nor the watch', async () => {
  const { reflector } = world.reflect();
  const keys: string[] = [];
  reflector.onChange(() => {
    throw new Error('a defect');
  });
  reflector.onChange(({ key }) => keys.push(key));
  await reflector.synced;
  world.server.put('a', '1');
  world.server.put('b', '1');
  await vi.waitFor(() => expect(keys).toEqual(['default/a', 'default/b']));
});

test('a watch that is cut resumes from the last version without a list', async () => {
  const { reflector, observer } = world.reflect();
  await reflector.synced;
  for (let i = 0; i < 5; i++) {
    await world.isWatching();
    world.server.put('a', `${i}`);
    await world.agrees(reflector);
    world.server.cutWatches();
  }
  expect(observer.seen.lists).toBe(1);
});

test('a watch that always fails is retried with backoff, and so are the relists it causes', async () => {
  world.server.failNext('watch', { kind: 'status', code: 403 }, 1_000);
  const { reflector, observer } = world.reflect({ backoff: { initialMs: 10, maxMs: 400 } });
  await reflector.synced;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  // 10, 20, 40, 80, 160, 320, 400, 400, … ms between attempts; a list after each third.
  expect(observer.seen.watches).toBeLessThanOrEqual(9);
  expect(observer.seen.lists).toBeLessThanOrEqual(4);
  expect(reflector.health().error).toMatchObject({ code: 'ClusterForbidden' });
});

test('a reflector honours Retry-After', async () => {
  const { reflector, observer } = world.reflect();
  await reflector.synced;
  await world.isWatching();
  world.server.failNext('watch', { kind: 'status', code: 429, retryAfter: 1 });
  const opened = observer.seen.watches;
  world.server.cutWatches();
  await vi.waitFor(() => expect(observer.failures).toContain('watch ClusterBusy'));
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(observer.seen.watches).toBe(opened + 1);
});

test('bookmarks advance the version, so that a quiet type needs no relist after a compaction', async () => {
  const { reflector, observer } = world.reflect();
  await reflector.synced;
  await world.isWatching();
  for (let i = 0; i < 5; i++) world.server.put('elsewhere', `${i}`, { lost: true });
  world.server.bookmark();
  await new Promise((resolve) => setTimeout(resolve, 50));
  world.server.compact();
  world.server.cutWatches();
  await world.isWatching();
  expect(observer.seen.lists).toBe(1);
});

test('a cluster restored to an earlier state is detected by the silence of its watch', async () => {
  for (let i = 0; i < 5; i++) world.server.put('a', `${i}`);
  const { reflector } = world.reflect({ inactivityMs: 300 });
  await reflector.synced;
  await world.isWatching();
  world.server.restore({ b: 'from the backup' });
  await world.agrees(reflector);
  await world.isWatching();
  world.server.put('c', 'new');
  await world.agrees(reflector);
});

describe('its end', () => {
  test('a reflector stops when its signal aborts, at any moment, and does nothing afterwards', async () => {
    world.server.failNext('list', { kind: 'hang' });
    const { reflector } = world.reflect();
    setTimeout(() => world.stop.abort(new Error('enough')), 50);
    await expect(reflector.synced).rejects.toThrow('enough');
    await reflector.ended;
  });

  test('stopping a reflector during a watch closes the connection', async () => {
    const { reflector } = world.reflect();
    await world.isWatching();
    world.stop.abort();
    await reflector.ended;
    await vi.waitFor(() => expect(world.server.watching).toBe(0));
    expect(reflector.health().error).toBeUndefined();
  });
});
