import { setTimeout as sleep } from 'node:timers/promises';
import { KubeClient } from '../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../src/kube/client/kubeconfig.ts';
import type { KubeObject, ResourceType } from '../src/kube/client/resource-type.ts';

/** Resources of the only node. KWOK only simulates that pods run. */
const CAPACITY = { cpu: '64', memory: '256Gi', 'ephemeral-storage': '4Ti', pods: '2000' };
const POLL_MS = 50;

interface Node extends KubeObject {
  readonly spec?: object;
  readonly status: {
    readonly allocatable: object;
    readonly capacity: object;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}
const nodes: ResourceType<Node> = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };

interface StorageClass extends KubeObject {
  readonly provisioner: string;
  readonly reclaimPolicy: string;
  readonly volumeBindingMode: string;
}
const storageClasses: ResourceType<StorageClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  plural: 'storageclasses',
  kind: 'StorageClass',
  namespaced: false,
};

interface ServiceAccount extends KubeObject {}
const serviceAccounts: ResourceType<ServiceAccount> = {
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
};

/**
 * Creates what a new cluster needs to run a pod: a node, a default storage class, and the default service account.
 * Resolves when the node is ready.
 */
export async function prepareCluster(kubeconfig: string, signal: AbortSignal): Promise<void> {
  const client = new KubeClient(loadClusterAccess(kubeconfig));
  const by = { fieldManager: 'dinfra-dev' };
  try {
    await client.apply(
      nodes,
      {
        metadata: {
          name: 'node-0',
          annotations: { 'kwok.x-k8s.io/node': 'fake' },
          labels: { 'kubernetes.io/hostname': 'node-0' },
        },
        status: { allocatable: CAPACITY, capacity: CAPACITY },
      },
      by,
      signal,
    );
    await client.apply(
      storageClasses,
      {
        metadata: {
          // The name used in KWOK's stages.
          name: 'kwok-volume',
          annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
        },
        provisioner: 'kwok.x-k8s.io/volume',
        reclaimPolicy: 'Delete',
        volumeBindingMode: 'Immediate',
      },
      by,
      signal,
    );
    const account = { namespace: 'default', name: 'default' };
    while ((await client.find(serviceAccounts, account, signal)) === undefined) await sleep(POLL_MS);
    while (!isReady(await client.get(nodes, { name: 'node-0' }, signal))) await sleep(POLL_MS);
  } finally {
    await client.close();
  }
}

function isReady({ status }: Node): boolean {
  return status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}
