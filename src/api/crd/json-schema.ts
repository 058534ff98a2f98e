import { apiVersionOf } from '../../base/kube-object.ts';
import type { Definition } from '../definition.ts';
import { customResourceDefinition } from './custom-resource-definition.ts';

interface Node {
  readonly [keyword: string]: unknown;
}

/**
 * The JSON Schema of a kind, for editors and kubeconform: what the API server checks without CEL. Stricter in one thing:
 * a field nobody knows is refused here, where the API server only warns and drops it.
 */
export function jsonSchema(definition: Definition): Node {
  const { openAPIV3Schema } = customResourceDefinition(definition).spec.versions[0]?.schema ?? {};
  const { properties, ...rest } = strict((openAPIV3Schema ?? {}) as Node);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...rest,
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      ...(properties as Node),
      apiVersion: { type: 'string', enum: [apiVersionOf(definition)] },
      kind: { type: 'string', enum: [definition.kind] },
      metadata: { type: 'object' },
    },
  };
}

/** The same schema without the keywords of Kubernetes and without additional fields. */
function strict(schema: Node): Node {
  const out: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (!keyword.startsWith('x-kubernetes-')) out[keyword] = value;
  }
  if (schema['x-kubernetes-list-type'] === 'set') out['uniqueItems'] = true;
  if (schema['items'] !== undefined) out['items'] = strict(schema['items'] as Node);
  const { properties, additionalProperties } = schema;
  if (additionalProperties !== undefined) out['additionalProperties'] = strict(additionalProperties as Node);
  if (properties !== undefined) {
    const fields = Object.entries(properties as Readonly<Record<string, Node>>);
    out['properties'] = Object.fromEntries(fields.map(([name, field]) => [name, strict(field)]));
  }
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties !== undefined;
  if (schema['type'] === 'object' && !isOpen) out['additionalProperties'] = false;
  return out;
}
