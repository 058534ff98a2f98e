import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { countRequests, showLeadership } from '../client/client-metrics.ts';
import { ReflectorMetrics } from './reflector-metrics.ts';

const linesOf = async (registry: Registry, name: string) =>
  (await registry.getSingleMetricAsString(name)).split('\n').filter((line) => !line.startsWith('#'));

test('metrics show the events of a watch and how long it has been silent', async () => {
  const registry = new Registry();
  const observer = new ReflectorMetrics(registry).forResource('deployments.dinfra.io');
  observer.attach(() => ({ synced: true, objects: 7, silentMs: 1_500, idleMs: 0, error: undefined }));
  expect(await linesOf(registry, 'dinfra_kube_watch_corrections_total')).toEqual([
    'dinfra_kube_watch_corrections_total{resource="deployments.dinfra.io"} 0',
  ]);
  observer.listed();
  observer.watching();
  observer.event();
  observer.failed('watch', 'ClusterExpired');
  observer.corrected(2);
  const values = await registry.metrics();
  for (const line of [
    'dinfra_kube_lists_total{resource="deployments.dinfra.io"} 1',
    'dinfra_kube_objects{resource="deployments.dinfra.io"} 7',
    'dinfra_kube_watches_total{resource="deployments.dinfra.io"} 1',
    'dinfra_kube_watch_events_total{resource="deployments.dinfra.io"} 1',
    'dinfra_kube_watch_failures_total{resource="deployments.dinfra.io",step="watch",reason="ClusterExpired"} 1',
    'dinfra_kube_watch_corrections_total{resource="deployments.dinfra.io"} 2',
    'dinfra_kube_watch_silence_seconds{resource="deployments.dinfra.io"} 1.5',
  ]) {
    expect(values).toContain(line);
  }
});

test('requests are counted by outcome, and leadership is a gauge', async () => {
  const registry = new Registry();
  const count = countRequests(registry, 'https://api.example:6443');
  count({ method: 'GET', code: '200', ms: 3 });
  count({ method: 'GET', code: '<error>', ms: 30 });
  expect(await linesOf(registry, 'rest_client_requests_total')).toEqual([
    'rest_client_requests_total{code="200",method="GET",host="api.example:6443"} 1',
    'rest_client_requests_total{code="<error>",method="GET",host="api.example:6443"} 1',
  ]);
  const show = showLeadership(registry, 'dinfra-operator');
  show(true);
  expect(await linesOf(registry, 'leader_election_master_status')).toEqual([
    'leader_election_master_status{name="dinfra-operator"} 1',
  ]);
});
