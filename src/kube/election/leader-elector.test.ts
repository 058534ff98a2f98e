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
/** The contents of the only Lease. */
let stored: { version: number; spec: Record<string, unknown> } | undefined;
/** How long the process has been paused: clocks advance, timers do not. */
let pausedMs: number;
/** While set, writes are stored but their responses are lost. */
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

test('losing leadership ends the elector even when the work ignores its signal', async () => {
  const { elector, ended } = lead({}, () => new Promise(() => undefined));
  await isLeading(elector);
  pausedMs = 250;
  expect(await ended).toBe('Lost');
});

test('a renewal whose response arrives after the loss does not restore leadership', async () => {
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

test('after a leader dies, the next one is elected within the lease and one retry period', async () => {
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

test('a renewal whose response was lost does not cost the leadership', async () => {
  const { elector } = lead();
  await isLeading(elector);
  losesReplies = true;
  await new Promise((resolve) => setTimeout(resolve, 60));
  losesReplies = false;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(isLeader(elector)).toBe(true);
});

test('an election whose response was lost is won by the candidate that wrote the Lease', async () => {
  losesReplies = true;
  const { elector } = lead();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(isLeader(elector)).toBe(false);
  losesReplies = false;
  await isLeading(elector);
  expect(stored?.spec).toMatchObject({ holderIdentity: 'me', leaseTransitions: 0 });
});

test('an orderly stop releases the Lease, but writes nothing after a pause that outlasted the lease', async () => {
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

test('a stop during a renewal also releases the Lease', async () => {
  const { elector, ended } = lead();
  await isLeading(elector);
  // The renewal was stored, and the stop came before its response.
  stored = { version: (stored?.version ?? 0) + 1, spec: { ...stored?.spec } };
  stop.abort();
  expect(await ended).toBe('Ended');
  expect(stored.spec).toMatchObject({ holderIdentity: '' });
});

test('work that throws releases the Lease, and its error is rethrown', async () => {
  const elector = new LeaderElector({ client, namespace: 'n', name: 'l', identity: 'me', times: TIMES });
  await expect(elector.lead(stop.signal, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(stored?.spec).toMatchObject({ holderIdentity: '' });
});

test('onLost and onLeading are called at each change of leadership', async () => {
  const calls: string[] = [];
  const { elector, ended } = lead({
    onLost: () => calls.push('lost'),
    onLeading: (leading: boolean) => calls.push(`leading ${leading}`),
  });
  await isLeading(elector);
  stored = { version: 99, spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 } };
  expect(await ended).toBe('Lost');
  expect(calls).toEqual(['leading true', 'leading false', 'lost']);
});

test('a process that may not have the Lease says so until it may, and never leads', async () => {
  let isAllowed = false;
  server.reply((_request, response) => {
    if (!isAllowed) refuse(response, 403, 'Forbidden', 'l');
    return !isAllowed;
  });
  const { elector } = lead();
  await vi.waitFor(() => expect(elector.refusal).toMatch(/^cannot (get|read) .*lease/i));
  expect(isLeader(elector)).toBe(false);
  isAllowed = true;
  await isLeading(elector);
  expect(elector.refusal).toBeUndefined();
});
