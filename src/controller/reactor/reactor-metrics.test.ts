import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Reactor, ReactorSpec } from '../../api/reactor.ts';
import { Store } from '../../kube/cache/store.ts';
import { ReactorMetrics } from './reactor-metrics.ts';

function reactorOf(name: string, spec: ReactorSpec, ready?: 'True' | 'False' | 'Unknown'): Reactor {
  const at = '2026-11-21T09:00:00Z';
  const conditions = ready && [{ type: 'Ready', status: ready, reason: 'R', message: '', lastTransitionTime: at }];
  return {
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'Reactor',
    metadata: {
      name,
      namespace: 'acme',
      uid: name,
      resourceVersion: ready ?? '0',
      generation: 1,
      creationTimestamp: at,
    },
    spec,
    status: { observedGeneration: 1, ...(conditions && { conditions }) },
  };
}

test('a Reactor is up while it is Ready, and its series is dropped with its resource', async () => {
  const registry = new Registry();
  const store = new Store<Reactor>();
  new ReactorMetrics(registry, store);
  const cloudStack = {} as NonNullable<ReactorSpec['cloudStack']>;
  const helm = {} as NonNullable<ReactorSpec['helm']>;
  store.put(reactorOf('cloud', { cloudStack }, 'True'));
  store.put(reactorOf('charts', { helm, orphans: 'Report' }, 'Unknown'));
  store.put(reactorOf('new', { helm }));
  const shown = async () => (await registry.getSingleMetricAsString('dinfra_reactor_up')).split('\n').slice(2);
  expect(await shown()).toEqual([
    'dinfra_reactor_up{namespace="acme",reactor="cloud",kind="cloudstack"} 1',
    'dinfra_reactor_up{namespace="acme",reactor="charts",kind="helm"} 0',
    'dinfra_reactor_up{namespace="acme",reactor="new",kind="helm"} 0',
  ]);
  store.remove('acme/charts');
  store.put(reactorOf('cloud', { cloudStack }, 'False'));
  expect(await shown()).toEqual([
    'dinfra_reactor_up{namespace="acme",reactor="cloud",kind="cloudstack"} 0',
    'dinfra_reactor_up{namespace="acme",reactor="new",kind="helm"} 0',
  ]);
});
