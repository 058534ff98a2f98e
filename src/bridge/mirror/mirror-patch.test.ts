import { describe, expect, it } from 'vitest';
import { mirrorPatch } from './mirror-patch.ts';

const labels = { 'dinfra.io/tenure': '1' };
const wanted = (spec: object) => ({ name: 'dinfra-1-1', labels, spec });
const cached = (spec: object, has: Readonly<Record<string, string>> = labels) => ({ metadata: { labels: has }, spec });

describe('the patch of a mirrored object', () => {
  it('a mirrored object that is up to date needs no patch', () => {
    const spec = { state: 'Active', descriptor: { hash: '0x1', length: 4 } };
    expect(mirrorPatch(cached(spec), wanted(structuredClone(spec)))).toBeUndefined();
  });

  it('a patch has only the fields that differ, also inside of objects', () => {
    const before = cached({ state: 'Awarded', tenure: 1, descriptor: { hash: '0x1', length: 4 } });
    const after = wanted({ state: 'Active', tenure: 1, descriptor: { hash: '0x2', length: 4 } });
    expect(mirrorPatch(before, after)).toEqual({ spec: { state: 'Active', descriptor: { hash: '0x2' } } });
  });

  it('a patch removes a field that the source no longer has', () => {
    const before = cached({ state: 'Active', update: { hash: '0x2' }, descriptor: { hash: '0x1', source: 'Ipfs' } });
    expect(mirrorPatch(before, wanted({ state: 'Active', descriptor: { hash: '0x1' } }))).toEqual({
      spec: { update: null, descriptor: { source: null } },
    });
  });

  it('a patch adds and replaces objects and lists as a whole', () => {
    const before = cached({ list: ['a', 'b'] });
    const after = wanted({ list: ['a'], accepted: { hash: '0x1' } });
    expect(mirrorPatch(before, after)).toEqual({ spec: { list: ['a'], accepted: { hash: '0x1' } } });
  });

  it('a patch does not touch spec.suspend and the labels of others', () => {
    const before = cached({ state: 'Active', suspend: true }, { ...labels, team: 'red' });
    expect(mirrorPatch(before, wanted({ state: 'Active' }))).toBeUndefined();
  });

  it('a patch restores a label of ours that was changed or removed', () => {
    expect(mirrorPatch(cached({}, { 'dinfra.io/tenure': '7' }), wanted({}))).toEqual({ metadata: { labels } });
    expect(mirrorPatch({ metadata: {}, spec: {} }, wanted({}))).toEqual({ metadata: { labels } });
  });
});
