import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeApiServer, respond } from '../../../test/support/fake-api-server.ts';
import { hastyClient } from '../../../test/support/fake-cluster-access.ts';
import { configMaps } from '../../../test/support/kube-objects.ts';
import type { KubeClient } from './kube-client.ts';

const { signal } = new AbortController();
const ref = { namespace: 'default', name: 'a' };

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

test('a read is retried when the server is busy or the connection is cut', async () => {
  server.failNext('any', { kind: 'status', code: 503 });
  server.failNext('any', { kind: 'cut' });
  server.put('a', '1');
  expect((await client.list(configMaps, {}, signal)).items).toHaveLength(1);
  expect(server.seen).toHaveLength(3);
});

test('a create is not retried when it may have succeeded', async () => {
  server.failNext('any', { kind: 'cut' });
  await expect(client.create(configMaps, { metadata: ref }, signal)).rejects.toMatchObject({
    code: 'ClusterUnreachable',
  });
  server.failNext('any', { kind: 'status', code: 500 });
  await expect(client.create(configMaps, { metadata: ref }, signal)).rejects.toMatchObject({ code: 'ClusterBusy' });
  expect(server.seen).toHaveLength(2);
});

test('a create is retried after 429, because the server did nothing', async () => {
  server.reply((_request, response) => {
    respond(response, 200, { kind: 'ConfigMap', metadata: { name: 'a' } });
    return true;
  });
  server.failNext('any', { kind: 'status', code: 429, retryAfter: 1 }, 2);
  await client.create(configMaps, { metadata: ref }, signal);
  expect(server.seen).toHaveLength(3);
});

test('a long Retry-After is left to the caller, who can wait without occupying a worker', async () => {
  server.failNext('any', { kind: 'status', code: 429, retryAfter: 60 });
  await expect(client.get(configMaps, ref, signal)).rejects.toMatchObject({
    code: 'ClusterBusy',
    retryAfterMs: 60_000,
  });
  expect(server.seen).toHaveLength(1);
});

test('a request is given up after four attempts', async () => {
  server.failNext('any', { kind: 'status', code: 503 }, 9);
  await expect(client.get(configMaps, ref, signal)).rejects.toMatchObject({ code: 'ClusterBusy' });
  expect(server.seen).toHaveLength(4);
});
