import { isDeepStrictEqual } from 'node:util';
import { type Deployment, type DeploymentStatus, deployments } from '../../api/deployment.ts';
import { FieldManager } from '../../api/labels.ts';
import { isConflict } from '../../kube/client/api-error.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';

/** Writes the controller's part of the status of Deployments. */
export class StatusWriter {
  private readonly client: KubeClient;

  constructor(client: KubeClient) {
    this.client = client;
  }

  /**
   * Writes a status onto the version it follows. Another writer may have touched its own part meanwhile; only when ours
   * has changed was the pass taken on an old view, and its status is not to be written.
   */
  async writeAsSeen(deployment: Deployment, status: DeploymentStatus, signal: AbortSignal): Promise<void> {
    try {
      await this.write(deployment, status, signal);
    } catch (error) {
      if (!isConflict(error)) throw error;
      const live = await this.client.get(deployments, deployment.metadata, signal);
      if (live.metadata.uid !== deployment.metadata.uid) throw error;
      if (!isDeepStrictEqual(ownedPart(live.status), ownedPart(deployment.status))) throw error;
      await this.write(live, status, signal);
    }
  }

  /** Writes a status onto exactly the version given; fails with ClusterConflict when it has changed. */
  write(deployment: Deployment, status: DeploymentStatus, signal: AbortSignal): Promise<Deployment> {
    const { name, namespace, resourceVersion } = deployment.metadata;
    return this.client.apply(
      deployments,
      { metadata: { name, ...(namespace && { namespace }), resourceVersion }, status },
      { fieldManager: FieldManager.controller, subresource: 'status' },
      signal,
    );
  }
}

/** The status without what others write into it. */
export function ownedPart(status: DeploymentStatus): DeploymentStatus {
  const conditions = status.conditions?.filter(({ type }) => type !== 'Reported');
  return { ...status, ...(conditions && { conditions }) };
}
