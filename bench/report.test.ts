import { describe, expect, it } from 'vitest';
import { chosenBy, type Figure, isWithinBound, reportOf, rounded } from './report.ts';

const figure: Figure = { name: 'chain.block', value: 1.5, unit: 's', runs: 3, method: 'Three blocks.' };
const at = new Date('2026-11-21T10:00:00Z');
const report = (...figures: Figure[]) => reportOf(figures, 'a machine', at);

describe('the report', () => {
  it('a report has the figures by name, the time and the machine', () => {
    const other = { ...figure, name: 'chain.award' };
    expect(report(figure, other)).toEqual({ at: at.toISOString(), machine: 'a machine', figures: [other, figure] });
  });

  it.each([
    ['no number', { value: Number.NaN }, 'chain.block is NaN'],
    ['never measured', { runs: 0 }, 'chain.block was measured 0 times'],
    ['of unknown origin', { method: '' }, 'chain.block does not say how it was measured'],
    ['nameless', { name: 'Block' }, 'Block is no name of a figure'],
  ])('a report refuses a figure that is %s', (_why, change, message) => {
    expect(() => report({ ...figure, ...change })).toThrow(message);
  });

  it('a report refuses a figure that occurs twice', () => {
    expect(() => report(figure, figure)).toThrow('chain.block was measured twice');
  });
});

it('people read three digits', () => {
  expect([12, 0.123456, 1234.5].map(rounded)).toEqual(['12', '0.123', '1230']);
});

it.each([
  ['at its upper bound', { bound: { atMost: 1.5 } }, true],
  ['above it', { bound: { atMost: 1.4 } }, false],
  ['at its lower bound', { bound: { atLeast: 1.5 } }, true],
  ['below it', { bound: { atLeast: 1.6 } }, false],
  ['without one', {}, true],
])('a figure %s is judged by it', (_why, bound, within) => {
  expect(isWithinBound({ ...figure, ...bound })).toBe(within);
});

it('a bench is named alone, or with the sizes it is to be run with', () => {
  expect(chosenBy('scale')).toEqual({ name: 'scale', sizes: undefined });
  expect(chosenBy('scale:1000,10000')).toEqual({ name: 'scale', sizes: [1_000, 10_000] });
  for (const wrong of ['scale:', 'scale:many', 'scale:1:2', 'scale:-1']) expect(() => chosenBy(wrong)).toThrow(wrong);
});
