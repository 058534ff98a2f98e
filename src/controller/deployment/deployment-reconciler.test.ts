import { describe, expect, it } from 'vitest';
import { FakeReactor, HASH, ORDER, ReconcilerBench, UP } from '../../../test/support/reconciler-bench.ts';
import { RECONCILE_ANNOTATION, TEARDOWN_FINALIZER } from '../../api/labels.ts';
import { LeadershipLostError } from '../../base/fence.ts';
import { RefusedError, RetryableError, TerminalError } from '../../errors/dinfra-error.ts';

const away = () => new RetryableError('CloudStackUnreachable', { message: 'no answer' });

/** A tenure that was accepted and realised, and is Active. */
async function active(): Promise<ReconcilerBench> {
  const bench = new ReconcilerBench({ state: 'Accepted' });
  await bench.live(10_000);
  bench.cluster.changeSpec(bench.key, { state: 'Active' });
  await bench.live(10_000);
  expect(bench.conditions).toMatchObject({ Ready: 'True Running' });
  return bench;
}

/** Never settles, even when its signal aborts. */
const deaf = () => new Promise<void>(() => undefined);

describe('from the award to the end', () => {
  it('an award is validated once and pinned, and nothing is created before the acceptance', async () => {
    const bench = new ReconcilerBench({ state: 'Awarded' });
    await bench.live(300_000);
    expect(bench.judged).toBe(1);
    expect(bench.status.accepted).toEqual({ hash: HASH, schemaVersion: 3, contentRef: { name: 'kept-1111' } });
    expect(bench.status.facts).toMatchObject({ order: 'Realisable', workload: 'Absent', released: false });
    expect(bench.reactor.steps).toEqual([]);
  });

  it('an accepted tenure is created once and never validated again', async () => {
    const bench = await active();
    expect(bench.reactor.steps).toEqual(['create']);
    expect(bench.judged).toBe(0);
    expect(bench.status.facts).toMatchObject({ workload: 'Up' });
    expect(bench.status.endpoints).toEqual(UP.endpoints);
  });

  it('each step of a reactor is logged with what it did, or why it could not', async () => {
    const bench = new ReconcilerBench({ state: 'Accepted' });
    bench.reactor.before = async (method) => {
      if (method !== 'create') return;
      bench.reactor.before = async () => undefined;
      throw away();
    };
    await bench.live(60_000);
    const steps = bench.lines.filter(({ step }) => step !== undefined);
    expect(steps).toMatchObject([
      { level: 'warn', step: 'create', err: { code: 'CloudStackUnreachable' } },
      { level: 'info', step: 'create', detail: 'create' },
    ]);
  });

  it('nothing is written at rest', async () => {
    const bench = await active();
    const { length } = bench.cluster.writes;
    await bench.live(600_000);
    expect(bench.cluster.writes).toHaveLength(length);
  });

  it('an ended tenure is removed and released without reading its order', async () => {
    const bench = await active();
    bench.standing = 'Ended';
    bench.orders = { accept: () => Promise.reject(away()), accepted: () => Promise.reject(away()) };
    bench.cluster.changeSpec(bench.key, { state: 'Ended' });
    await bench.live(10_000);
    expect(bench.reactor.vm).toBeUndefined();
    expect(bench.status.facts).toMatchObject({ workload: 'Absent', released: true });
  });

  it('a suspended tenure is stopped without reading its order', async () => {
    const bench = await active();
    bench.orders = { accept: () => Promise.reject(away()), accepted: () => Promise.reject(away()) };
    bench.cluster.changeSpec(bench.key, { state: 'Suspended' });
    await bench.live(10_000);
    expect(bench.reactor.vm?.phase).toBe('Stopped');
    expect(bench.conditions).toMatchObject({ Ready: 'False Suspended' });
  });
});

describe('what was accepted', () => {
  it('an order that can no longer be read has its own condition, and Ready follows the workload', async () => {
    const bench = await active();
    const failure = new RetryableError('DescriptorUnreachable', { message: 'no gateway answers' });
    bench.orders = { ...bench.orders, accepted: () => Promise.reject(failure) };
    bench.retryNow();
    await bench.live(120_000);
    expect(bench.conditions).toMatchObject({ Ready: 'True Running', Resolved: 'Unknown DescriptorUnreachable' });
    expect(bench.status.facts?.workload).toBe('Up');
    expect(bench.reactor.steps).toEqual(['create']);
  });

  it('an order that hangs while it is read leaves time to observe the workload', async () => {
    const bench = await active();
    bench.orders = { ...bench.orders, accepted: deaf as never };
    bench.workMs = 17_000;
    bench.writeMs = 20_000;
    bench.retryNow();
    await bench.reconcile();
    expect(bench.conditions).toMatchObject({ Ready: 'True Running', Resolved: 'Unknown ReconcileTimeout' });
  }, 20_000);

  it('an update is validated and pinned once, and the running descriptor stays readable until the source has accepted it', async () => {
    const bench = await active();
    const hash = `0x${'33'.repeat(32)}`;
    bench.cluster.changeSpec(bench.key, { update: { hash, length: 5, source: 'Ipfs' } });
    await bench.live(300_000);
    expect(bench.judged).toBe(1);
    expect(bench.status.update).toMatchObject({ hash, verdict: 'Acceptable' });
    expect(bench.status.accepted).toMatchObject({ hash, contentRef: { name: 'kept-3333' } });
    expect(bench.conditions).toMatchObject({ Ready: 'True Running' });
  });

  it('an update that can never be realised is refused with a code, and the workload keeps running', async () => {
    const bench = await active();
    const refusal = new TerminalError('DescriptorSchema', { message: 'cpu is "two"', path: '/cpu' });
    bench.orders = { ...bench.orders, accept: () => Promise.reject(refusal) };
    const hash = `0x${'33'.repeat(32)}`;
    bench.cluster.changeSpec(bench.key, { update: { hash, length: 5, source: 'Ipfs' } });
    await bench.live(10_000);
    expect(bench.status.update).toMatchObject({ verdict: 'Refused', reason: 'DescriptorSchema' });
    expect(bench.status.update?.reasonCode).toBeGreaterThan(10_000);
    expect(bench.conditions).toMatchObject({ Ready: 'True Running' });
  });

  it('a refused change leaves a healthy Deployment Ready, is reported, and is retried rarely', async () => {
    const bench = await active();
    bench.reactor.vm = { ...UP, differences: [{ what: 'VM offering', detail: 'small, expected large' }] };
    bench.reactor.before = async (method) => {
      if (method === 'update') throw new RefusedError('VmChangeRefused', { message: 'the disk cannot shrink' });
    };
    await bench.live(3_600_000);
    expect(bench.conditions).toMatchObject({
      Ready: 'True Running',
      Realised: 'False VmChangeRefused',
      Stalled: 'True VmChangeRefused',
    });
    expect(bench.status.facts?.workload).toBe('Up');
    const tries = bench.reactor.steps.filter((step) => step === 'update').length;
    expect(tries).toBeGreaterThan(1);
    expect(tries).toBeLessThan(8);
  });
});

describe('while a refused change waits for its next try', () => {
  it('a workload that goes down while a refused change waits is noticed within a minute or so, without writes in between', async () => {
    const bench = await active();
    const differences = [{ what: 'VM offering', detail: 'small, expected large' }];
    bench.reactor.vm = { ...UP, differences };
    bench.reactor.before = async (method) => {
      if (method === 'update') throw new RefusedError('VmChangeRefused', { message: 'the disk cannot shrink' });
    };
    await bench.live(1_200_000);
    const [{ length: steps }, { length: writes }] = [bench.reactor.steps, bench.cluster.writes];
    await bench.live(180_000);
    expect(bench.reactor.steps).toHaveLength(steps);
    expect(bench.cluster.writes).toHaveLength(writes);
    bench.reactor.vm = { ...UP, differences, healthy: false, message: 'the VM does not answer' };
    await bench.live(70_000);
    expect(bench.status.facts?.workload).toBe('Down');
    expect(bench.reactor.steps).toHaveLength(steps);
  });
});

describe('the reactor', () => {
  it('a tenure stays with the Reactor of its award when the Offer changes its Reactor', async () => {
    const bench = await active();
    const other = new FakeReactor('other');
    bench.reactors.set('other', other);
    bench.cluster.changeStatus(bench.key, { observedGeneration: -1 });
    bench.restart();
    await bench.live(120_000);
    expect(bench.reactor.steps).toEqual(['create']);
    expect(other.steps).toEqual([]);
  });

  it('a restored cluster finds running tenures by asking every reactor, and creates nothing twice', async () => {
    const bench = new ReconcilerBench({ state: 'Active' });
    const holder = new FakeReactor('holder');
    holder.vm = UP;
    bench.reactors.set('holder', holder);
    const { spec } = bench.cluster.now(bench.key);
    const { reactorRef: _, ...unnamed } = spec;
    bench.cluster.put({ ...bench.cluster.now(bench.key), spec: unnamed });
    await bench.live(120_000);
    expect(bench.status.realisation?.reactor).toEqual({ name: 'holder', kind: 'holder' });
    expect(bench.conditions).toMatchObject({ Ready: 'True Running' });
    expect([...bench.reactor.steps, ...holder.steps]).toEqual([]);
  });

  it('nothing is created while one reactor cannot be asked whether it has the tenure', async () => {
    const bench = new ReconcilerBench({ state: 'Active' });
    const silent = new FakeReactor('silent');
    silent.before = () => Promise.reject(away());
    bench.reactors.set('silent', silent);
    const { reactorRef: _, ...unnamed } = bench.cluster.now(bench.key).spec;
    bench.cluster.put({ ...bench.cluster.now(bench.key), spec: unnamed });
    await bench.live(120_000);
    expect(bench.reactor.steps).toEqual([]);
    expect(bench.conditions).toMatchObject({ Ready: 'Unknown CloudStackUnreachable' });
    silent.before = async () => undefined;
    bench.retryNow();
    await bench.live(120_000);
    expect(bench.reactor.steps).toEqual(['create']);
    expect(silent.steps).toEqual([]);
  });

  it('a reactorRef edited by hand creates no second VM', async () => {
    const bench = await active();
    const other = new FakeReactor('other');
    bench.reactors.set('other', other);
    bench.cluster.changeSpec(bench.key, { reactorRef: { name: 'other' } });
    await bench.live(120_000);
    expect(other.steps).toEqual([]);
    expect(bench.conditions).toMatchObject({ Ready: 'True Running' });
  });

  it('a tenure whose Reactor was deleted is Stalled', async () => {
    const bench = await active();
    bench.reactors.clear();
    await bench.live(120_000);
    expect(bench.conditions).toMatchObject({ Ready: 'Unknown ReactorMissing', Stalled: 'True ReactorMissing' });
    expect(bench.conditions).not.toHaveProperty('Reconciling');
    expect(bench.status.facts?.workload).toBe('Unseen');
  });

  it('two parts of one award are created under different names', async () => {
    const bench = new ReconcilerBench({ state: 'Accepted', part: 'db' });
    await bench.live(10_000);
    expect(bench.status.realisation?.name).toMatch(/^dinfra-7-1-/);
    expect(bench.status.realisation?.name).not.toBe(ORDER.identity.name);
  });
});

describe('failing', () => {
  it('a backend that hangs until the deadline is reported in the status within the reserved time', async () => {
    const bench = await active();
    bench.workMs = 30;
    bench.reactor.before = deaf;
    await bench.reconcile();
    expect(bench.conditions).toMatchObject({ Ready: 'Unknown ReconcileTimeout', Reconciling: 'True ReconcileTimeout' });
    expect(bench.status.facts?.workload).toBe('Unseen');
    expect(bench.hindrances).toContain('ReconcileTimeout');
  });

  it('a defect is reported in the status and counted, and its message is only logged', async () => {
    const bench = await active();
    bench.reactor.before = () => Promise.reject(new TypeError('cannot read "hunter2"'));
    await bench.reconcile();
    expect(bench.conditions).toMatchObject({ Ready: 'Unknown UnexpectedError' });
    expect(bench.conditions).not.toHaveProperty('Stalled');
    expect(bench.hindrances).toContain('UnexpectedError');
    expect(JSON.stringify(bench.status)).not.toContain('hunter2');
  });

  it('a defect between the stages is reported in the status', async () => {
    const bench = new ReconcilerBench({ subscription: 'not a number' });
    await bench.reconcile();
    expect(bench.conditions).toMatchObject({ Ready: 'Unknown UnexpectedError' });
  });

  it('a lost lease writes nothing', async () => {
    const bench = await active();
    const { length } = bench.cluster.writes;
    bench.reactor.before = () => Promise.reject(new LeadershipLostError());
    await expect(bench.reconcile()).rejects.toBeInstanceOf(LeadershipLostError);
    expect(bench.cluster.writes).toHaveLength(length);
  });

  it('a process that is stopped in the middle of a reconcile writes nothing', async () => {
    const bench = await active();
    const { length } = bench.cluster.writes;
    bench.reactor.before = deaf;
    await expect(bench.reconcile(AbortSignal.timeout(20))).rejects.toThrow();
    expect(bench.cluster.writes).toHaveLength(length);
  });

  it('a status that could not be written is retried soon, whatever the backoff of the work', async () => {
    const bench = await active();
    bench.reactor.before = () => Promise.reject(away());
    bench.cluster.failWrites.push(new RetryableError('ClusterUnreachable', { message: 'refused' }));
    expect(await bench.reconcile()).toEqual({ requeueAfterMs: 2_000 });
    await bench.clock.advance(2_000);
    await bench.reconcile();
    expect(bench.conditions).toMatchObject({ Ready: 'Unknown CloudStackUnreachable' });
  });

  it('a thousand attempts while a repository is unreachable write the status only a few times', async () => {
    const bench = new ReconcilerBench({ state: 'Awarded' });
    let count = 0;
    bench.orders = {
      ...bench.orders,
      accept: () => {
        count += 1;
        return Promise.reject(new RetryableError('RepositoryUnreachable', { message: `try ${count}: refused` }));
      },
    };
    await bench.live(30_000_000);
    expect(count).toBeGreaterThan(1_000);
    expect(bench.cluster.writes.length).toBeLessThan(15);
  });

  it('no second step is started while one that ignores its deadline is running', async () => {
    const bench = new ReconcilerBench({ state: 'Accepted' });
    bench.workMs = 30;
    bench.reactor.before = (method) => (method === 'create' ? deaf() : Promise.resolve());
    await bench.live(600_000);
    expect(bench.reactor.steps).toEqual(['create']);
  });

  it('a create whose intent cannot be recorded is not sent', async () => {
    const bench = new ReconcilerBench({ state: 'Accepted' });
    bench.cluster.failWrites.push(new RetryableError('ClusterUnreachable', { message: 'refused' }));
    await bench.reconcile();
    expect(bench.reactor.steps).toEqual([]);
  });

  it('a stale cache creates nothing', async () => {
    const bench = new ReconcilerBench({ state: 'Accepted' });
    bench.cluster.changeSpec(bench.key, { state: 'Ended' });
    bench.cluster.lag = 1;
    expect(await bench.reconcile()).toEqual({ requeueAfterMs: 100 });
    expect(bench.reactor.steps).toEqual([]);
  });
});

describe('clocks', () => {
  it.each(['2020-01-01T00:00:00Z', '2040-01-01T00:00:00Z'])(
    'an intent that another clock dated %s makes a second create neither earlier nor later',
    async (at) => {
      const intent = { action: 'Create' as const, at, attempt: 1 };
      const bench = new ReconcilerBench({ state: 'Accepted' }, { observedGeneration: 1, realisation: { intent } });
      await bench.live(14_000);
      expect(bench.reactor.steps).toEqual([]);
      await bench.live(3_000);
      expect(bench.reactor.steps).toEqual(['create']);
    },
  );

  it('a retry that another clock dated an hour ahead waits no longer than its own bound', async () => {
    const bench = new ReconcilerBench(
      { state: 'Accepted' },
      { observedGeneration: 1, realisation: { failures: 2, retryAfter: '2026-01-01T01:00:00Z' } },
    );
    expect(await bench.reconcile()).toEqual({ requeueAfterMs: 4_000 });
    await bench.live(5_000);
    expect(bench.reactor.steps).toEqual(['create']);
  });

  it('a restarted process does not retry every failing Deployment at once', async () => {
    const bench = new ReconcilerBench(
      { state: 'Accepted' },
      { observedGeneration: 1, realisation: { failures: 9, retryAfter: '2025-12-31T23:00:00Z' } },
    );
    expect(await bench.reconcile()).toEqual({ requeueAfterMs: 150_000 });
  });
});

describe('a person', () => {
  it('a mirrored spec edited to Ended removes nothing', async () => {
    const bench = await active();
    bench.cluster.changeSpec(bench.key, { state: 'Ended' });
    await bench.live(600_000);
    expect(bench.reactor.vm).toEqual(UP);
    expect(bench.reactor.steps).toEqual(['create']);
    expect(bench.conditions).toMatchObject({ Ready: 'False EndUnconfirmed' });
    expect(bench.status.facts).toMatchObject({ workload: 'Up', released: false });
  });

  it('an end waits while its source cannot be asked, and removes once it is confirmed', async () => {
    const bench = await active();
    bench.standing = 'Unknown';
    bench.cluster.changeSpec(bench.key, { state: 'Ended' });
    await bench.live(60_000);
    expect(bench.reactor.vm).toEqual(UP);
    bench.standing = 'Gone';
    bench.retryNow();
    await bench.live(10_000);
    expect(bench.status.facts?.released).toBe(true);
  });

  it('spec.suspend on a running tenure touches nothing and is not reported as down', async () => {
    const bench = await active();
    const before = bench.status.facts;
    bench.reactor.vm = { ...UP, differences: [{ what: 'VM offering', detail: 'small, expected large' }] };
    bench.cluster.changeSpec(bench.key, { suspend: true });
    await bench.live(600_000);
    expect(bench.reactor.steps).toEqual(['create']);
    expect(bench.conditions).toMatchObject({ Ready: 'True Paused' });
    expect(bench.status.facts).toEqual(before);
  });

  it('a reconcile requested by annotation does not wait for its retry, and is echoed', async () => {
    const bench = await active();
    bench.reactor.before = () => Promise.reject(away());
    await bench.live(600_000);
    bench.reactor.before = async () => undefined;
    expect(await bench.reconcile()).not.toEqual({ requeueAfterMs: 100 });
    bench.cluster.changeMetadata(bench.key, { annotations: { [RECONCILE_ANNOTATION]: 'now' } });
    await bench.reconcile();
    expect(bench.conditions).toMatchObject({ Ready: 'True Running' });
    expect(bench.status.lastHandledReconcileAt).toBe('now');
  });

  it('a Deployment deleted by hand is mirrored again, and its workload is found', async () => {
    const bench = await active();
    const { spec, metadata, ...object } = bench.cluster.now(bench.key);
    bench.cluster.changeMetadata(bench.key, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    await bench.reconcile();
    expect(bench.cluster.has(bench.key)).toBe(false);
    const again = { ...metadata, uid: 'another', finalizers: [] };
    bench.cluster.put({ ...object, metadata: again, spec, status: { observedGeneration: -1 } });
    await bench.live(60_000);
    expect(bench.reactor.steps).toEqual(['create']);
    expect(bench.conditions).toMatchObject({ Ready: 'True Running' });
  });
});

describe('the finalizer', () => {
  it('the finalizer is added before anything is created', async () => {
    const bench = new ReconcilerBench({ state: 'Accepted' });
    bench.cluster.changeMetadata(bench.key, { finalizers: [] });
    await bench.reconcile();
    expect(bench.reactor.steps).toEqual([]);
    expect(bench.cluster.now(bench.key).metadata.finalizers).toEqual([TEARDOWN_FINALIZER]);
    await bench.reconcile();
    expect(bench.reactor.steps).toEqual(['create']);
  });

  it('a Deployment kept under deletion by a foreign finalizer creates nothing new without our finalizer', async () => {
    const bench = new ReconcilerBench({ state: 'Accepted' });
    bench.cluster.changeMetadata(bench.key, {
      finalizers: ['foregroundDeletion'],
      deletionTimestamp: '2026-01-01T00:00:00Z',
    });
    await bench.live(600_000);
    expect(bench.reactor.steps).toEqual([]);
    expect(bench.cluster.now(bench.key).metadata.finalizers).toEqual(['foregroundDeletion']);
  });
});
