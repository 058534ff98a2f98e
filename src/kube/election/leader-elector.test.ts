import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeApiServer, refuse, respond, type SeenRequest } from '../../../test/support/fake-api-server.ts';
import { accessTo } from '../../../test/support/fake-cluster-access.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { LeadershipLostError } from '../../base/fence.ts';
import { KubeClient } from '../client/kube-client.ts';
import { electionTimes } from './election-times.ts';
import { LeaderElector, type LeaderElectorOptions } from './leader-elector.ts';

/** client-go's times, fifty times faster. */
const TIMES = { leaseMs: 300, renewDeadlineMs: 200, retryMs: 40 };

let server: FakeApiServer;
let client: KubeClient;
let stop: AbortController;
/** What is in the one Lease there is. */
let stored: { version: number; spec: Record<string, unknown> } | undefined;
/** How long the process has been paused: clocks go on, timers do not. */
let pausedMs: number;
/** Replies to writes that were done are cut off while this is set. */
let losesReplies: boolean;

const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + pausedMs };

beforeEach(async () => {
  [stored, pausedMs, losesReplies] = [undefined, 0, false];
  server = await FakeApiServer.start();
  server.reply((request, response) => {
    answer(request, response);
    return true;
  });
  client = new KubeClient(accessTo(server.url));
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await client.close();
  await server.stop();
});

function answer(request: SeenRequest, response: ServerResponse): void {
  const isWrite = request.method !== 'GET';
  const { spec, metadata } = isWrite ? JSON.parse(request.body) : {};
  if (request.method === 'POST' && stored !== undefined) {
    refuse(response, 409, 'AlreadyExists', 'l');
  } else if (request.method === 'PUT' && metadata.resourceVersion !== `${stored?.version}`) {
    refuse(response, 409, 'Conflict', 'l');
  } else if (!isWrite && stored === undefined) {
    refuse(response, 404, 'NotFound', 'l');
  } else {
    if (isWrite) stored = { version: (stored?.version ?? 0) + 1, spec };
    const current = { name: 'l', namespace: 'n', uid: 'u', resourceVersion: `${stored?.version}` };
    if (isWrite && losesReplies) response.destroy();
    else respond(response, 200, { kind: 'Lease', metadata: current, spec: stored?.spec });
  }
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

function lead(over: Partial<LeaderElectorOptions> = {}, work: (signal: AbortSignal) => unknown = untilAborted) {
  const elector = new LeaderElector({
    client,
    namespace: 'n',
    name: 'l',
    identity: 'me',
    times: TIMES,
    clock,
    ...over,
  });
  const ended = elector.lead(stop.signal, async (signal) => {
    await Promise.all([work(signal), untilAborted(signal)]);
  });
  return { elector, ended };
}

const isLeader = (elector: LeaderElector) => elector.remainingMs() > 0;
const isLeading = (elector: LeaderElector) => vi.waitFor(() => expect(isLeader(elector)).toBe(true));

test('a process that was stopped past its lease and resumed may not act, before any timer has fired', async () => {
  const order: string[] = [];
  const { elector, ended } = lead({ onLost: () => order.push('lost') }, (signal: AbortSignal) =>
    signal.addEventListener('abort', () => order.push('work aborted')),
  );
  await isLeading(elector);
  elector.assertHeld();
  expect(elector.remainingMs()).toBeGreaterThan(100);
  pausedMs = 250;
  expect(() => elector.assertHeld()).toThrow(LeadershipLostError);
  // Synchronously: children end and the process exits before anything else runs.
  expect(order).toEqual(['work aborted', 'lost']);
  expect(elector.remainingMs()).toBe(0);
  expect(await ended).toBe('Lost');
});

test('work that does not heed its signal keeps nobody from ending when leadership is lost', async () => {
  const { elector, ended } = lead({}, () => new Promise(() => undefined));
  await isLeading(elector);
  pausedMs = 250;
  expect(await ended).toBe('Lost');
});

test('a renewal whose reply comes after the loss does not bring leadership back', async () => {
  const { elector, ended } = lead();
  await isLeading(elector);
  const renewal = Promise.withResolvers<void>();
  server.reply((request, response) => {
    if (request.method !== 'PUT') return false;
    void renewal.promise.then(() => answer(request, response));
    return true;
  });
  await new Promise((resolve) => setTimeout(resolve, 60));
  pausedMs = 250;
  expect(() => elector.assertHeld()).toThrow(LeadershipLostError);
  renewal.resolve();
  expect(await ended).toBe('Lost');
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(() => elector.assertHeld()).toThrow(LeadershipLostError);
});

test('a process that does not lead may not act', () => {
  const elector = new LeaderElector({ client, namespace: 'n', name: 'l', identity: 'me', times: TIMES });
  expect(() => elector.assertHeld()).toThrow(LeadershipLostError);
});

test('the lease bounds the time from a dead leader to the next one', async () => {
  const manual = new ManualClock();
  const times = electionTimes(4_000);
  stored = { version: 7, spec: { holderIdentity: 'dead', leaseDurationSeconds: 4 } };
  const elector = new LeaderElector({ client, namespace: 'n', name: 'l', identity: 'me', times, clock: manual });
  void elector.lead(stop.signal, () => new Promise(() => undefined));
  const seenBy = async (ms: number) => {
    while (manual.monotonic() < ms) {
      await vi.waitFor(() => expect(manual.pending).toBe(1));
      await manual.advance(50);
    }
  };
  await seenBy(3_950);
  expect(elector.remainingMs()).toBe(0);
  await seenBy(4_000);
  await vi.waitFor(() => expect(elector.remainingMs()).toBeGreaterThan(0));
  expect(manual.monotonic()).toBeLessThanOrEqual(4_100);
});

test('a renewal whose reply was lost is found to have been made', async () => {
  const { elector } = lead();
  await isLeading(elector);
  losesReplies = true;
  await new Promise((resolve) => setTimeout(resolve, 60));
  losesReplies = false;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(isLeader(elector)).toBe(true);
});

test('an election whose reply was lost is won by who made it', async () => {
  losesReplies = true;
  const { elector } = lead();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(isLeader(elector)).toBe(false);
  losesReplies = false;
  await isLeading(elector);
  expect(stored?.spec).toMatchObject({ holderIdentity: 'me', leaseTransitions: 0 });
});

test('an orderly stop writes that nobody holds the Lease, and after a pause that outlasted it nothing', async () => {
  const orderly = lead();
  await isLeading(orderly.elector);
  stop.abort();
  expect(await orderly.ended).toBe('Ended');
  expect(stored?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });

  stop = new AbortController();
  const late = lead();
  await isLeading(late.elector);
  pausedMs = 10_000;
  stop.abort();
  await late.ended;
  expect(stored?.spec).toMatchObject({ holderIdentity: 'me' });
});

test('a stop in the middle of a renewal lets the Lease go, too', async () => {
  const { elector, ended } = lead();
  await isLeading(elector);
  // The renewal was made, and the stop came before its reply.
  stored = { version: (stored?.version ?? 0) + 1, spec: { ...stored?.spec } };
  stop.abort();
  expect(await ended).toBe('Ended');
  expect(stored.spec).toMatchObject({ holderIdentity: '' });
});

test('work that throws lets the Lease go, and its error out', async () => {
  const elector = new LeaderElector({ client, namespace: 'n', name: 'l', identity: 'me', times: TIMES });
  await expect(elector.lead(stop.signal, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(stored?.spec).toMatchObject({ holderIdentity: '' });
});

test('onLost and onLeading are told in time', async () => {
  const told: string[] = [];
  const { elector, ended } = lead({
    onLost: () => told.push('lost'),
    onLeading: (leading: boolean) => told.push(`leading ${leading}`),
  });
  await isLeading(elector);
  stored = { version: 99, spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 } };
  expect(await ended).toBe('Lost');
  expect(told).toEqual(['leading true', 'leading false', 'lost']);
});
