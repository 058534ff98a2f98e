import { describe, expect, it } from 'vitest';
import { provenAncestor, succession } from './block-ref.ts';

const known = { number: 7, hash: '0x77' };

describe('a reported finalised head', () => {
  it('advances when it is the first', () => {
    expect(succession(undefined, known, undefined)).toBe('advanced');
  });
  it('advances when the known block is its ancestor', () => {
    expect(succession(known, { number: 9, hash: '0x99' }, '0x77')).toBe('advanced');
  });
  it('is the same when it has the same number and hash, whatever object it came in', () => {
    expect(succession(known, { ...known }, '0x77')).toBe('same');
  });
  it('is behind, not a rollback, when a node lags', () => {
    expect(succession(known, { number: 6, hash: '0x66' }, undefined)).toBe('behind');
  });
  it('is behind, not diverged, when a warp-syncing node has no block at the known height yet', () => {
    expect(succession(known, { number: 9, hash: '0x99' }, undefined)).toBe('behind');
  });
  it('has diverged when the node has another block at the known height', () => {
    expect(succession(known, { number: 9, hash: '0x99' }, '0x7a')).toBe('diverged');
    expect(succession(known, { number: 7, hash: '0x7a' }, '0x7a')).toBe('diverged');
  });
});

describe('what a header proves by itself', () => {
  const header = { number: 8, hash: '0x88', parentHash: '0x77', upgradesRuntime: false };
  it('is its parent, so that a contiguous head costs no request', () => {
    expect(provenAncestor(known, header)).toBe('0x77');
    expect(provenAncestor({ number: 8, hash: '0x8a' }, header)).toBe('0x88');
  });
  it('is nothing about blocks further below', () => {
    expect(provenAncestor({ number: 6, hash: '0x66' }, header)).toBeUndefined();
  });
});
