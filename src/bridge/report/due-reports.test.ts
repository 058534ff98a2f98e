import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { awardOf, GENESIS, HASH } from '../../../test/support/memory-source.ts';
import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import type { Award } from '../../award/award.ts';
import { identityOf } from '../../award/identity.ts';
import { BoundedWaits } from '../../base/bounded-wait.ts';
import { atOnce } from '../../base/slices.ts';
import { declineMargin, dueReports } from './due-reports.ts';
import { TenureMemory } from './tenure-memory.ts';

const NEXT = `0x${'22'.repeat(32)}`;
const UNSEEN_AFTER = 600_000;
type Facts = NonNullable<DeploymentStatus['facts']>;

function part(award: Award, facts: Partial<Facts> | undefined, more: Partial<DeploymentStatus> = {}, name?: string) {
  const tenure = { genesis: GENESIS, subscription: award.subscription, tenure: award.tenure };
  const long = '2025-12-31T00:00:00Z';
  const deployment: Deployment = {
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'Deployment',
    metadata: {
      name: identityOf(name === undefined ? tenure : { ...tenure, part: name }).name,
      uid: 'u',
      resourceVersion: '1',
      generation: 4,
      creationTimestamp: long,
    },
    spec: {
      genesisHash: GENESIS,
      subscription: `${award.subscription}`,
      tenure: award.tenure,
      ...(name !== undefined && { part: name }),
      subscriptionRef: { name: 's' },
      providerRef: { name: 'p' },
      consumer: award.consumer,
      accessKey: HASH,
      descriptorType: award.type,
      descriptor: award.content,
      state: award.state,
    },
    status: {
      observedGeneration: 4,
      ...(facts && {
        facts: {
          order: 'Realisable',
          orderSince: long,
          workload: 'Up',
          workloadSince: long,
          released: false,
          ...facts,
        },
      }),
      ...more,
    },
  };
  return deployment;
}

let clock: ManualClock;
let memory: TenureMemory;
let waits: BoundedWaits;
let beyondLimits: ReadonlySet<string>;

beforeEach(() => {
  clock = new ManualClock();
  memory = new TenureMemory();
  waits = new BoundedWaits(clock);
  beyondLimits = new Set();
});

function due(award: Award, parts: readonly Deployment[], block = 100) {
  return atOnce(
    dueReports({
      genesis: GENESIS,
      awards: [award],
      point: { number: block, hash: HASH },
      acceptPeriod: 30,
      index: { tenures: new Map([[`${award.subscription}/${award.tenure}`, parts]]) },
      memory,
      beyondLimits,
      waits,
      unseenAfterMs: UNSEEN_AFTER,
      now: clock.monotonic(),
    }),
  );
}

const awarded = awardOf(1n, { state: 'Awarded', deadline: 130 });
const active = awardOf(1n);

describe('reports', () => {
  it('a report names its tenure', () => {
    expect(due(awarded, [part(awarded, {})])).toEqual([
      { report: 'accept', genesis: GENESIS, subscription: 1n, tenure: 1 },
    ]);
  });

  it('nothing is reported while the mirror has not caught up with the chain', () => {
    const accepted = { ...active, state: 'Accepted' } as const;
    expect(due(accepted, [part(awarded, {})])).toEqual([]);
    expect(due(accepted, [])).toEqual([]);
  });
});

describe('the limits of a consumer', () => {
  it('an award beyond what its consumer may have is declined at once, whatever can be realised', () => {
    beyondLimits = new Set(['1/1']);
    expect(due(awarded, [part(awarded, {})])).toMatchObject([{ report: 'decline', reason: 10_009 }]);
    expect(due(awarded, [])).toMatchObject([{ report: 'decline', reason: 10_009 }]);
    // It is not accepted a moment later, while the chain has not heard yet.
    beyondLimits = new Set();
    expect(due(awarded, [part(awarded, {})])).toMatchObject([{ report: 'decline', reason: 10_009 }]);
  });
});

describe('the deadline of an award', () => {
  it('an undecided award is declined a third of its time ahead, at least five blocks, and never before half of it has passed', () => {
    expect(declineMargin(300)).toBe(100);
    expect(declineMargin(12)).toBe(5);
    expect(declineMargin(6)).toBe(3);
  });

  it.each<[string, readonly Deployment[]]>([
    ['its Deployment could not be written', []],
    ['its reactor is away and the order undecided', [part(awarded, { order: 'Undecided', workload: 'Unseen' })]],
    ['its Deployment was never reconciled', [part(awarded, undefined, { observedGeneration: -1 })]],
  ])('an award is declined near its deadline when %s', (_what, parts) => {
    expect(due(awarded, parts, 119)).toEqual([]);
    expect(due(awarded, parts, 120)).toMatchObject([{ report: 'decline', reason: 10_008 }]);
  });

  it('the decline of an undecided award has the reason it is undecided for', () => {
    const full = part(awarded, { order: 'Undecided', reasonCode: 10_201, orderSince: '2026-01-01T00:00:00Z' });
    expect(due(awarded, [full], 120)).toMatchObject([{ report: 'decline', reason: 10_201 }]);
  });

  it('an award that was declined is not accepted when the reactor comes back', () => {
    due(awarded, [], 120);
    expect(due(awarded, [part(awarded, {})], 121)).toMatchObject([{ report: 'decline', reason: 10_008 }]);
  });
});

describe('a backend that cannot be seen', () => {
  const unseen = (since: string) => part(active, { workload: 'Unseen', workloadSince: since });

  it('a workload that cannot be seen is reported degraded after the bound and not before', async () => {
    const one = unseen('2026-01-01T00:00:00Z');
    expect(due(active, [one])).toEqual([]);
    await clock.advance(UNSEEN_AFTER - 1);
    expect(due(active, [one])).toEqual([]);
    await clock.advance(1);
    expect(due(active, [one])).toMatchObject([{ report: 'degraded', reason: 10_301 }]);
  });

  it('an unseen workload has its whole bound even if the clock of the host that saw it last was an hour ahead', async () => {
    const one = unseen('2026-01-01T01:00:00Z');
    due(active, [one]);
    await clock.advance(UNSEEN_AFTER);
    expect(due(active, [one])).toMatchObject([{ report: 'degraded' }]);
  });

  it('the time unseen counts from the resumption of a tenure, not from before its suspension', () => {
    due({ ...active, state: 'Suspended' }, []);
    expect(due(active, [unseen('2025-12-31T00:00:00Z')])).toEqual([]);
  });

  it('a tenure whose status is out of date counts as unseen', async () => {
    const silent = part(active, { workload: 'Up' }, { observedGeneration: 3 });
    expect(due(active, [silent])).toEqual([]);
    await clock.advance(UNSEEN_AFTER);
    expect(due(active, [silent])).toMatchObject([{ report: 'degraded', reason: 10_301 }]);
  });
});

describe('a workload that is down', () => {
  it('a workload that is down is reported after 30 seconds', async () => {
    const down = part(active, { workload: 'Down', reasonCode: 10_300 });
    expect(due(active, [down])).toEqual([]);
    await clock.advance(30_000);
    expect(due(active, [down])).toMatchObject([{ report: 'degraded', reason: 10_300 }]);
  });

  it('a resumed workload has its full time to start, although it was down throughout the suspension', async () => {
    const down = part(active, { workload: 'Down' });
    due({ ...active, state: 'Suspended' }, [down]);
    await clock.advance(3_600_000);
    expect(due(active, [down])).toEqual([]);
    await clock.advance(30_000);
    expect(due(active, [down])).toMatchObject([{ report: 'degraded' }]);
  });
});

describe('an award of several parts', () => {
  const two = (award: Award, first: Partial<Facts>, second: Partial<Facts>) =>
    due(award, [part(award, first, {}, 'web'), part(award, second, {}, 'db')]);
  const accepted = { ...active, state: 'Accepted' } as const;
  const ended = { ...active, state: 'Ended' } as const;

  it('an award of several parts is accepted if all can be realised and declined if one cannot', () => {
    expect(two(awarded, {}, { order: 'Undecided' })).toEqual([]);
    expect(two(awarded, {}, {})).toMatchObject([{ report: 'accept' }]);
    memory = new TenureMemory();
    expect(two(awarded, {}, { order: 'Impossible', reasonCode: 10_005 })).toMatchObject([
      { report: 'decline', reason: 10_005 },
    ]);
  });

  it('an award of several parts is ready once all are up', () => {
    expect(two(accepted, {}, { workload: 'Absent' })).toEqual([]);
    expect(two(accepted, {}, {})).toMatchObject([{ report: 'ready' }]);
  });

  it('an award of several parts is degraded if one is down', async () => {
    two(active, {}, { workload: 'Down' });
    await clock.advance(30_000);
    expect(two(active, {}, { workload: 'Down' })).toMatchObject([{ report: 'degraded' }]);
  });

  it('an award of several parts is released once nothing is left of any', () => {
    expect(two(ended, { released: true }, {})).toEqual([]);
    expect(two(ended, { released: true }, { released: true })).toMatchObject([{ report: 'released' }]);
  });
});

describe('a requested update', () => {
  const wish = { ...active, update: { hash: NEXT, length: 20, source: 'Preimage' as const } };
  const verdict = { hash: NEXT, verdict: 'Acceptable', reason: 'DescriptorVerified', message: '' } as const;

  it('a requested update is answered once every part has a verdict', () => {
    expect(due(wish, [part(active, {})])).toEqual([]);
    expect(due(wish, [part(active, {}, { update: { ...verdict, hash: HASH } })])).toEqual([]);
    expect(due(wish, [part(active, {}, { update: verdict })])).toMatchObject([{ report: 'acceptUpdate', hash: NEXT }]);
  });

  it('a requested update is refused with the code of the verdict', () => {
    const update = { ...verdict, verdict: 'Refused', reason: 'DescriptorSchema', reasonCode: 10_005 } as const;
    expect(due(wish, [part(active, {}, { update })])).toMatchObject([
      { report: 'declineUpdate', hash: NEXT, reason: 10_005 },
    ]);
  });
});
