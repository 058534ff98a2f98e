import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { structuralSchema } from './structural-schema.ts';

const text = (more = {}) => Type.String({ maxLength: 8, ...more });

test('a field with a default is not required', () => {
  const schema = structuralSchema(Type.Object({ given: text(), filled: text({ default: 'x' }) }), 'spec');
  expect(schema['required']).toEqual(['given']);
});

test('a default includes the defaults of its fields', () => {
  const schema = structuralSchema(Type.Object({ deep: text({ default: 'x' }) }, { default: {} }), 'spec');
  expect(schema['default']).toEqual({ deep: 'x' });
});

test('an enum gets the type of its values', () => {
  expect(structuralSchema(Type.Enum(['A', 'B']), 'spec')).toEqual({ type: 'string', enum: ['A', 'B'] });
});

test.each([
  ['a string', Type.String(), 'spec.x: no maxLength'],
  ['a list', Type.Array(text()), 'spec.x: no maxItems'],
  ['a number', Type.Integer(), 'spec.x: no minimum'],
  ['a map', Type.Object({}, { additionalProperties: text() }), 'spec.x: no maxProperties'],
  ['a string in a list', Type.Array(Type.String(), { maxItems: 1 }), 'spec.x[]: no maxLength'],
])('a schema with %s without a bound is refused', (_what, schema, message) => {
  expect(() => structuralSchema(Type.Object({ x: schema }), 'spec')).toThrow(message);
});

test.each([
  ['a union', Type.Union([text(), Type.Boolean()]), 'spec.x: anyOf cannot be part of a CustomResourceDefinition'],
  ['a literal', Type.Literal('a'), 'spec.x: const cannot be part of a CustomResourceDefinition'],
  ['a record', Type.Record(text(), text()), 'patternProperties cannot be part of a CustomResourceDefinition'],
  ['null', Type.Null(), 'spec.x: "null" cannot be the type of a field'],
])('a schema with %s is refused, and the error names it', (_what, schema, message) => {
  expect(() => structuralSchema(Type.Object({ x: schema }), 'spec')).toThrow(message);
});
