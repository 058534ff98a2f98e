import { describe, expect, it } from 'vitest';
import { type TenureState, tenureStates } from '../../award/state.ts';
import { DECLINE_AFTER_MS, DEGRADED_AFTER_MS, nextReport, type Told } from './next-report.ts';

const told: Told = {
  current: true,
  resolved: true,
  stalledCode: undefined,
  hindrance: undefined,
  ready: 'True',
  readyForMs: 3_600_000,
  released: false,
};
const DOWN = 10_300;
const report = (state: TenureState, more: Partial<Told> = {}) => nextReport(state, { ...told, ...more }, DOWN);

describe('what the chain is told of a tenure', () => {
  it.each<[string, TenureState, Partial<Told>, ReturnType<typeof nextReport>]>([
    ['an award that can be realised is accepted', 'Awarded', { ready: 'False' }, { call: 'accept' }],
    ['an award is not accepted before it is resolved', 'Awarded', { resolved: false }, undefined],
    ['an award that never can be is declined', 'Awarded', { stalledCode: 10_005 }, { call: 'decline', reason: 10_005 }],
    [
      'an award there is no room for just now may find some',
      'Awarded',
      { resolved: false, hindrance: { code: 10_201, forMs: DECLINE_AFTER_MS - 1 } },
      undefined,
    ],
    [
      'an award there is no room for is declined before its deadline',
      'Awarded',
      { resolved: false, hindrance: { code: 10_201, forMs: DECLINE_AFTER_MS } },
      { call: 'decline', reason: 10_201 },
    ],
    [
      'what was accepted is not given up for want of room, while there is time',
      'Accepted',
      { ready: 'Unknown', hindrance: { code: 10_201, forMs: DECLINE_AFTER_MS } },
      undefined,
    ],
    ['what is up is reported ready', 'Accepted', {}, { call: 'ready' }],
    ['what is not up yet is not', 'Accepted', { ready: 'False' }, undefined],
    [
      'what cannot be made after all is given up',
      'Accepted',
      { stalledCode: 10_201 },
      { call: 'decline', reason: 10_201 },
    ],
    ['what is active and up needs no word', 'Active', {}, undefined],
    ['a restart is no degradation', 'Active', { ready: 'False', readyForMs: DEGRADED_AFTER_MS - 1 }, undefined],
    ['what stays down is degraded', 'Active', { ready: 'False' }, { call: 'degraded', reason: DOWN }],
    ['what cannot be seen is not called down', 'Active', { ready: 'Unknown' }, undefined],
    ['what is back is recovered', 'Degraded', {}, { call: 'recovered' }],
    ['what is still down is not', 'Degraded', { ready: 'False' }, undefined],
    ['a suspended tenure is left to the chain', 'Suspended', { ready: 'False' }, undefined],
    ['an ended tenure is released on proof', 'Ended', { released: true }, { call: 'released' }],
    ['an ended tenure is not released before', 'Ended', {}, undefined],
  ])('%s', (_name, state, more, expected) => {
    expect(report(state, more)).toEqual(expected);
  });

  it('is nothing while the status speaks of an older spec', () => {
    for (const state of tenureStates) {
      expect(report(state, { current: false, released: true, stalledCode: 10_001 })).toBeUndefined();
    }
  });
});
