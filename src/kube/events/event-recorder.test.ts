import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApiServer, refuse, respond, type SeenRequest } from '../../../test/support/fake-api-server.ts';
import { accessTo } from '../../../test/support/fake-cluster-access.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { KubeClient } from '../client/kube-client.ts';
import type { EventNote } from './event-note.ts';
import { EventRecorder } from './event-recorder.ts';

let server: FakeApiServer;
let client: KubeClient;
let clock: ManualClock;
let stop: AbortController;
let recorder: EventRecorder;
/** The requests the API server got, abbreviated. */
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = await FakeApiServer.start();
  server.reply((request, response) => {
    asked.push(`${request.method} ${request.url.pathname.split('/').at(-1)} ${countIn(request)}`);
    const { metadata } = JSON.parse(request.body);
    respond(response, 200, { kind: 'Event', metadata: metadata ?? { name: 'patched' } });
    return true;
  });
  client = new KubeClient(accessTo(server.url));
  clock = new ManualClock();
  stop = new AbortController();
  let ids = 0;
  recorder = new EventRecorder({ client, signal: stop.signal, instance: 'pod-1', clock, newId: () => `id${++ids}` });
});
afterEach(async () => {
  stop.abort();
  await client.close();
  await server.stop();
});

function countIn({ body }: SeenRequest): number {
  return JSON.parse(body).series?.count ?? 1;
}

const web = {
  apiVersion: 'dinfra.io/v1alpha1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'prod', uid: 'u-1', resourceVersion: '7', creationTimestamp: '' },
};
const ready: EventNote = { type: 'Normal', reason: 'Ready', action: 'Observe', note: 'it runs' };

test('an Event has every field the API server requires', async () => {
  recorder.record(web, ready);
  await recorder.flush();
  expect(server.seen[0]?.url.pathname).toBe('/apis/events.k8s.io/v1/namespaces/prod/events');
  expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace: 'prod', name: 'web.id1' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'dinfra.io/operator',
    reportingInstance: 'pod-1',
    action: 'Observe',
    reason: 'Ready',
    type: 'Normal',
    note: 'it runs',
    regarding: {
      apiVersion: 'dinfra.io/v1alpha1',
      kind: 'Deployment',
      name: 'web',
      namespace: 'prod',
      uid: 'u-1',
      resourceVersion: '7',
    },
  });
});

test('a repeated note is counted in the same Event, which is written at most every half minute', async () => {
  for (let i = 0; i < 10; i++) {
    recorder.record(web, ready);
    await recorder.flush();
    await clock.advance(1_000);
  }
  expect(asked).toEqual(['POST events 1']);
  await clock.advance(20_000);
  await vi.waitFor(() => expect(asked).toEqual(['POST events 1', 'PATCH web.id1 10']));
});

test('a different note, reason or object gets its own Event', async () => {
  recorder.record(web, ready);
  recorder.record(web, { ...ready, note: 'it runs well' });
  recorder.record(web, { ...ready, reason: 'Other' });
  recorder.record({ ...web, metadata: { ...web.metadata, uid: 'u-2' } }, ready);
  await recorder.flush();
  expect(asked).toEqual(['POST events 1', 'POST events 1', 'POST events 1', 'POST events 1']);
});

test('a note repeated after six quiet minutes gets a new Event', async () => {
  recorder.record(web, ready);
  await recorder.flush();
  await clock.advance(6 * 60_000);
  recorder.record(web, ready);
  await recorder.flush();
  expect(asked).toEqual(['POST events 1', 'POST events 1']);
});

test('an Event that has expired is created again with its count', async () => {
  recorder.record(web, ready);
  await recorder.flush();
  await clock.advance(60_000);
  server.reply((request, response) => {
    if (request.method !== 'PATCH') return false;
    refuse(response, 404, 'NotFound', 'web.id1');
    return true;
  });
  recorder.record(web, ready);
  await recorder.flush();
  expect(asked).toEqual(['POST events 1', 'POST events 2']);
});

test('an object with ever new notes is rate limited', async () => {
  for (let i = 0; i < 1_000; i++) recorder.record(web, { ...ready, note: `attempt ${i}` });
  await clock.advance(30_000);
  await recorder.flush();
  expect(asked).toHaveLength(25);
  recorder.record({ ...web, metadata: { ...web.metadata, uid: 'u-2' } }, ready);
  await recorder.flush();
  expect(asked).toHaveLength(26);
});

test('while the API server is down Events wait without affecting anything, and are written when it is back', async () => {
  server.failNext('any', { kind: 'cut' });
  recorder.record(web, ready);
  await recorder.flush();
  expect(asked).toEqual([]);
  await clock.advance(10_000);
  await recorder.flush();
  expect(asked).toEqual(['POST events 1']);
});

test('an Event the API server forbids is dropped', async () => {
  server.failNext('any', { kind: 'status', code: 403 });
  recorder.record(web, ready);
  await recorder.flush();
  await clock.advance(600_000);
  expect(asked).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('no Event is written after the recorder has stopped', async () => {
  recorder.record(web, ready);
  await recorder.flush();
  recorder.record(web, ready);
  stop.abort();
  recorder.record(web, { ...ready, note: 'late' });
  await clock.advance(600_000);
  expect(asked).toEqual(['POST events 1']);
  expect(clock.pending).toBe(0);
});
