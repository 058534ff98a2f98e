import { describe, expect, test } from 'vitest';
import { cpuMs } from '../../../../test/support/cpu-time.ts';
import { annotationOf, parseManifest } from './manifest.ts';

const object = (name: string, rest = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${rest}`;

describe('a manifest', () => {
  test('a manifest is split into its objects, without empty documents', () => {
    const objects = parseManifest(`---\n# Source: a\n${object('a')}\n---\n# nothing\n---\n${object('b')}\n---\nnull\n`);
    expect(objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['ConfigMap a', 'ConfigMap b']);
    expect(parseManifest('')).toEqual([]);
  });

  test('a manifest is parsed as helm parses it: with merge keys, and only values JSON has', () => {
    const [read] = parseManifest(object('a', 'base: &b {x: 1}\nmerged: {<<: *b, on: 2026-01-01}\n'));
    expect(read?.content['merged']).toEqual({ x: 1, true: '2026-01-01' });
  });

  test('the objects of a manifest keep their namespace or have none', () => {
    const named = `apiVersion: v1\nkind: X\nmetadata: {name: a, namespace: b, annotations: {c: d}}`;
    const [read] = parseManifest(named);
    expect(read?.namespace).toBe('b');
    expect(read && annotationOf(read, 'c')).toBe('d');
    expect(parseManifest(object('a'))[0]?.namespace).toBeUndefined();
  });

  test.each([
    ['is not YAML', 'a: b: c', /not YAML/],
    ['is a list', '- a', /not YAML/],
    ['has a key twice, of which two readers may take two', `${object('a')}kind: Namespace`, /not YAML/],
    ['has a key as a number and as text', object('a', 'data: {1: a, "1": b}'), /not YAML/],
    ['has keys that are nested', `a: {${'? '.repeat(500)}}`, /not YAML/],
    ['is nested beyond any use', `a: ${'['.repeat(50_000)}`, /not YAML/],
    [
      'multiplies itself by aliases',
      'a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]',
      /not YAML/,
    ],
    ['has an object without kind', 'apiVersion: v1\nmetadata: {name: a}', /without apiVersion or kind/],
    ['has an object without name', 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a}', /a Pod without a name/],
  ])('a manifest is refused when it %s', (_, text, words) => {
    expect(() => parseManifest(text)).toThrow(
      expect.objectContaining({ code: 'ChartInvalid', message: expect.stringMatching(words) }),
    );
  });

  test('parsing a manifest of many keys takes linear time', () => {
    const keys = Array.from({ length: 8_000 }, (_, at) => `  k${at}: x\n`);
    const started = cpuMs();
    expect(parseManifest(object('a', `data:\n${keys.join('')}`))).toHaveLength(1);
    expect(cpuMs() - started).toBeLessThan(10_000);
  });

  test('a manifest is refused when it is too large or has too many objects', () => {
    const tooLarge = expect.objectContaining({ code: 'ChartTooLarge' });
    expect(() => parseManifest(`# ${'x'.repeat(600_000)}`)).toThrow(tooLarge);
    expect(() => parseManifest(Array.from({ length: 101 }, (_, i) => object(`a${i}`)).join('\n---\n'))).toThrow(
      tooLarge,
    );
  });
});
