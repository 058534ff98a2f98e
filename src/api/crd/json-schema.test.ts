import { expect, test } from 'vitest';
import { definitions } from './definitions.ts';
import { jsonSchema } from './json-schema.ts';
import { structuralSchema } from './structural-schema.ts';

type Node = { readonly [keyword: string]: unknown };

/** Every schema within a schema, with its path. */
function nodesOf(schema: Node, path: string): readonly (readonly [string, Node])[] {
  const {
    items,
    additionalProperties,
    properties = {},
  } = schema as {
    readonly items?: Node;
    readonly additionalProperties?: Node | false;
    readonly properties?: Readonly<Record<string, Node>>;
  };
  return [
    [path, schema],
    ...(items === undefined ? [] : nodesOf(items, `${path}[]`)),
    ...(additionalProperties ? nodesOf(additionalProperties, `${path}.*`) : []),
    ...Object.entries(properties).flatMap(([name, property]) => nodesOf(property, `${path}.${name}`)),
  ];
}

test.each(definitions)(
  'every form that a rule demands of a string of $kind is a pattern too',
  ({ spec, status, kind }) => {
    const all = [spec, status].flatMap((part) => nodesOf(structuralSchema(part, kind), kind));
    const formed = all.flatMap(([path, schema]) =>
      ((schema['x-kubernetes-validations'] ?? []) as readonly { readonly rule: string }[])
        .flatMap(({ rule }) => /^self\.matches\('(.*)'\)$/.exec(rule)?.[1] ?? [])
        .map((form) => ({ path, form, pattern: schema['pattern'] })),
    );
    expect(formed.length).toBeGreaterThan(0);
    expect(formed.map(({ path, form }) => ({ path, form, pattern: form }))).toEqual(formed);
  },
);

test.each(definitions)('the JSON Schema of $kind knows every field, and no keyword of Kubernetes', (definition) => {
  const nodes = nodesOf(jsonSchema(definition), definition.kind);
  for (const [path, node] of nodes) {
    expect([path, Object.keys(node).filter((keyword) => keyword.startsWith('x-'))]).toEqual([path, []]);
  }
  const open = nodes.filter(([, node]) => node['type'] === 'object' && node['additionalProperties'] === undefined);
  const openPaths = open.map(([path]) => path);
  expect(openPaths.filter((path) => !path.endsWith('.metadata') && !path.endsWith('.memo'))).toEqual([]);
});
