import Schema from 'typebox/schema';

/** The dialects of JSON Schema we check with, by the `$schema` that names them. */
const dialects = [
  'https://json-schema.org/draft/2020-12/schema',
  'https://json-schema.org/draft/2019-09/schema',
  'http://json-schema.org/draft-07/schema#',
] as const;

/** What a schema without `$schema` is read as. */
const DEFAULT_DIALECT = dialects[0];

/** The schema that a schema has to match, or undefined when its `$schema` names a dialect we do not know. */
export function metaSchemaOf($schema: unknown): object | undefined {
  if ($schema === undefined) return Schema.Meta[DEFAULT_DIALECT];
  const dialect = dialects.find((known) => withoutHash(known) === withoutHash(String($schema)));
  return dialect && Schema.Meta[dialect];
}

/** The known dialects, for messages. */
export const knownDialects = dialects.join(', ');

function withoutHash(uri: string): string {
  return uri.replace(/#$/, '');
}
