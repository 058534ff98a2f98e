import { afterEach, beforeEach, expect, test } from 'vitest';
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

test('a list is read page by page as one consistent state, with the kind filled in', async () => {
  for (let i = 0; i < 1201; i++) server.put(`cm-${i}`, 'x');
  server.reply((request) => {
    // An object changes while the list is being read.
    if (request.url.searchParams.has('continue')) server.put('late', 'y');
    return false;
  });
  const list = await client.list(configMaps, {}, signal);
  expect(list.items).toHaveLength(1201);
  expect(list.items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
  expect(list.resourceVersion).toBe('1202');
  expect(server.seen).toHaveLength(5);
});

test('a list that expires midway is restarted', async () => {
  for (let i = 0; i < 600; i++) server.put(`cm-${i}`, 'x');
  let compacted = false;
  server.reply((request) => {
    if (request.url.searchParams.has('continue') && !compacted) {
      compacted = true;
      server.put('late', 'y');
      server.compact();
    }
    return false;
  });
  expect((await client.list(configMaps, {}, signal)).items).toHaveLength(601);
});

test('a list of large objects is read in smaller pages', async () => {
  client = hastyClient(server.url, { maxReplyBytes: 100_000 });
  for (let i = 0; i < 300; i++) server.put(`cm-${i}`, 'x'.repeat(1000));
  expect((await client.list(configMaps, {}, signal)).items).toHaveLength(300);
});

test('a list at an exact version works as long as the server still has it', async () => {
  server.put('a', '1');
  server.put('b', '1');
  expect((await client.list(configMaps, { resourceVersion: '2' }, signal)).items).toHaveLength(1);
  server.compact();
  await expect(client.list(configMaps, { resourceVersion: '2' }, signal)).rejects.toMatchObject({
    code: 'ClusterExpired',
  });
});
