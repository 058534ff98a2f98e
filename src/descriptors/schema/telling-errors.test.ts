import { expect, test } from 'vitest';
import type { Json } from '../../base/json.ts';
import { checkSchema } from './check-schema.ts';

function said(schema: Json, descriptor: Json): string | undefined {
  const verdict = checkSchema({ type: 'x/v1', schema: JSON.stringify(schema), descriptor: JSON.stringify(descriptor) });
  return verdict.kind === 'Mismatch' ? verdict.message : verdict.kind;
}

const closed = (
  properties: { readonly [name: string]: Json },
  required: readonly string[],
  more: object = {},
): Json => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  ...more,
});

const chart: Json = {
  oneOf: [
    closed({ repository: { type: 'string' }, name: { type: 'string' }, version: { type: 'string' } }, [
      'repository',
      'name',
      'version',
    ]),
    closed({ oci: { type: 'string' }, version: true, digest: true }, ['oci'], {
      anyOf: [{ required: ['version'] }, { required: ['digest'] }],
    }),
    closed({ archive: { type: 'string', pattern: '^[a-z]+$' } }, ['archive']),
  ],
};

test.each<[string, Json, string]>([
  ['the alternative that knows all fields', { oci: 'x' }, 'version is missing; x/v1 wants it'],
  ['the alternative that knows most fields', { oci: 'x', version: '1', foo: 1 }, 'foo is not a field that x/v1 knows'],
  [
    'the alternative whose only field is wrong',
    { archive: '!' },
    'archive is "!"; x/v1 wants text that matches ^[a-z]+$',
  ],
  ['the alternative with the fewest errors', { repository: 'x', name: 'y' }, 'version is missing; x/v1 wants it'],
])('of several forms, %s was meant', (_what, descriptor, message) => {
  expect(said(chart, descriptor)).toBe(message);
});

test('a value that matches no alternative is reported with the types they accept', () => {
  expect(said(chart, 'nginx')).toBe('the descriptor is "nginx"; x/v1 wants an object');
  expect(said({ anyOf: [{ type: 'string' }, { type: ['integer', 'null'] }] }, [])).toBe(
    'the descriptor is a list of 0 items; x/v1 wants a string, an integer or null',
  );
});

test('a matching tag selects the alternative, however much else is wrong', () => {
  const forms: Json = {
    anyOf: [
      { properties: { kind: { const: 'a' }, x: { type: 'integer' }, y: { type: 'integer' } } },
      { properties: { kind: { const: 'b' } } },
    ],
  };
  expect(said(forms, { kind: 'a', x: 'one', y: 'two' })).toBe(
    'x is "one"; x/v1 wants an integer. y is "two"; x/v1 wants an integer',
  );
});

test('an error beside alternatives is reported together with that of the nearest alternative', () => {
  const schema: Json = { properties: { chart, replicas: { type: 'integer' } } };
  expect(said(schema, { chart: 'nginx', replicas: 'three' })).toBe(
    'chart is "nginx"; x/v1 wants an object. replicas is "three"; x/v1 wants an integer',
  );
});

test('nested alternatives are followed to the field', () => {
  expect(said({ items: { anyOf: [{ properties: { chart } }, { type: 'null' }] } }, [{ chart: { archive: 1 } }])).toBe(
    '[0].chart.archive is 1; x/v1 wants a string',
  );
});
