import { expect, it } from 'vitest';
import { figuresIn } from './chain.ts';
import { reportOf } from './report.ts';

const printed = {
  'chain.empty_block_us': { '0': 1000, '100000': 1100 },
  'chain.empty_block_100k_vs_0': 1.1,
  'chain.calls_per_block': { subscribe: 800, accept: 1900 },
};

it('what the Rust example prints becomes figures that the report takes', () => {
  const figures = figuresIn(JSON.stringify(printed));
  expect(Object.fromEntries(figures.map(({ name, value, unit }) => [name, `${value} ${unit}`]))).toEqual({
    'chain.empty_block_100k_vs_0': '1.1 ratio',
    'chain.empty_block_0': '1000 µs',
    'chain.empty_block_100000': '1100 µs',
    'chain.calls_per_block.subscribe': '800 calls',
    'chain.calls_per_block.accept': '1900 calls',
  });
  expect(() => reportOf(figures, 'a machine', new Date(0))).not.toThrow();
});

it('what it prints instead is no figure', () => {
  expect(() => figuresIn('{"chain.empty_block_us":{}}')).toThrow('the example printed {"chain.empty_block_us":{}}');
});
