import { beforeEach, expect, it } from 'vitest';
import { awardOf } from '../../../test/support/memory-source.ts';
import type { Award } from '../../award/award.ts';
import { ConsumerLimits } from './consumer-limits.ts';

const HOUR = 3_600_000;
const of = (consumer: string, id: bigint, state: Award['state'] = 'Awarded') => awardOf(id, { consumer, state });

let limits: ConsumerLimits;
beforeEach(() => {
  limits = new ConsumerLimits();
});

it('a consumer who has all tenures he may have is given no more, and others are', () => {
  const awards = [of('a', 1n, 'Active'), of('a', 2n, 'Suspended'), of('a', 3n), of('a', 4n), of('b', 5n)];
  expect(limits.beyond(awards, { tenures: 3 }, 0)).toEqual(new Set(['4/1']));
  expect(limits.beyond(awards, {}, 0)).toEqual(new Set());
});

it('a tenure that has ended makes room for another', () => {
  expect(limits.beyond([of('a', 1n, 'Ended'), of('a', 2n)], { tenures: 1 }, 0)).toEqual(new Set());
});

it('a consumer who subscribes and cancels again and again is given no more than a number of awards in an hour', () => {
  const { beyond } = { beyond: (awards: Award[], now: number) => limits.beyond(awards, { awardsPerHour: 2 }, now) };
  expect(beyond([of('a', 1n)], 0)).toEqual(new Set());
  expect(beyond([of('a', 1n, 'Ended'), of('a', 2n)], 60_000)).toEqual(new Set());
  expect(beyond([of('a', 3n), of('b', 4n)], 120_000)).toEqual(new Set(['3/1']));
  expect(beyond([of('a', 3n, 'Ended')], HOUR)).toEqual(new Set());
  expect(beyond([of('a', 5n)], HOUR)).toEqual(new Set(['5/1']));
  expect(beyond([of('a', 6n)], HOUR + 60_000)).toEqual(new Set(['6/1']));
  expect(beyond([of('a', 7n)], 3 * HOUR)).toEqual(new Set());
});

it('what was accepted before the process began is no award of this hour', () => {
  const before = [of('a', 1n, 'Active'), of('a', 2n, 'Active')];
  expect(limits.beyond(before, { awardsPerHour: 1 }, 0)).toEqual(new Set());
  expect(limits.beyond([...before, of('a', 3n)], { awardsPerHour: 1 }, 1)).toEqual(new Set());
});
