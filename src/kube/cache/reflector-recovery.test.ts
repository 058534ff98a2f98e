import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ReflectorWorld } from '../../../test/support/reflector-world.ts';

let world: ReflectorWorld;

beforeEach(async () => {
  world = await ReflectorWorld.start();
});
afterEach(() => world.end());

describe('a reflector recovers from', () => {
  test.each([
    ['a watch that is cut', () => world.server.cutWatches()],
    ['a watch that is cut in the middle of a line', () => world.server.cutWatches({ midLine: true })],
    ['a watch that ends at once', () => world.server.endWatches()],
    ['a line that is not JSON', () => world.server.sendLine('{"type":"MODI\n')],
    [
      'a version that is too old',
      () => {
        world.server.put('unseen', 'x', { lost: true });
        world.server.compact();
        world.server.cutWatches();
      },
    ],
    [
      'a watch that is refused',
      () => {
        for (const code of [401, 401, 403, 429, 500, 503]) world.server.failNext('watch', { kind: 'status', code });
        world.server.cutWatches();
      },
    ],
    [
      'a watch answered with garbage',
      () => {
        world.server.failNext('watch', { kind: 'garbage' });
        world.server.cutWatches();
      },
    ],
    [
      'a watch that gets no answer',
      () => {
        world.server.failNext('watch', { kind: 'hang' });
        world.server.cutWatches();
      },
    ],
    ['a watch that goes silent', () => world.server.muteWatches()],
    [
      'lists that fail after the version got too old',
      () => {
        world.server.put('unseen', 'x', { lost: true });
        world.server.compact();
        for (const code of [500, 403, 404, 401, 401]) world.server.failNext('list', { kind: 'status', code });
        world.server.failNext('list', { kind: 'cut' }, 5);
        world.server.failNext('list', { kind: 'garbage' });
        world.server.cutWatches();
      },
    ],
  ])('a reflector recovers from %s', async (_what, act) => {
    world.server.put('a', '1');
    const { reflector } = world.reflect();
    await reflector.synced;
    await world.isWatching();
    act();
    world.server.put('a', '2');
    world.server.put('b', '1');
    await world.agrees(reflector);
    await world.isWatching();
    world.server.remove('a');
    await world.agrees(reflector);
    expect(reflector.health().error).toBeUndefined();
  });

  test('a reflector reports no error as soon as a watch is open again, even without an event', async () => {
    const { reflector, observer } = world.reflect();
    await reflector.synced;
    await world.isWatching();
    world.server.failNext('watch', { kind: 'status', code: 429 });
    world.server.cutWatches();
    await vi.waitFor(() => expect(observer.failures).toContain('watch ClusterBusy'));
    await vi.waitFor(() => expect(reflector.health().error).toBeUndefined(), { timeout: 3_000 });
    expect(observer.seen.lists).toBe(1);
  });

  test('a reflector recovers from an API server that is down at the start and later', async () => {
    const { port } = world.server;
    await world.server.stop();
    const { reflector } = world.reflect();
    await vi.waitFor(() => expect(reflector.health().error).toMatchObject({ code: 'ClusterUnreachable' }));
    expect(reflector.health().synced).toBe(false);
    await world.server.listen(port);
    await reflector.synced;
    await world.server.stop();
    world.server.put('a', '1');
    await vi.waitFor(() => expect(reflector.health().error).toBeDefined());
    await world.server.listen(port);
    await world.agrees(reflector);
  });
});

test('after any sequence of failures a reflector ends up with the server’s state, without a correction by verification', async () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const fault = fc.constantFrom(
    { kind: 'cut' } as const,
    { kind: 'garbage' } as const,
    { kind: 'status', code: 500 } as const,
    { kind: 'status', code: 429 } as const,
    { kind: 'status', code: 410 } as const,
    { kind: 'status', code: 401 } as const,
  );
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), name, value: fc.string({ maxLength: 3 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), name }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('fail' as const),
        match: fc.constantFrom('list' as const, 'watch' as const),
        fault,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'cut' as const,
          'midLine' as const,
          'end' as const,
          'garble' as const,
          'compact' as const,
          'bookmark' as const,
        ),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(30) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const stop = new AbortController();
      const { reflector, observer } = world.reflect({}, stop.signal);
      const lastTold = new Map<string, string | undefined>();
      reflector.onChange(({ key, now }) => lastTold.set(key, now?.metadata.resourceVersion));
      for (const next of steps) {
        switch (next.do) {
          case 'put':
            world.server.put(next.name, next.value);
            break;
          case 'remove':
            world.server.remove(next.name);
            break;
          case 'fail':
            world.server.failNext(next.match, next.fault);
            break;
          case 'cut':
            world.server.cutWatches();
            break;
          case 'midLine':
            world.server.cutWatches({ midLine: true });
            break;
          case 'end':
            world.server.endWatches();
            break;
          case 'garble':
            world.server.sendLine('}{\n');
            break;
          case 'compact':
            world.server.compact();
            break;
          case 'bookmark':
            world.server.bookmark();
            break;
          case 'wait':
            await new Promise((resolve) => setTimeout(resolve, next.ms));
        }
      }
      await world.agrees(reflector);
      // A handler that relies on changes alone has seen the last change of each object.
      for (const [key, version] of lastTold) expect(reflector.store.get(key)?.metadata.resourceVersion).toBe(version);
      expect(observer.seen.corrections).toBe(0);
      stop.abort();
      await reflector.ended;
    }),
    { numRuns: 60, interruptAfterTimeLimit: 15_000 },
  );
}, 60_000);
