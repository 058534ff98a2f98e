import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect } from '../../../test/support/collect.ts';
import { FakeApiServer } from '../../../test/support/fake-api-server.ts';
import { hastyClient } from '../../../test/support/fake-cluster-access.ts';
import { configMaps } from '../../../test/support/kube-objects.ts';
import type { KubeClient } from './kube-client.ts';

const { signal } = new AbortController();

let server: FakeApiServer;
let client: KubeClient;

beforeEach(async () => {
  server = await FakeApiServer.start();
  client = hastyClient(server.url);
});
afterEach(async () => {
  await client.close();
  await server.stop();
});

const watch = (over = {}) => client.watch(configMaps, { resourceVersion: '1', timeoutSeconds: 1, ...over }, signal);
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

test('a watch delivers changes and bookmarks, and ends when the server closes it', async () => {
  server.put('a', '1');
  const events = collect(watch());
  await until(() => server.watching === 1);
  server.remove('a');
  server.bookmark();
  server.endWatches();
  expect(await events).toMatchObject([
    { type: 'ADDED', object: { data: { value: '1' } } },
    { type: 'DELETED', object: { metadata: { resourceVersion: '3' } } },
    { type: 'BOOKMARK', resourceVersion: '3' },
  ]);
});

test.each([
  ['cut', 'ClusterUnreachable', () => server.cutWatches()],
  ['cut in the middle of a line', 'ClusterUnreachable', () => server.cutWatches({ midLine: true })],
  [
    'ended in the middle of a line',
    'ClusterUnreachable',
    () => {
      server.sendLine('{"type":"ADD');
      server.endWatches();
    },
  ],
  ['garbled', 'ClusterUndecodable', () => server.sendLine('{"type":"ADDED","object":{"metadata":{"na\n')],
  ['delivering an unknown event', 'ClusterUndecodable', () => server.sendLine('{"type":"EXPLODED","object":{}}\n')],
  [
    'delivering an object without a version',
    'ClusterUndecodable',
    () => server.sendLine('{"type":"ADDED","object":{"metadata":{}}}\n'),
  ],
  [
    'rejected because its version is too old',
    'ClusterExpired',
    () =>
      server.sendLine(
        '{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}\n',
      ),
  ],
])('a watch that is %s throws %s', async (_how, code, act) => {
  const events = collect(watch());
  events.catch(() => undefined);
  await until(() => server.watching === 1);
  act();
  await expect(events).rejects.toMatchObject({ code });
});

test('a silent watch is considered dead, and every line resets its inactivity timer', async () => {
  const events = collect(watch({ inactivityMs: 150, timeoutSeconds: 60 }));
  events.catch(() => undefined);
  await until(() => server.watching === 1);
  const started = performance.now();
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 80));
    server.bookmark();
  }
  await expect(events).rejects.toMatchObject({ code: 'ClusterUnreachable' });
  expect(performance.now() - started).toBeGreaterThan(400);
});

test('a watch closes its connection when the reader leaves', async () => {
  server.put('a', '1');
  for await (const event of watch()) {
    expect(event.type).toBe('ADDED');
    break;
  }
  await until(() => server.watching === 0);
});
