import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ReflectorWorld } from '../../../test/support/reflector-world.ts';

let world: ReflectorWorld;

beforeEach(async () => {
  world = await ReflectorWorld.start();
});
afterEach(() => world.end());

describe('verification', () => {
  const OFTEN = { verifyMs: 1_000, watchSeconds: [1, 1] as const };

  test('a verification finds and counts the changes a watch has missed', async () => {
    world.server.put('a', '1');
    world.server.put('gone', '1');
    const { reflector, observer } = world.reflect(OFTEN);
    await reflector.synced;
    await world.isWatching();
    world.server.put('a', '2', { lost: true });
    world.server.remove('gone', { lost: true });
    world.server.bookmark();
    await world.agrees(reflector);
    expect(observer.seen.corrections).toBe(2);
  });

  test('a verification does not count changes that are still in flight', async () => {
    const { reflector, observer } = world.reflect(OFTEN);
    await reflector.synced;
    const writer = setInterval(() => world.server.put('a', `${Math.random()}`), 2);
    await vi.waitFor(() => expect(observer.seen.lists).toBeGreaterThanOrEqual(3), { timeout: 8_000 });
    clearInterval(writer);
    await world.agrees(reflector);
    expect(observer.seen.corrections).toBe(0);
  });

  test('a verification at an expired version lists the latest state', async () => {
    const { reflector, observer } = world.reflect(OFTEN);
    await reflector.synced;
    await world.isWatching();
    world.server.put('a', '1', { lost: true });
    world.server.compact();
    await world.agrees(reflector);
    expect(observer.seen.corrections).toBe(0);
    expect(observer.failures).not.toContain('verify ClusterExpired');
  });

  test('a watch continues when a verification fails', async () => {
    const { reflector, observer } = world.reflect(OFTEN);
    await reflector.synced;
    await world.isWatching();
    world.server.failNext('list', { kind: 'status', code: 403 }, 100);
    await vi.waitFor(() => expect(observer.failures).toContain('verify ClusterForbidden'), { timeout: 8_000 });
    world.server.put('a', '1');
    await world.agrees(reflector);
  });
});
