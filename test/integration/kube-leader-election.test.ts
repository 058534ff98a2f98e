import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { KubeClient } from '../../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import { electionTimes } from '../../src/kube/election/election-times.ts';
import { LeaderElector, type LeaderElectorOptions } from '../../src/kube/election/leader-elector.ts';
import { leases } from '../../src/kube/election/lease-record.ts';
import { freshNamespace } from '../support/kube-objects.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

/** A Lease counts whole seconds. */
const FAST = electionTimes(4_000);

const { signal } = new AbortController();
const access = loadClusterAccess();
let client: KubeClient;
let namespace: string;
let dropNamespace: () => Promise<void>;
let stops: AbortController[];
let proxies: TcpProxy[];
/** Who acted at which times, as allowed by the fence. */
let terms: { readonly who: string; readonly from: number; until: number }[];

beforeAll(async () => {
  client = new KubeClient(access);
  [namespace, dropNamespace] = await freshNamespace(client);
});
afterAll(async () => {
  await dropNamespace();
  await client.close();
});
beforeEach(() => {
  [stops, proxies, terms] = [[], [], []];
});
afterEach(async () => {
  for (const stop of stops) stop.abort();
  await Promise.all(proxies.map((proxy) => proxy.close()));
});

/** One competing process, with its own connection. It leads until it is stopped or loses. */
async function candidate(who: string, name: string, over: Partial<LeaderElectorOptions> = {}) {
  const stop = new AbortController();
  stops.push(stop);
  const target = new URL(access.server);
  const proxy = await TcpProxy.to(Number(target.port));
  proxies.push(proxy);
  const own = new KubeClient({ ...access, server: `${target.protocol}//127.0.0.1:${proxy.port}` });
  const elector = new LeaderElector({ client: own, namespace, name, identity: who, times: FAST, ...over });
  const ended = elector.lead(stop.signal, async (leading) => {
    const term = { who, from: performance.now(), until: performance.now() };
    terms.push(term);
    // Reacts only to an orderly stop: after a loss, only the fence prevents it from acting.
    while (!stop.signal.aborted || !leading.aborted) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      try {
        elector.assertHeld();
      } catch {
        return;
      }
      term.until = performance.now();
    }
  });
  return { elector, ended, proxy, stop };
}

const leadsNow = ({ elector }: { readonly elector: LeaderElector }) => elector.remainingMs() > 0;

const leads = (who: string) =>
  vi.waitFor(() => expect(terms.at(-1)).toMatchObject({ who }), { timeout: 15_000, interval: 10 });

function expectNoOverlap(): void {
  expect(terms.length, 'somebody else has led as well').toBeGreaterThan(1);
  const ends = terms.slice(0, -1).map(({ who, until }) => ({ who, until: until ?? Number.POSITIVE_INFINITY }));
  const overlaps = ends.filter(({ until }, index) => until > (terms[index + 1]?.from ?? 0));
  expect(overlaps, 'still acted when the next began').toEqual([]);
}

test('one of two candidates leads and keeps leading', async () => {
  const a = await candidate('a', 'pair');
  await leads('a');
  const b = await candidate('b', 'pair');
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  expect(terms).toHaveLength(1);
  expect([leadsNow(a), leadsNow(b)]).toEqual([true, false]);
  const lease = await client.get(leases, { namespace, name: 'pair' }, signal);
  expect(lease.spec).toMatchObject({
    holderIdentity: 'a',
    leaseDurationSeconds: 4,
    leaseTransitions: 0,
    renewTime: expect.stringMatching(/\.\d{6}Z$/),
  });
});

test('after an orderly stop the next candidate leads at once, but not before the work has ended', async () => {
  const a = await candidate('a', 'orderly', { times: electionTimes(20_000) });
  await leads('a');
  await candidate('b', 'orderly');
  await new Promise((resolve) => setTimeout(resolve, 500));
  const stoppedAt = performance.now();
  a.stop.abort();
  expect(await a.ended).toBe('Ended');
  await leads('b');
  expect(performance.now() - stoppedAt).toBeLessThan(5_000);
  expectNoOverlap();
  const lease = await client.get(leases, { namespace, name: 'orderly' }, signal);
  expect(lease.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
});

test('a leader behind a dead network stops before another starts', async () => {
  const onLost = vi.fn();
  const a = await candidate('a', 'dark', { onLost });
  await leads('a');
  await candidate('b', 'dark');
  await new Promise((resolve) => setTimeout(resolve, 500));
  a.proxy.freeze();
  expect(await a.ended).toBe('Lost');
  expect(onLost).toHaveBeenCalledTimes(1);
  expect(leadsNow(a)).toBe(false);
  await leads('b');
  expectNoOverlap();
});

test('a leader whose connections break for less than the deadline keeps leading', async () => {
  const a = await candidate('a', 'shaky');
  await leads('a');
  for (let i = 0; i < 8; i++) {
    a.proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(leadsNow(a)).toBe(true);
  expect(terms).toHaveLength(1);
});

test('a deleted Lease is created again by its leader', async () => {
  const a = await candidate('a', 'deleted');
  await leads('a');
  await client.delete(leases, { namespace, name: 'deleted' }, signal);
  await vi.waitFor(async () => {
    const lease = await client.get(leases, { namespace, name: 'deleted' }, signal);
    expect(lease.spec).toMatchObject({ holderIdentity: 'a' });
  });
  expect(leadsNow(a)).toBe(true);
});

test('a leader whose Lease was taken by another loses leadership at once', async () => {
  const a = await candidate('a', 'stolen');
  await leads('a');
  const theft = { spec: { holderIdentity: 'thief', leaseDurationSeconds: 3 } };
  await client.mergePatch(leases, { namespace, name: 'stolen' }, theft, signal);
  expect(await a.ended).toBe('Lost');
  const b = await candidate('b', 'stolen');
  await leads('b');
  expect(leadsNow(b)).toBe(true);
  expectNoOverlap();
});

test('many candidates that start, stop and crash never lead at the same time', async () => {
  const all = await Promise.all(['a', 'b', 'c', 'd'].map((who) => candidate(who, 'crowd')));
  for (let round = 0; round < 3; round++) {
    await vi.waitFor(() => expect(terms).toHaveLength(round + 1), { timeout: 15_000 });
    const leader = all.find(leadsNow);
    if (round % 2 === 0) leader?.stop.abort();
    else leader?.proxy.freeze();
    await leader?.ended;
  }
  await vi.waitFor(() => expect(terms).toHaveLength(4), { timeout: 15_000 });
  expectNoOverlap();
});

test('election times that would let two lead are refused', () => {
  const times = { ...electionTimes(4_000), renewDeadlineMs: 4_000 };
  expect(() => new LeaderElector({ client, namespace, name: 'x', identity: 'x', times })).toThrow(RangeError);
});
