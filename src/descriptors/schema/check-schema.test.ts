import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../base/json.ts';
import { checkSchema } from './check-schema.ts';

function check(schema: Json, descriptor: Json) {
  return checkSchema({ type: 'helm/v1', schema: JSON.stringify(schema), descriptor: JSON.stringify(descriptor) });
}

const helm: Json = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['chart'],
  additionalProperties: false,
  properties: {
    chart: {
      oneOf: [
        {
          type: 'object',
          required: ['repository', 'name', 'version'],
          additionalProperties: false,
          properties: {
            repository: { type: 'string', pattern: '^https://' },
            name: { type: 'string', minLength: 1 },
            version: { type: 'string' },
          },
        },
        { type: 'object', required: ['oci'], additionalProperties: false, properties: { oci: { type: 'string' } } },
      ],
    },
    values: { type: 'object', properties: { replicas: { $ref: '#/$defs/replicas' } } },
    ports: {
      type: 'array',
      maxItems: 2,
      items: { type: 'object', properties: { port: { type: 'integer', maximum: 65_535 } } },
    },
    size: { enum: ['small', 'large'] },
    labels: { propertyNames: { pattern: '^[a-z]+$' } },
  },
  $defs: { replicas: { type: 'integer', minimum: 1 } },
};
const chart: Json = { oci: 'oci://example.org/node' };

test.each<[Json, string, string]>([
  [
    { chart, values: { replicas: 'three' } },
    '/values/replicas',
    'values.replicas is "three"; helm/v1 wants an integer',
  ],
  [{ chart, values: { replicas: 0 } }, '/values/replicas', 'values.replicas is 0; helm/v1 wants at least 1'],
  [{}, '/chart', 'chart is missing; helm/v1 wants it'],
  ['chart', '', 'the descriptor is "chart"; helm/v1 wants an object'],
  [{ chart, extra: 1 }, '/extra', 'extra is not a field that helm/v1 knows'],
  [{ chart, size: 'huge' }, '/size', 'size is "huge"; helm/v1 wants "small" or "large"'],
  [
    { chart, ports: [{ port: 80 }, { port: 70_000 }] },
    '/ports/1/port',
    'ports[1].port is 70000; helm/v1 wants at most 65535',
  ],
  [{ chart, ports: [{}, {}, {}] }, '/ports', 'ports is a list of 3 items; helm/v1 wants at most 2 items'],
  [{ chart, ports: [null] }, '/ports/0', 'ports[0] is null; helm/v1 wants an object'],
  [{ chart, labels: { A: 1 } }, '/labels', 'labels has the key "A", a name that helm/v1 does not allow'],
  [{ chart: { repository: 'https://x', name: 'y' } }, '/chart/version', 'chart.version is missing; helm/v1 wants it'],
  [{ chart: { oci: 3 } }, '/chart/oci', 'chart.oci is 3; helm/v1 wants a string'],
  [
    { chart: { repository: 'file:///etc', name: 'y', version: '1' } },
    '/chart/repository',
    'chart.repository is "file:///etc"; helm/v1 wants text that matches ^https://',
  ],
  [{ chart: [] }, '/chart', 'chart is a list of 0 items; helm/v1 wants an object'],
])('%j is reported at %s: %s', (descriptor, path, message) => {
  expect(check(helm, descriptor)).toEqual({ kind: 'Mismatch', path, message });
});

test.each<[Json, Json, string]>([
  [{ dependentRequired: { a: ['b', 'c'] } }, { a: 1, b: 2 }, 'c is missing; helm/v1 wants it where a is given'],
  [{ properties: { a: { not: { type: 'string' } } } }, { a: 'x' }, 'a is "x"; helm/v1 excludes that'],
  [{ properties: { a: false } }, { a: 'x' }, 'a is "x"; helm/v1 allows nothing there'],
  [{ type: ['string', 'null'] }, 1, 'the descriptor is 1; helm/v1 wants a string or null'],
  [{ uniqueItems: true }, [1, 1], 'the descriptor has the same item twice; helm/v1 wants each once'],
  [{ const: 'x' }, 'y', 'the descriptor is "y"; helm/v1 wants "x"'],
  [{ minLength: 3 }, 'ab', 'the descriptor is "ab"; helm/v1 wants at least 3 characters'],
  [{ format: 'ipv4' }, 'x', 'the descriptor is "x"; helm/v1 wants text of the format ipv4'],
  [{ multipleOf: 5 }, 7, 'the descriptor is 7; helm/v1 wants a multiple of 5'],
  [{ minProperties: 1 }, {}, 'the descriptor is an object; helm/v1 wants at least 1 fields'],
  [{ properties: { 'a.b': { type: 'null' } } }, { 'a.b': 1 }, '["a.b"] is 1; helm/v1 wants null'],
  [
    { oneOf: [{ type: 'integer' }, { minimum: 0 }] },
    3,
    'the descriptor is 3; helm/v1 has several forms for it and wants exactly one of them',
  ],
])('the schema %j reports for %j: %s', (schema, descriptor, message) => {
  expect(check(schema, descriptor)).toMatchObject({ kind: 'Mismatch', message });
});

test('all faults are reported at once, and an unknown field with the known one it resembles', () => {
  const vm: Json = {
    type: 'object',
    required: ['cpu', 'memory', 'image'],
    additionalProperties: false,
    properties: {
      cpu: { type: 'integer' },
      memory: { type: 'string' },
      image: { type: 'string' },
      disk: { $ref: '#/$defs/disk' },
    },
    $defs: { disk: { additionalProperties: false, properties: { size: { type: 'string' } } } },
  };
  const verdict = check(vm, { cpus: 2, memory: 1, disk: { sise: '1Gi', colour: 'red' } });
  expect(verdict).toMatchObject({ kind: 'Mismatch', path: expect.any(String) });
  expect((verdict as { message: string }).message.split('. ').toSorted()).toEqual([
    'cpu is missing; helm/v1 wants it',
    'cpus is not a field that helm/v1 knows; did you mean cpu?',
    'disk.colour is not a field that helm/v1 knows',
    'disk.sise is not a field that helm/v1 knows; did you mean size?',
    'image is missing; helm/v1 wants it',
    'memory is 1; helm/v1 wants a string',
  ]);
});

test('of many faults ten are reported, and how many more there are', () => {
  const some = check({ items: { type: 'string' } }, new Array(25).fill(1));
  expect(some).toMatchObject({ path: '/0', message: expect.stringMatching(/^\[0\] is 1.*\[9\] is 1; .*\. 15 more$/) });
  const many = check({ items: { type: 'string' } }, new Array(2_000).fill(1));
  expect(many).toMatchObject({ message: expect.stringMatching(/\. 90 more at least$/) });
});

test('a message quotes no more of a descriptor than a person reads', () => {
  const verdict = check({ type: 'integer' }, 'x'.repeat(100_000));
  expect(verdict).toMatchObject({ message: `the descriptor is "${'x'.repeat(60)}…"; helm/v1 wants an integer` });
});

test('inherited property names count as absent unless the document has them', () => {
  expect(check({ required: ['toString'] }, {})).toMatchObject({ kind: 'Mismatch', path: '/toString' });
  expect(check({ required: ['__proto__'] }, {})).toMatchObject({ kind: 'Mismatch' });
  expect(check({ properties: { constructor: { type: 'string' } } }, {})).toEqual({ kind: 'Valid' });
  expect(check({ additionalProperties: false }, JSON.parse('{"__proto__":1}'))).toMatchObject({ kind: 'Mismatch' });
});

test.each<[string, string, string, RegExp]>([
  ['is not JSON', '{', '', /^the schema of helm\/v1 is not a JSON document/],
  ['is a list', '[]', '', /is not an object/],
  ['is true', 'true', '', /is not an object/],
  [
    'has a misspelt type',
    '{"properties":{"a":{"type":"strin"}}}',
    '/properties/a/type',
    /properties.a.type is "strin"; JSON Schema wants/,
  ],
  ['has a bound that is not a number', '{"minimum":"3"}', '/minimum', /minimum is "3"; JSON Schema wants a number/],
  [
    'has an invalid pattern',
    '{"pattern":"("}',
    '/pattern',
    /pattern is "\("; JSON Schema wants text of the format regex/,
  ],
  ['has a required that is not a list', '{"required":true}', '/required', /required is true; JSON Schema wants a list/],
  ['is of an old dialect', '{"$schema":"http://json-schema.org/draft-04/schema#"}', '/$schema', /draft-04.*known are/],
  ['is of its own dialect', '{"$schema":"https://evil.example/schema"}', '/$schema', /known are/],
  ['refers to another document', '{"$ref":"https://evil.example/x"}', '/$ref', /only references within the schema/],
  [
    'refers to a file',
    '{"properties":{"a":{"$ref":"file:///etc/passwd"}}}',
    '/properties/a/$ref',
    /only references within/,
  ],
  ['refers to nothing', '{"$ref":"#/$defs/a"}', '/$ref', /is "#\/\$defs\/a"; there is nothing there/],
  ['refers to an inherited name', '{"$ref":"#/toString"}', '/$ref', /there is nothing there/],
  ['refers to a missing anchor', '{"$dynamicRef":"#a"}', '/$dynamicRef', /there is nothing there/],
  ['has an id in a part of it', '{"$defs":{"a":{"$id":"https://x.example"}}}', '/$defs/a/$id', /an address of its own/],
  ['has a key twice', '{"type":"object","type":"string"}', '/type', /has the key "type" twice/],
])('a schema that %s cannot be used', (_what, schema, path, message) => {
  const verdict = checkSchema({ type: 'helm/v1', schema });
  expect(verdict).toMatchObject({ kind: 'Unusable', path });
  expect(verdict).toHaveProperty('message', expect.stringMatching(message));
});

test('a schema that refers to itself without end cannot be used', () => {
  expect(check({ $ref: '#' }, {})).toEqual({
    kind: 'Unusable',
    path: '',
    message: 'the schema of helm/v1 refers to itself without end',
  });
});

test.each<[string, Json]>([
  ['to itself, with the document', { properties: { child: { $ref: '#' } }, type: 'object' }],
  ['to an anchor', { $defs: { a: { $anchor: 'node', type: 'object' } }, $ref: '#node' }],
  ['by an encoded pointer', { $defs: { 'a/b %': { type: 'object' } }, $ref: '#/$defs/a~1b%20%25' }],
  [
    'of draft 07',
    { $schema: 'http://json-schema.org/draft-07/schema', definitions: { a: {} }, $ref: '#/definitions/a' },
  ],
  [
    'recursively, of 2019-09',
    {
      $schema: 'https://json-schema.org/draft/2019-09/schema',
      $recursiveAnchor: true,
      additionalProperties: { $recursiveRef: '#' },
    },
  ],
  ['with an address of the whole', { $id: 'https://example.org/helm.json', $defs: { a: true }, $ref: '#/$defs/a' }],
  [
    'nowhere: what looks like a reference is data',
    { default: { $ref: 'https://x.example' }, enum: [{}, { $ref: 'y' }] },
  ],
])('a schema may refer %s', (_what, schema) => {
  expect(check(schema, {})).toEqual({ kind: 'Valid' });
});

test('checking any schema and descriptor returns a verdict', () => {
  const keyword = fc.constantFrom(
    'type',
    'properties',
    'items',
    'enum',
    'allOf',
    '$ref',
    'pattern',
    'not',
    '$id',
    'format',
    '~refine',
  );
  const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
  const schema = fc.dictionary(keyword, fc.oneof(json, fc.dictionary(keyword, json)));
  fc.assert(
    fc.property(schema, json, (rules, descriptor) => {
      expect(['Valid', 'Unusable', 'Mismatch']).toContain(check(rules as Json, descriptor).kind);
    }),
    { numRuns: 500 },
  );
});
