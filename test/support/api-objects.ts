import type { ApiObject } from '../../src/providers/helm/cluster.ts';

/** An object as the API server returns it, with these fields and default metadata. */
export function apiObject(
  fields: Readonly<Record<string, unknown>> = {},
  metadata: Partial<ApiObject['metadata']> = {},
): ApiObject {
  return {
    ...fields,
    metadata: {
      name: 'thing',
      namespace: 'tenant',
      uid: '00000000-0000-0000-0000-000000000001',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
  };
}
