import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import { Store } from '../../kube/cache/store.ts';
import { DeploymentMetrics } from './deployment-metrics.ts';

const AT = '2026-11-21T09:00:00Z';
const HASH = `0x${'11'.repeat(32)}`;

function deploymentOf(name: string, state: Deployment['spec']['state'], status: Partial<DeploymentStatus>): Deployment {
  return {
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'Deployment',
    metadata: { name, namespace: 'acme', uid: name, resourceVersion: '1', generation: 1, creationTimestamp: AT },
    spec: {
      genesisHash: HASH,
      subscription: '1',
      tenure: 1,
      subscriptionRef: { name: 's' },
      providerRef: { name: 'main' },
      consumer: '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty',
      accessKey: HASH,
      descriptorType: 'vm/v1',
      descriptor: { hash: HASH, length: 1, source: 'Preimage' },
      state,
    },
    status: { observedGeneration: 1, ...status },
  };
}

function seen(workload: NonNullable<DeploymentStatus['facts']>['workload']): Partial<DeploymentStatus> {
  return { facts: { order: 'Realisable', orderSince: AT, workload, workloadSince: AT, released: false } };
}

test('workloads are counted by their observed state, whatever Ready says', async () => {
  const registry = new Registry();
  const store = new Store<Deployment>();
  new DeploymentMetrics(registry, store);
  const ready = { type: 'Ready', status: 'False', reason: 'Updating', message: '', lastTransitionTime: AT } as const;
  store.put(deploymentOf('a', 'Active', { ...seen('Up'), conditions: [ready] }));
  store.put(deploymentOf('b', 'Active', seen('Down')));
  store.put(deploymentOf('c', 'Ended', seen('Up')));
  store.put(deploymentOf('d', 'Awarded', {}));
  const labels = 'namespace="acme",provider="main",type="vm/v1"';
  const text = await registry.getSingleMetricAsString('dinfra_deployment_workloads');
  expect(text.split('\n').slice(2)).toEqual([
    `dinfra_deployment_workloads{${labels},state="Active",workload="Up"} 1`,
    `dinfra_deployment_workloads{${labels},state="Active",workload="Down"} 1`,
    `dinfra_deployment_workloads{${labels},state="Ended",workload="Up"} 1`,
    `dinfra_deployment_workloads{${labels},state="Awarded",workload="NotLooked"} 1`,
  ]);
});
