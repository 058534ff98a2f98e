import pLimit from 'p-limit';
import { deployments } from '../../api/deployment.ts';
import { FieldManager } from '../../api/labels.ts';
import { subscriptions } from '../../api/subscription.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';
import type { MirrorPlan } from './mirror-plan.ts';

/** Writes to the API server at once: more does not make it faster, it only fills its queues. */
const CONCURRENCY = 8;

/** Carries out a plan. Every write can be repeated, so a crash in the middle leaves nothing to clean up. */
export async function applyMirror(
  client: KubeClient,
  namespace: string,
  plan: MirrorPlan,
  signal: AbortSignal,
): Promise<void> {
  const limit = pLimit(CONCURRENCY);
  const options = { fieldManager: FieldManager.bridge } as const;
  // Subscriptions first: a Deployment refers to its own.
  await all(plan.applySubscriptions, ({ name, labels, spec }) =>
    limit(() => client.apply(subscriptions, { metadata: { name, namespace, labels }, spec }, options, signal)),
  );
  await all(plan.applyDeployments, ({ name, labels, spec }) =>
    limit(() => client.apply(deployments, { metadata: { name, namespace, labels }, spec }, options, signal)),
  );
  await all(plan.deleteDeployments, ({ metadata: { name, uid } }) =>
    limit(() => client.delete(deployments, { name, namespace }, signal, { preconditions: { uid } })),
  );
  await all(plan.deleteSubscriptions, ({ metadata: { name, uid } }) =>
    limit(() => client.delete(subscriptions, { name, namespace }, signal, { preconditions: { uid } })),
  );
}

/** Does every one and then fails with the first failure: one bad object keeps none of the others back. */
async function all<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const results = await Promise.allSettled(items.map(work));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
