import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Condition } from '../api/condition.ts';
import { Store } from '../kube/cache/store.ts';
import type { KubeObject } from '../kube/client/resource-type.ts';
import { showStalled } from './stalled-metrics.ts';

interface Stub extends KubeObject {
  readonly status: { readonly conditions?: readonly Condition[] };
}

function objectWith(kind: string, name: string, conditions: readonly Partial<Condition>[], namespace?: string): Stub {
  return {
    apiVersion: 'dinfra.io/v1alpha1',
    kind,
    metadata: {
      name,
      uid: name,
      resourceVersion: `${conditions.length}`,
      creationTimestamp: '2026-11-21T09:00:00Z',
      ...(namespace !== undefined && { namespace }),
    },
    status: {
      conditions: conditions.map((one) => ({
        type: 'Stalled',
        status: 'True',
        reason: 'SecretMissing',
        message: '',
        lastTransitionTime: '2026-11-21T09:00:00Z',
        ...one,
      })),
    },
  };
}

test('what is Stalled is counted by kind and reason, and nothing else is', async () => {
  const registry = new Registry();
  const [providers, types] = [new Store<Stub>(), new Store<Stub>()];
  showStalled(registry, [providers, types]);
  providers.put(objectWith('Provider', 'a', [{}], 'acme'));
  providers.put(objectWith('Provider', 'b', [{}], 'acme'));
  providers.put(objectWith('Provider', 'c', [{ type: 'Ready' }, { status: 'False' }], 'acme'));
  types.put(objectWith('DescriptorType', 'vm', [{ reason: 'SchemaInvalid' }]));
  const shown = async () => (await registry.getSingleMetricAsString('dinfra_stalled')).split('\n').slice(2);
  expect(await shown()).toEqual([
    'dinfra_stalled{namespace="acme",kind="Provider",reason="SecretMissing"} 2',
    'dinfra_stalled{namespace="",kind="DescriptorType",reason="SchemaInvalid"} 1',
  ]);
  providers.put(objectWith('Provider', 'a', [], 'acme'));
  expect(await shown()).toContain('dinfra_stalled{namespace="acme",kind="Provider",reason="SecretMissing"} 1');
});
