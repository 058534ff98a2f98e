import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeApiServer } from '../../test/support/fake-api-server.ts';
import { accessTo } from '../../test/support/fake-cluster-access.ts';
import { systemClock } from './clock.ts';
import { KubeClient } from './kube-client.ts';
import { Reflector, type ReflectorObserver, type ReflectorTiming } from './reflector.ts';
import type { AnyObject, ResourceType } from './resource-type.ts';

interface ConfigMap extends AnyObject {
  readonly data: Readonly<Record<string, string>>;
}

const configMaps: ResourceType<ConfigMap> = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};

/** The real timing, a hundred times faster. */
const FAST: ReflectorTiming = {
  backoff: { initialMs: 8, maxMs: 300, jitter: 1 },
  watchSeconds: [3, 6],
  inactivityMs: 1_500,
  verifyMs: 600_000,
};

let server: FakeApiServer;
let client: KubeClient;
let stop: AbortController;

beforeEach(async () => {
  server = await FakeApiServer.start();
  client = new KubeClient(accessTo(server.url), { clock: { ...systemClock, after: hasty }, deadlineMs: 1_000 });
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort(new Error('test over'));
  await client.close();
  await server.stop();
});

/** A hundredth of the waiting between the client's own retries. */
function hasty(ms: number, task: () => void): () => void {
  return systemClock.after(ms / 100, task);
}

function observed(): ReflectorObserver & { corrections: number; failures: string[]; lists: number; watches: number } {
  return {
    corrections: 0,
    failures: [],
    lists: 0,
    watches: 0,
    attach: () => undefined,
    event: () => undefined,
    listed() {
      this.lists += 1;
    },
    watching() {
      this.watches += 1;
    },
    failed(step, reason) {
      this.failures.push(`${step} ${reason}`);
    },
    corrected(objects) {
      this.corrections += objects;
    },
  };
}

function reflect(timing: Partial<ReflectorTiming> = {}, observer = observed()) {
  const indexes = { value: ({ data }: ConfigMap) => [data['value'] ?? ''] };
  const options = { client, type: configMaps, signal: stop.signal, indexes, observer };
  const reflector = new Reflector({ ...options, timing: { ...FAST, ...timing } });
  return { reflector, observer };
}

function contentsOf(reflector: Reflector<ConfigMap, 'value'>): Record<string, string> {
  return Object.fromEntries(reflector.store.list().map(({ metadata, data }) => [metadata.name, data['value'] ?? '']));
}

const isWatching = () => vi.waitFor(() => expect(server.watching).toBe(1), { timeout: 5_000 });
const agrees = (reflector: Reflector<ConfigMap, 'value'>) =>
  vi.waitFor(() => expect(contentsOf(reflector)).toEqual(server.contents()), { timeout: 10_000, interval: 10 });

test('it reads what is there, then follows the changes', async () => {
  server.put('a', '1');
  server.put('b', '1');
  const { reflector } = reflect();
  const told: string[] = [];
  reflector.onChange(({ key, old, now }, origin) =>
    told.push(`${origin} ${key} ${old?.data['value'] ?? '-'} ${now?.data['value'] ?? '-'}`),
  );
  await reflector.synced;
  expect(contentsOf(reflector)).toEqual({ a: '1', b: '1' });
  await isWatching();
  server.put('a', '2');
  server.remove('b');
  await agrees(reflector);
  expect(told).toEqual(['list default/a - 1', 'list default/b - 1', 'watch default/a 1 2', 'watch default/b 1 -']);
  expect(reflector.store.byIndex('value', '2').map(({ metadata }) => metadata.name)).toEqual(['a']);
  expect(reflector.store.byIndex('value', '1')).toEqual([]);
});

test('what it gives out cannot be written to', async () => {
  server.put('a', '1');
  const { reflector } = reflect();
  await reflector.synced;
  const { data } = reflector.store.get('default/a') as { data: Record<string, string> };
  expect(() => {
    data['value'] = 'x';
  }).toThrow(TypeError);
});

test('who comes late is told of what is there', async () => {
  server.put('a', '1');
  const { reflector } = reflect();
  await reflector.synced;
  const keys: string[] = [];
  reflector.onChange(({ key }) => keys.push(key));
  expect(keys).toEqual(['default/a']);
});

test('a handler that throws holds up neither the others nor the watch', async () => {
  const { reflector } = reflect();
  const keys: string[] = [];
  reflector.onChange(() => {
    throw new Error('a defect');
  });
  reflector.onChange(({ key }) => keys.push(key));
  await reflector.synced;
  server.put('a', '1');
  server.put('b', '1');
  await vi.waitFor(() => expect(keys).toEqual(['default/a', 'default/b']));
});

describe('it recovers from', () => {
  test.each([
    ['a watch that is cut', () => server.cutWatches()],
    ['a watch that is cut in the middle of a line', () => server.cutWatches({ midLine: true })],
    ['a watch that ends at once', () => server.endWatches()],
    ['a line that is not JSON', () => server.sendLine('{"type":"MODI\n')],
    [
      'a version that is too old',
      () => {
        server.put('unseen', 'x', { lost: true });
        server.compact();
        server.cutWatches();
      },
    ],
    [
      'a watch that is refused',
      () => {
        for (const code of [401, 401, 403, 429, 500, 503]) server.failNext('watch', { kind: 'status', code });
        server.cutWatches();
      },
    ],
    [
      'a watch that gets something else for an answer',
      () => {
        server.failNext('watch', { kind: 'garbage' });
        server.cutWatches();
      },
    ],
    [
      'a watch that gets no answer',
      () => {
        server.failNext('watch', { kind: 'hang' });
        server.cutWatches();
      },
    ],
    ['a watch that goes silent', () => server.muteWatches()],
    [
      'lists that fail after the version got too old',
      () => {
        server.put('unseen', 'x', { lost: true });
        server.compact();
        for (const code of [500, 403, 404, 401, 401]) server.failNext('list', { kind: 'status', code });
        server.failNext('list', { kind: 'cut' }, 5);
        server.failNext('list', { kind: 'garbage' });
        server.cutWatches();
      },
    ],
  ])('%s', async (_what, act) => {
    server.put('a', '1');
    const { reflector } = reflect();
    await reflector.synced;
    await isWatching();
    act();
    server.put('a', '2');
    server.put('b', '1');
    await agrees(reflector);
    await isWatching();
    server.remove('a');
    await agrees(reflector);
    expect(reflector.health().error).toBeUndefined();
  });

  test('a server that is away, at the start and later', async () => {
    const { port } = server;
    await server.stop();
    const { reflector } = reflect();
    await vi.waitFor(() => expect(reflector.health().error).toMatchObject({ code: 'ClusterUnreachable' }));
    expect(reflector.health().synced).toBe(false);
    await server.listen(port);
    await reflector.synced;
    await server.stop();
    server.put('a', '1');
    await vi.waitFor(() => expect(reflector.health().error).toBeDefined());
    await server.listen(port);
    await agrees(reflector);
  });
});

test('a watch that is cut goes on from where it was, without a list', async () => {
  const { reflector, observer } = reflect();
  await reflector.synced;
  for (let i = 0; i < 5; i++) {
    await isWatching();
    server.put('a', `${i}`);
    await agrees(reflector);
    server.cutWatches();
  }
  expect(observer.lists).toBe(1);
});

test('a watch that always fails is tried less and less, and so are the lists it leads to', async () => {
  server.failNext('watch', { kind: 'status', code: 403 }, 1_000);
  const { reflector, observer } = reflect({ backoff: { initialMs: 10, maxMs: 400 } });
  await reflector.synced;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  // 10, 20, 40, 80, 160, 320, 400, 400, … ms between attempts; a list after each third.
  expect(observer.watches).toBeLessThanOrEqual(9);
  expect(observer.lists).toBeLessThanOrEqual(4);
  expect(reflector.health().error).toMatchObject({ code: 'ClusterForbidden' });
});

test('a server that asks for patience gets it', async () => {
  const { reflector, observer } = reflect();
  await reflector.synced;
  await isWatching();
  server.failNext('watch', { kind: 'status', code: 429, retryAfter: 1 });
  const opened = observer.watches;
  server.cutWatches();
  await vi.waitFor(() => expect(observer.failures).toContain('watch ClusterBusy'));
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(observer.watches).toBe(opened + 1);
});

test('bookmarks move it on, so that a quiet type does not have to be listed after a compaction', async () => {
  const { reflector, observer } = reflect();
  await reflector.synced;
  await isWatching();
  for (let i = 0; i < 5; i++) server.put('elsewhere', `${i}`, { lost: true });
  server.bookmark();
  await new Promise((resolve) => setTimeout(resolve, 50));
  server.compact();
  server.cutWatches();
  await isWatching();
  expect(observer.lists).toBe(1);
});

test('a cluster put back to an earlier state is noticed by its silence', async () => {
  for (let i = 0; i < 5; i++) server.put('a', `${i}`);
  const { reflector } = reflect({ inactivityMs: 300 });
  await reflector.synced;
  await isWatching();
  server.restore({ b: 'from the backup' });
  await agrees(reflector);
  await isWatching();
  server.put('c', 'new');
  await agrees(reflector);
});

describe('verification', () => {
  const OFTEN = { verifyMs: 1_000, watchSeconds: [1, 1] as const };

  test('finds and counts what the watch has lost', async () => {
    server.put('a', '1');
    server.put('gone', '1');
    const { reflector, observer } = reflect(OFTEN);
    await reflector.synced;
    await isWatching();
    server.put('a', '2', { lost: true });
    server.remove('gone', { lost: true });
    server.bookmark();
    await agrees(reflector);
    expect(observer.corrections).toBe(2);
  });

  test('does not count what is still on its way', async () => {
    const { reflector, observer } = reflect(OFTEN);
    await reflector.synced;
    const writer = setInterval(() => server.put('a', `${Math.random()}`), 2);
    await vi.waitFor(() => expect(observer.lists).toBeGreaterThanOrEqual(3), { timeout: 8_000 });
    clearInterval(writer);
    await agrees(reflector);
    expect(observer.corrections).toBe(0);
  });

  test('at a version that is gone reads the latest', async () => {
    const { reflector, observer } = reflect(OFTEN);
    await reflector.synced;
    await isWatching();
    server.put('a', '1', { lost: true });
    server.compact();
    await agrees(reflector);
    expect(observer.corrections).toBe(0);
    expect(observer.failures).not.toContain('verify ClusterExpired');
  });

  test('that cannot be had leaves the watch going', async () => {
    const { reflector, observer } = reflect(OFTEN);
    await reflector.synced;
    await isWatching();
    server.failNext('list', { kind: 'status', code: 403 }, 100);
    await vi.waitFor(() => expect(observer.failures).toContain('verify ClusterForbidden'), { timeout: 8_000 });
    server.put('a', '1');
    await agrees(reflector);
  });
});

describe('its end', () => {
  test('comes with the signal, at any moment, and nothing goes on after it', async () => {
    server.failNext('list', { kind: 'hang' });
    const { reflector } = reflect();
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(reflector.synced).rejects.toThrow('enough');
    await reflector.ended;
  });

  test('during a watch closes the connection', async () => {
    const { reflector } = reflect();
    await isWatching();
    stop.abort();
    await reflector.ended;
    await vi.waitFor(() => expect(server.watching).toBe(0));
    expect(reflector.health().error).toBeUndefined();
  });
});

test('whatever goes wrong and in whatever order, it ends up with what the server has, and needs no correction', async () => {
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
      const world = new AbortController();
      const observer = observed();
      const reflector = new Reflector({ client, type: configMaps, signal: world.signal, observer, timing: FAST });
      const lastTold = new Map<string, string | undefined>();
      reflector.onChange(({ key, now }) => lastTold.set(key, now?.metadata.resourceVersion));
      for (const next of steps) {
        switch (next.do) {
          case 'put':
            server.put(next.name, next.value);
            break;
          case 'remove':
            server.remove(next.name);
            break;
          case 'fail':
            server.failNext(next.match, next.fault);
            break;
          case 'cut':
            server.cutWatches();
            break;
          case 'midLine':
            server.cutWatches({ midLine: true });
            break;
          case 'end':
            server.endWatches();
            break;
          case 'garble':
            server.sendLine('}{\n');
            break;
          case 'compact':
            server.compact();
            break;
          case 'bookmark':
            server.bookmark();
            break;
          case 'wait':
            await new Promise((resolve) => setTimeout(resolve, next.ms));
        }
      }
      const found = () => Object.fromEntries(reflector.store.list().map((o) => [o.metadata.name, o.data['value']]));
      await vi.waitFor(() => expect(found()).toEqual(server.contents()), { timeout: 15_000, interval: 5 });
      // Whoever acts on changes alone has seen the last one of each object.
      for (const [key, version] of lastTold) expect(reflector.store.get(key)?.metadata.resourceVersion).toBe(version);
      expect(observer.corrections).toBe(0);
      world.abort();
      await reflector.ended;
    }),
    { numRuns: 60, interruptAfterTimeLimit: 15_000 },
  );
}, 60_000);
