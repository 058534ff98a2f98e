import { randomBytes } from 'node:crypto';
import type { KubeClient } from '../../src/kube/client/kube-client.ts';
import type { AnyObject, KubeObject, ResourceType } from '../../src/kube/client/resource-type.ts';

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const core = { group: '', version: 'v1', namespaced: true };

export const configMaps: ResourceType<ConfigMap> = { ...core, plural: 'configmaps', kind: 'ConfigMap' };
export const serviceAccounts: ResourceType = { ...core, plural: 'serviceaccounts', kind: 'ServiceAccount' };
export const namespaces: ResourceType<AnyObject> = {
  ...core,
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
};
export const events: ResourceType<AnyObject> = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};

/** A new namespace for a test, and a function that removes it without waiting for the end of the removal. */
export async function freshNamespace(client: KubeClient): Promise<[name: string, drop: () => Promise<void>]> {
  const { signal } = new AbortController();
  const name = `test-${randomBytes(5).toString('hex')}`;
  await client.create(namespaces, { metadata: { name } }, signal);
  return [
    name,
    async () => {
      await client.delete(namespaces, { name }, signal);
    },
  ];
}
