import { describe, expect, it } from 'vitest';
import { succession } from './block-ref.ts';

const known = { number: 7, hash: '0x77' };

describe('a reported finalised head', () => {
  it('advances when it is the first', () => {
    expect(succession(undefined, known, undefined)).toBe('advanced');
  });
  it('advances when the known block is its ancestor', () => {
    expect(succession(known, { number: 9, hash: '0x99' }, '0x77')).toBe('advanced');
  });
  it('is the same when nothing happened', () => {
    expect(succession(known, known, '0x77')).toBe('same');
  });
  it('is behind, not a rollback, when a node lags', () => {
    expect(succession(known, { number: 6, hash: '0x66' }, undefined)).toBe('behind');
  });
  it('has diverged when the node has another block at the known height', () => {
    expect(succession(known, { number: 9, hash: '0x99' }, '0x7a')).toBe('diverged');
    expect(succession(known, { number: 7, hash: '0x7a' }, '0x7a')).toBe('diverged');
  });
  it('has diverged when the node has no block at the known height', () => {
    expect(succession(known, { number: 9, hash: '0x99' }, undefined)).toBe('diverged');
  });
});
