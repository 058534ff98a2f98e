import { describe, expect, test } from 'vitest';
import { inspectChart } from './chart-inspection.ts';

const inspect = (files: Readonly<Record<string, string>>) =>
  inspectChart({
    digest: 'sha256:0',
    files: new Map(
      Object.entries({ 'Chart.yaml': 'name: demo\nversion: 1.0.0', ...files }).map(([path, text]) => [
        path,
        Buffer.from(text),
      ]),
    ),
  });

describe('a chart says', () => {
  test('the name and version of a chart are read from its Chart.yaml', () => {
    expect(inspect({})).toEqual({ name: 'demo', version: '1.0.0' });
    expect(inspect({ 'Chart.yaml': 'name: demo\nversion: 1.2' })).toEqual({ name: 'demo', version: '1.2' });
  });
});

describe('a chart is refused', () => {
  test.each(['crds/x.yaml', 'charts/sub/crds/x.yaml', 'charts/a/charts/b/crds/deep/x.yaml'])(
    'a chart is refused when it has CRDs in %s',
    (path) => {
      expect(() => inspect({ [path]: 'kind: CustomResourceDefinition' })).toThrow(
        expect.objectContaining({ code: 'ChartForbiddenKind', path: '/chart' }),
      );
    },
  );

  test('a chart with a crds folder elsewhere than at its top is not refused', () => {
    expect(() => inspect({ 'templates/crds/x.yaml': '', 'docs/crds/y.md': '' })).not.toThrow();
  });

  test.each([
    ['a reference to the network', { $ref: 'http://169.254.169.254/latest' }],
    ['a reference to a file', { properties: { a: { $ref: 'file:///var/run/secrets/token' } } }],
    ['a reference relative to its own id', { $id: 'https://evil.example/', items: [{ $ref: 'other' }] }],
    ['a dynamic reference', { allOf: [{ $dynamicRef: 'https://evil.example/' }] }],
    ['a dialect from the network', { $schema: 'https://evil.example/schema' }],
    ['a reference in a place no schema has', { anything: { at: [{ all: { $ref: '//host/x' } }] } }],
  ])('a chart is refused when the schema of its values has %s', (_, schema) => {
    for (const path of ['values.schema.json', 'charts/sub/values.schema.json']) {
      expect(() => inspect({ [path]: JSON.stringify(schema) })).toThrow(
        expect.objectContaining({ code: 'ChartInvalid' }),
      );
    }
  });

  test('a chart is refused when the schema of its values is not JSON, or endlessly deep', () => {
    const deep = `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`;
    for (const schema of ['{', '\xff', deep]) {
      expect(() => inspect({ 'values.schema.json': schema })).toThrow(
        expect.objectContaining({ code: 'ChartInvalid' }),
      );
    }
  });

  test('a chart whose schema has only local references is not refused', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: { a: { type: 'string' } },
      properties: { a: { $ref: '#/definitions/a' } },
    };
    expect(() => inspect({ 'values.schema.json': JSON.stringify(schema) })).not.toThrow();
  });

  test.each([
    ['is not YAML', 'name: [', /is not YAML/],
    ['would take minutes to parse', `name: demo\nversion: 1.0.0\n${'? '.repeat(500)}`, /is not read/],
    ['is a list', '- a', /is not a map/],
    ['has no version', 'name: demo', /no name or version/],
    ['is of a library', 'name: demo\nversion: 1.0.0\ntype: library', /library/],
    ['is too large', `name: demo\nversion: 1.0.0\n# ${'x'.repeat(70_000)}`, /larger than/],
  ])('a chart is refused when its Chart.yaml %s', (_, text, words) => {
    expect(() => inspect({ 'Chart.yaml': text })).toThrow(
      expect.objectContaining({ code: 'ChartInvalid', message: expect.stringMatching(words) }),
    );
  });
});
