import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { stringify } from 'yaml';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { strictDocument, strictDocuments, unparsable } from './strict-yaml.ts';

describe('untrusted YAML', () => {
  test('valid YAML documents are parsed unchanged', () => {
    const documents = [...strictDocuments('a: 1\n---\nb: [x, y]\n', {})].map((document) => document.toJS());
    expect(documents).toEqual([{ a: 1 }, { b: ['x', 'y'] }]);
    expect(strictDocument('', {})?.toJS() ?? null).toBeNull();
  });

  test.each([
    ['commas', `a: [${','.repeat(200_000)}`],
    ['colons', ': : '.repeat(50_000)],
    ['brackets', `${'a: {},\n'.repeat(30_000)}]`],
    ['tabs', `a:\n${'\tb\n'.repeat(50_000)}`],
  ])('parsing text with an error at each of its %s stops at the first error', (_, text) => {
    const started = cpuMs();
    expect(() => [...strictDocuments(text, {})]).toThrow(SyntaxError);
    expect(cpuMs() - started).toBeLessThan(15_000);
  });
});

const WORDS = 20_000;
/** Limit for 64 KiB, in milliseconds: parsing some of them would take minutes. */
const SOON_MS = 3_000;

describe('bounds of untrusted YAML', () => {
  it.each([
    ['brackets', '['.repeat(60_000), /nested deeper/],
    ['brackets after as many that close nothing', `${']'.repeat(9_000)}\n${'['.repeat(9_000)}`, /nested deeper/],
    ['braces', '{a: '.repeat(15_000), /nested deeper/],
    ['lists', '- '.repeat(30_000), /nested deeper/],
    ['keys', '? '.repeat(30_000), /written with "\?"/],
    ['few keys', '? '.repeat(500), /written with "\?"/],
    ['keys in brackets', `[${'? '.repeat(500)}`, /written with "\?"/],
    ['keys in lines of their own', Array.from({ length: 60 }, (_, at) => `${' '.repeat(at)}?`).join('\n'), /"\?"/],
    ['anchors', '&a '.repeat(20_000), /more than 20000 words/],
    ['quotes', '"'.repeat(60_000), /more than 20000 words/],
    ['pairs', Array.from({ length: 8_000 }, (_, at) => `k${at}: 1`).join('\n'), /more than 20000 words/],
  ])('YAML whose %s would block the process is not parsed', (_what, text, why) => {
    const started = cpuMs();
    expect(unparsable(text, WORDS)).toMatch(why);
    expect(cpuMs() - started).toBeLessThan(SOON_MS);
  });

  it('YAML as people write it may be parsed', () => {
    const crds = new URL('../../crds/', import.meta.url);
    const files = readdirSync(crds);
    expect(files).not.toEqual([]);
    for (const file of files) {
      expect(unparsable(readFileSync(new URL(file, crds), 'utf8'), WORDS)).toBeUndefined();
    }
  });

  it.each([
    ['marks in texts', stringify({ a: '['.repeat(100), b: '? '.repeat(100), c: `${'- '.repeat(100)}\n[[[`, d: '-' })],
    ['a block of anything', `a: |\n${'  - - - - [ { ? \n'.repeat(1_000)}`],
    ['a long list', '- a\n'.repeat(3_000)],
    ['many short brackets', 'a: [{}, [], {}]\n'.repeat(500)],
  ])('YAML with %s may be parsed', (_what, text) => {
    expect(unparsable(text, WORDS)).toBeUndefined();
  });
});
