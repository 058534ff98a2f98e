import { isDeepStrictEqual } from 'node:util';
import { type Deployment, type DeploymentStatus, deployments } from '../../api/deployment.ts';
import { FieldManager, TEARDOWN_FINALIZER } from '../../api/labels.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import { isConflict } from '../../kube/client/api-error.ts';
import { addFinalizer, removeFinalizer } from '../../kube/client/finalizers.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';

/** What the reconciler needs of the cluster. */
export interface DeploymentCluster {
  /** The cached Deployment, by `namespace/name`. */
  view(key: string): Deployment | undefined;
  /** The current Deployment, read from the API server. */
  read(deployment: Deployment, signal: AbortSignal): Promise<Deployment>;
  addFinalizer(deployment: Deployment, signal: AbortSignal): Promise<void>;
  removeFinalizer(deployment: Deployment, signal: AbortSignal): Promise<void>;
  /**
   * Writes the controller's part of a status, on exactly this version of the object.
   *
   * @throws RetryableError ClusterConflict if the Deployment has changed since.
   */
  writeStatus(deployment: Deployment, status: DeploymentStatus, signal: AbortSignal): Promise<Deployment>;
}

/** The client methods used here. */
type DeploymentClient = Pick<KubeClient, 'apply' | 'find' | 'get' | 'jsonPatch'>;

/** Deployments behind an API server. */
export class KubeDeploymentCluster implements DeploymentCluster {
  readonly #client: DeploymentClient;
  readonly #store: StoreView<Deployment>;

  constructor(client: DeploymentClient, store: StoreView<Deployment>) {
    this.#client = client;
    this.#store = store;
  }

  view(key: string): Deployment | undefined {
    return this.#store.get(key);
  }

  read({ metadata }: Deployment, signal: AbortSignal): Promise<Deployment> {
    return this.#client.get(deployments, metadata, signal);
  }

  async addFinalizer(deployment: Deployment, signal: AbortSignal): Promise<void> {
    await addFinalizer(this.#client, deployments, deployment, TEARDOWN_FINALIZER, signal);
  }

  async removeFinalizer(deployment: Deployment, signal: AbortSignal): Promise<void> {
    await removeFinalizer(this.#client, deployments, deployment, TEARDOWN_FINALIZER, signal);
  }

  writeStatus({ metadata }: Deployment, status: DeploymentStatus, signal: AbortSignal): Promise<Deployment> {
    const { name, namespace, resourceVersion } = metadata;
    return this.#client.apply(
      deployments,
      { metadata: { name, ...(namespace && { namespace }), resourceVersion }, status },
      { fieldManager: FieldManager.controller, subresource: 'status' },
      signal,
    );
  }
}

/**
 * Writes the status that was computed from a cached Deployment. On a conflict it is written again if other writers have
 * only changed their own parts. If ours has changed, the reconcile worked on stale data and its status must not be
 * written.
 */
export async function writeStatusAsSeen(
  cluster: DeploymentCluster,
  seen: Deployment,
  status: DeploymentStatus,
  signal: AbortSignal,
): Promise<void> {
  try {
    await cluster.writeStatus(seen, status, signal);
  } catch (error) {
    if (!isConflict(error)) throw error;
    const live = await cluster.read(seen, signal);
    if (live.metadata.uid !== seen.metadata.uid) throw error;
    if (!isDeepStrictEqual(ownedPart(live.status), ownedPart(seen.status))) throw error;
    await cluster.writeStatus(live, status, signal);
  }
}

/** The status without the parts of other writers. */
export function ownedPart(status: DeploymentStatus): DeploymentStatus {
  const conditions = status.conditions?.filter(({ type }) => type !== 'Reported');
  return { ...status, ...(conditions && { conditions }) };
}
