import { describe, expect, it } from 'vitest';
import { mirrorPatch } from './mirror-patch.ts';

const labels = { 'dinfra.io/tenure': '1' };
const wanted = (spec: object) => ({ name: 'dinfra-1-1', labels, spec });
const cached = (spec: object, has: Readonly<Record<string, string>> = labels) => ({ metadata: { labels: has }, spec });

describe('the patch of a mirrored object', () => {
  it('is none when labels and spec say what they should', () => {
    const spec = { state: 'Active', descriptor: { hash: '0x1', length: 4 } };
    expect(mirrorPatch(cached(spec), wanted(structuredClone(spec)))).toBeUndefined();
  });

  it('has the fields that differ only, inside of objects too', () => {
    const before = cached({ state: 'Awarded', tenure: 1, descriptor: { hash: '0x1', length: 4 } });
    const after = wanted({ state: 'Active', tenure: 1, descriptor: { hash: '0x2', length: 4 } });
    expect(mirrorPatch(before, after)).toEqual({ spec: { state: 'Active', descriptor: { hash: '0x2' } } });
  });

  it('removes a field that the source does not state any more', () => {
    const before = cached({ state: 'Active', update: { hash: '0x2' }, descriptor: { hash: '0x1', source: 'Ipfs' } });
    expect(mirrorPatch(before, wanted({ state: 'Active', descriptor: { hash: '0x1' } }))).toEqual({
      spec: { update: null, descriptor: { source: null } },
    });
  });

  it('adds an object whole, and replaces a list whole', () => {
    const before = cached({ list: ['a', 'b'] });
    const after = wanted({ list: ['a'], accepted: { hash: '0x1' } });
    expect(mirrorPatch(before, after)).toEqual({ spec: { list: ['a'], accepted: { hash: '0x1' } } });
  });

  it('leaves suspend and the labels of others alone', () => {
    const before = cached({ state: 'Active', suspend: true }, { ...labels, team: 'red' });
    expect(mirrorPatch(before, wanted({ state: 'Active' }))).toBeUndefined();
  });

  it('puts a label back that somebody has changed or removed', () => {
    expect(mirrorPatch(cached({}, { 'dinfra.io/tenure': '7' }), wanted({}))).toEqual({ metadata: { labels } });
    expect(mirrorPatch({ metadata: {}, spec: {} }, wanted({}))).toEqual({ metadata: { labels } });
  });
});
