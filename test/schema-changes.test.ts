import { expect, test } from 'vitest';
import { changed, changesOf, type Schema } from './support/schema-changes.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    count: { type: 'integer', minimum: 1, maximum: 5 },
    mode: { type: 'string', enum: ['Open', 'Closed'] },
    hosts: { type: 'array', items: { type: 'string', maxLength: 3 } },
    limits: { type: 'object', properties: { rate: { type: 'integer' } } },
  },
};
const spec = { count: 2, mode: 'Open', hosts: ['a'] };
const valuesAt = (...path: readonly (string | number)[]) =>
  changesOf(schema, spec)
    .filter((change) => change.path.join() === path.join())
    .map(({ value }) => value);

test('schema changes set a number to its bounds and beyond', () => {
  expect(valuesAt('count')).toEqual(expect.arrayContaining([undefined, null, 1, 0, 'three', 1.5, 3, 5, 6]));
});

test('schema changes set an enum to its other values and an invalid one', () => {
  expect(valuesAt('mode')).toEqual([undefined, null, 'Closed', 'Nonsense']);
});

test('schema changes include fields of list items and of absent objects', () => {
  expect(valuesAt('hosts', 0)).toContain('aaaa');
  expect(valuesAt('limits', 'rate')).toContain(0);
});

test('a schema change is applied to a copy and creates missing parents', () => {
  expect(changed(spec, { path: ['limits', 'rate'], value: 3 })).toEqual({ ...spec, limits: { rate: 3 } });
  expect(changed(spec, { path: ['hosts', 0], value: 'b' })).toEqual({ ...spec, hosts: ['b'] });
  expect(changed(spec, { path: ['mode'], value: undefined })).toEqual({ count: 2, hosts: ['a'] });
  expect(spec).toEqual({ count: 2, mode: 'Open', hosts: ['a'] });
});
