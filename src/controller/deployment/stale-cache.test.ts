import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ManualClock } from '../../../test/support/manual-clock.ts';
import { FakeReactor, ReconcilerBench } from '../../../test/support/reconciler-bench.ts';
import type { DeploymentSpec } from '../../api/deployment.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import type { Observation, Step } from '../../providers/port.ts';

/** A cloud that shows a VM some time after its create, and records violations: duplicates and destroyed VMs. */
class SlowCloud extends FakeReactor {
  readonly wrongs: string[] = [];
  /** Milliseconds until a create becomes visible: shorter than the controller waits for it. */
  visibleAfterMs = 0;
  losesReplies = false;
  private readonly clock: ManualClock;
  private visibleAt: number | undefined;

  constructor(clock: ManualClock) {
    super();
    this.clock = clock;
  }

  override async observe(...asked: Parameters<FakeReactor['observe']>): Promise<Observation> {
    const found = await super.observe(...asked);
    const isVisible = this.visibleAt !== undefined && this.clock.monotonic() >= this.visibleAt;
    return isVisible ? found : { kind: 'Absent' };
  }

  override async create(...asked: Parameters<FakeReactor['create']>): Promise<Step> {
    if (this.visibleAt !== undefined) this.wrongs.push('created twice');
    this.visibleAt = this.clock.monotonic() + this.visibleAfterMs;
    const step = await super.create(...asked);
    if (this.losesReplies) throw new RetryableError('CloudStackUnreachable', { message: 'the reply was lost' });
    return step;
  }

  override async delete(...asked: Parameters<FakeReactor['delete']>): Promise<Step> {
    this.wrongs.push('destroyed');
    this.visibleAt = undefined;
    return super.delete(...asked);
  }
}

/** What happens between two reconciles. */
type Event = 'nothing' | 'restart' | 'another writer' | 'deleted and mirrored again' | DeploymentSpec['state'];

interface Moment {
  readonly event: Event;
  /** How many versions the cache is behind. May grow, so that the cache goes back. */
  readonly lag: number;
  readonly waitMs: number;
}

const moment: fc.Arbitrary<Moment> = fc.record({
  event: fc.constantFrom<Event>(
    'nothing',
    'nothing',
    'restart',
    'another writer',
    'deleted and mirrored again',
    'Accepted',
    'Active',
    'Suspended',
    'Ended',
  ),
  lag: fc.nat(6),
  waitMs: fc.constantFrom(0, 100, 2_000, 16_000),
});

async function happen(bench: ReconcilerBench, event: Event): Promise<void> {
  const { cluster, key } = bench;
  switch (event) {
    case 'nothing':
      return;
    case 'restart':
      bench.restart();
      return;
    case 'another writer': {
      const at = { observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z', message: '' };
      const reported = { type: 'Reported', status: 'True', reason: 'Confirmed', ...at } as const;
      const others = (bench.status.conditions ?? []).filter(({ type }) => type !== 'Reported');
      cluster.changeStatus(key, { ...bench.status, conditions: [...others, reported] });
      return;
    }
    case 'deleted and mirrored again': {
      // A create in flight must be visible by now: nothing remembers it afterwards.
      await bench.clock.advance(16_000);
      const { metadata, ...object } = cluster.now(key);
      const { resourceVersion } = metadata;
      cluster.put({ ...object, metadata: { ...metadata, uid: `after ${resourceVersion}`, finalizers: [] } });
      cluster.changeStatus(key, { observedGeneration: -1 });
      return;
    }
    default:
      cluster.changeSpec(key, { state: event });
  }
}

function tenure(visibleAfterMs: number): { readonly bench: ReconcilerBench; readonly cloud: SlowCloud } {
  const bench = new ReconcilerBench({ state: 'Accepted' });
  const cloud = new SlowCloud(bench.clock);
  cloud.visibleAfterMs = visibleAfterMs;
  bench.reactors.set('cloud', cloud);
  return { bench, cloud };
}

describe('a cache that lags, jumps and goes back', () => {
  it('nothing is created twice or destroyed, and once the cache has caught up there is one VM', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(moment, { maxLength: 40 }),
        fc.constantFrom(0, 5_000, 14_000),
        fc.boolean(),
        async (moments, visibleAfterMs, losesReplies) => {
          const { bench, cloud } = tenure(visibleAfterMs);
          cloud.losesReplies = losesReplies;
          for (const { event, lag, waitMs } of moments) {
            await happen(bench, event);
            bench.cluster.lag = lag;
            await bench.reconcile();
            await bench.clock.advance(waitMs);
          }
          bench.cluster.lag = 0;
          bench.cluster.changeSpec(bench.key, { state: 'Active' });
          bench.retryNow();
          await bench.live(600_000);
          expect(cloud.wrongs).toEqual([]);
          expect(cloud.vm?.phase).toBe('Running');
          expect(bench.conditions).toMatchObject({ Ready: 'True Running' });
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);

  it('a create that was decided on a stale view is not sent', async () => {
    const { bench, cloud } = tenure(5_000);
    await bench.reconcile();
    expect(cloud.steps).toEqual(['create']);
    // A view from before the intent, in a restarted process.
    bench.cluster.lag = 2;
    bench.restart();
    for (let round = 0; round < 5; round++) await bench.reconcile();
    expect(cloud.steps).toEqual(['create']);
  });

  it('the finalizer of a Deployment that was mirrored again stays although a stale view shows its predecessor being deleted', async () => {
    const { bench } = tenure(0);
    const { metadata } = bench.cluster.now(bench.key);
    bench.cluster.changeMetadata(bench.key, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    const { deletionTimestamp: _, ...bare } = bench.cluster.now(bench.key).metadata;
    bench.cluster.put({ ...bench.cluster.now(bench.key), metadata: { ...bare, uid: 'another' } });
    bench.cluster.lag = 1;
    await bench.reconcile();
    expect(bench.cluster.now(bench.key).metadata).toMatchObject({ uid: 'another', finalizers: metadata.finalizers });
  });
});
