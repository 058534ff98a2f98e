import { describe, expect, it } from 'vitest';
import { provenAncestor, succession } from './block-ref.ts';

const known = { number: 7, hash: '0x77' };

describe('a reported finalised head', () => {
  it('the first finalised head advances the cursor', () => {
    expect(succession(undefined, known, undefined)).toBe('advanced');
  });
  it('a finalised head advances when the known block is its ancestor', () => {
    expect(succession(known, { number: 9, hash: '0x99' }, '0x77')).toBe('advanced');
  });
  it('a finalised head with the known number and hash is the same block', () => {
    expect(succession(known, { ...known }, '0x77')).toBe('same');
  });
  it('a lower finalised head is behind, not a rollback', () => {
    expect(succession(known, { number: 6, hash: '0x66' }, undefined)).toBe('behind');
  });
  it('a head of a warp-syncing node without a block at the known height is behind, not diverged', () => {
    expect(succession(known, { number: 9, hash: '0x99' }, undefined)).toBe('behind');
  });
  it('a finalised head has diverged when the node has another block at the known height', () => {
    expect(succession(known, { number: 9, hash: '0x99' }, '0x7a')).toBe('diverged');
    expect(succession(known, { number: 7, hash: '0x7a' }, '0x7a')).toBe('diverged');
  });
});

describe('what a header proves by itself', () => {
  const header = { number: 8, hash: '0x88', parentHash: '0x77', upgradesRuntime: false };
  it('a header proves its parent, so that a contiguous head costs no request', () => {
    expect(provenAncestor(known, header)).toBe('0x77');
    expect(provenAncestor({ number: 8, hash: '0x8a' }, header)).toBe('0x88');
  });
  it('a header proves nothing about blocks below its parent', () => {
    expect(provenAncestor({ number: 6, hash: '0x66' }, header)).toBeUndefined();
  });
});
