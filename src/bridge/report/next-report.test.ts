import { describe, expect, it } from 'vitest';
import { type TenureState, tenureStates } from '../../award/award.ts';
import { DECLINE_AFTER_MS, DEGRADED_AFTER_MS, nextReport, type TenureFacts } from './next-report.ts';

const UNSEEN_AFTER = 600_000;
const up: TenureFacts = {
  current: true,
  order: 'Realisable',
  undecidedMs: 0,
  up: true,
  downMs: 0,
  unseenMs: 0,
  reasonCode: undefined,
  released: false,
  isDue: false,
  declinedWith: undefined,
};
const undecided = { order: 'Undecided', up: false } as const;
const down = { up: false, downMs: DEGRADED_AFTER_MS };
const report = (state: TenureState, more: Partial<TenureFacts> = {}) =>
  nextReport(state, { ...up, ...more }, UNSEEN_AFTER);

describe('nextReport', () => {
  it.each<[string, TenureState, Partial<TenureFacts>, ReturnType<typeof nextReport>]>([
    ['a realisable award is accepted', 'Awarded', { up: false }, { report: 'accept' }],
    ['an award is not accepted before it is decided', 'Awarded', undecided, undefined],
    [
      'an award that can never be realised is declined',
      'Awarded',
      { order: 'Impossible', reasonCode: 10_005 },
      { report: 'decline', reason: 10_005 },
    ],
    [
      'an award without room waits briefly, because room may become free',
      'Awarded',
      { ...undecided, reasonCode: 10_201, undecidedMs: DECLINE_AFTER_MS - 1 },
      undefined,
    ],
    [
      'an award without room is declined long before its deadline',
      'Awarded',
      { ...undecided, reasonCode: 10_201, undecidedMs: DECLINE_AFTER_MS },
      { report: 'decline', reason: 10_201 },
    ],
    [
      'an undecided award is declined near its deadline',
      'Awarded',
      { ...undecided, isDue: true },
      { report: 'decline', reason: 10_008 },
    ],
    [
      'an award whose status is stale near its deadline is declined',
      'Awarded',
      { current: false, isDue: true },
      { report: 'decline', reason: 10_008 },
    ],
    ['an award decided in time is accepted near its deadline', 'Awarded', { isDue: true }, { report: 'accept' }],
    [
      'a declined award is never accepted afterwards',
      'Awarded',
      { declinedWith: 10_008 },
      { report: 'decline', reason: 10_008 },
    ],
    [
      'an accepted tenure without room is not given up while there is time',
      'Accepted',
      { ...undecided, reasonCode: 10_201, undecidedMs: DECLINE_AFTER_MS },
      undefined,
    ],
    ['a workload that is up is reported ready', 'Accepted', {}, { report: 'ready' }],
    ['a workload that is not up yet is not reported ready', 'Accepted', { up: false }, undefined],
    [
      'an accepted tenure that turns out to be impossible is given up',
      'Accepted',
      { order: 'Impossible', reasonCode: 10_201 },
      { report: 'decline', reason: 10_201 },
    ],
    ['a workload that is active and up needs no report', 'Active', {}, undefined],
    [
      'a workload that is up stays active when its order can no longer be read',
      'Active',
      { order: 'Impossible', reasonCode: 10_005 },
      undefined,
    ],
    ['a restart is no degradation', 'Active', { up: false, downMs: DEGRADED_AFTER_MS - 1 }, undefined],
    ['a workload that stays down is degraded', 'Active', down, { report: 'degraded', reason: 10_300 }],
    [
      'a workload that cannot be seen is not reported down',
      'Active',
      { up: false, unseenMs: UNSEEN_AFTER - 1 },
      undefined,
    ],
    [
      'a workload unseen for ten minutes is degraded',
      'Active',
      { up: false, unseenMs: UNSEEN_AFTER },
      { report: 'degraded', reason: 10_301 },
    ],
    ['a workload that is seen up again is recovered', 'Degraded', {}, { report: 'recovered' }],
    ['a workload that is still down is not recovered', 'Degraded', down, undefined],
    ['nothing is reported for a suspended tenure', 'Suspended', down, undefined],
    ['an ended tenure is released on proof', 'Ended', { released: true }, { report: 'released' }],
    ['an ended tenure is not released before', 'Ended', {}, undefined],
  ])('%s', (_name, state, more, expected) => {
    expect(report(state, more)).toEqual(expected);
  });

  it('nothing is reported while the status describes an older spec and no deadline is near', () => {
    for (const state of tenureStates) {
      expect(report(state, { current: false, released: true, order: 'Impossible', ...down })).toBeUndefined();
    }
  });
});
