import pLimit from 'p-limit';
import type { KubeClient } from './kube-client.ts';

/** A permission an operation needs. */
export interface Permission {
  /** RBAC verb: get, list, watch, create, patch, delete, … */
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Plural, or `plural/subresource`. */
  readonly resource: string;
  /** Default: in all namespaces, or cluster-scoped. */
  readonly namespace?: string;
}

/** A permission we lack, and the API server's reason if it gives one. */
export interface MissingPermission extends Permission {
  readonly reason: string;
}

const CONCURRENCY = 8;

/** Asks the API server which of these permissions the client lacks. Throws a Cluster… error when it cannot be asked. */
export async function missingPermissions(
  client: KubeClient,
  wanted: readonly Permission[],
  signal: AbortSignal,
): Promise<readonly MissingPermission[]> {
  const limit = pLimit(CONCURRENCY);
  const answers = await Promise.all(wanted.map((permission) => limit(() => review(client, permission, signal))));
  return answers.filter((answer) => answer !== undefined);
}

/** `patch deployments.dinfra.io/status in prod`, as in RBAC messages. */
export function describePermission({ verb, group, resource, namespace }: Permission): string {
  const [plural, subresource] = resource.split('/');
  const name = `${plural}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
  return `${verb} ${name}${namespace === undefined ? '' : ` in ${namespace}`}`;
}

async function review(
  client: KubeClient,
  permission: Permission,
  signal: AbortSignal,
): Promise<MissingPermission | undefined> {
  const [resource, subresource] = permission.resource.split('/');
  const { verb, group, namespace } = permission;
  const reply = (await client.request(
    {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb, group, resource, subresource, namespace } },
      },
      attempt: `check permission to ${describePermission(permission)}`,
    },
    signal,
  )) as { readonly status?: { readonly allowed?: boolean; readonly reason?: string } };
  if (reply.status?.allowed === true) return undefined;
  return { ...permission, reason: reply.status?.reason ?? '' };
}
