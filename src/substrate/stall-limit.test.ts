import { expect, it } from 'vitest';
import { pollAfterMs, RecentGaps, stallLimitMs } from './stall-limit.ts';

const unknown = { setting: undefined, blockMs: undefined, longestMs: undefined };

it('a chain that finalises every 60 s is not stalled between two heads, before and after the first gap is seen', () => {
  expect(stallLimitMs(unknown)).toBeGreaterThan(120_000);
  expect(stallLimitMs({ ...unknown, blockMs: 6_000, longestMs: 60_000 })).toBe(180_000);
});

it('a chain of fast finality is stalled after half a minute, one of slow blocks after five of them', () => {
  expect(stallLimitMs({ ...unknown, blockMs: 1_000, longestMs: 1_100 })).toBe(30_000);
  expect(stallLimitMs({ ...unknown, blockMs: 12_000, longestMs: 13_000 })).toBe(60_000);
});

it("an operator's own limit goes before what is derived", () => {
  expect(stallLimitMs({ setting: 5_000, blockMs: 12_000, longestMs: 60_000 })).toBe(5_000);
});

it('a node is not asked for heads between those it pushes', () => {
  expect(pollAfterMs({ ...unknown, longestMs: 60_000 })).toBe(90_000);
  expect(pollAfterMs(unknown)).toBe(6_000);
});

it('an old gap is forgotten after sixteen others', () => {
  const gaps = new RecentGaps();
  expect(gaps.longestMs).toBeUndefined();
  gaps.add(90_000);
  for (let i = 0; i < 15; i++) gaps.add(6_000);
  expect(gaps.longestMs).toBe(90_000);
  gaps.add(6_000);
  expect(gaps.longestMs).toBe(6_000);
});
