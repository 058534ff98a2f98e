import Schema from 'typebox/schema';

/** The supported dialects of JSON Schema, by their `$schema`. */
const dialects = [
  'https://json-schema.org/draft/2020-12/schema',
  'https://json-schema.org/draft/2019-09/schema',
  'http://json-schema.org/draft-07/schema#',
] as const;

/** The dialect of a schema without `$schema`. */
const DEFAULT_DIALECT = dialects[0];

/** The meta-schema of a schema; undefined if its `$schema` names an unknown dialect. */
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
