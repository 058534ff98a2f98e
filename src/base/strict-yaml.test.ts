import { describe, expect, test } from 'vitest';
import { strictDocument, strictDocuments } from './strict-yaml.ts';

describe('a stranger’s YAML', () => {
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
    const started = performance.now();
    expect(() => [...strictDocuments(text, {})]).toThrow(SyntaxError);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
