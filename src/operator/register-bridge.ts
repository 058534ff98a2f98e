import type { Tenure } from '../award/identity.ts';
import type { Standing } from '../award/source.ts';
import { BridgeMetrics } from '../bridge/bridge-metrics.ts';
import { DescriptorTypeMirror } from '../bridge/mirror/descriptor-type-mirror.ts';
import { ProviderSessions } from '../bridge/provider-sessions.ts';
import { Descriptors } from '../descriptors/descriptors.ts';
import { SchemaChecker } from '../descriptors/schema/schema-checker.ts';
import { reflectorNotReady } from '../kube/health.ts';
import { Health } from '../server/health.ts';
import { controllerOf, type Feature, type OperatorParts } from './feature.ts';

export interface BridgeFeature extends Feature {
  readonly sessions: ProviderSessions;
  readonly descriptors: Descriptors;
  /** Where the source of its award says that a tenure stands. */
  standing(tenure: Tenure, signal: AbortSignal): Promise<Standing>;
}

/** From the award sources into the cluster, and back what became of it: a session for each Provider. */
export function registerBridge(
  parts: OperatorParts,
  { onReachable }: { readonly onReachable: (provider: string) => void },
): BridgeFeature {
  const { client, cluster, events, log, registry, stop, synced } = parts;
  const checker = new SchemaChecker();
  const descriptors = new Descriptors(checker);
  const sessions = new ProviderSessions(
    {
      client,
      providers: cluster.providers.store,
      offers: cluster.offers.store,
      deployments: cluster.deployments.store,
      subscriptions: cluster.subscriptions.store,
      types: new DescriptorTypeMirror(client, cluster.types.store, descriptors),
      events,
      metrics: new BridgeMetrics(registry),
      onReachable,
      canVouch: () => reflectorNotReady(cluster.deployments.health()) === undefined,
    },
    // Readiness is about this process: a chain that is away is a condition and a metric.
    new Health(),
    log,
    stop,
  );
  const controller = controllerOf(parts, { name: 'provider', reconcile: sessions.reconcile, laneOf: (key) => key });
  cluster.providers.onChange(({ key }) => controller.enqueue(key));
  cluster.deployments.onChange(({ old, now }) => {
    const deployment = now ?? old;
    if (deployment === undefined) return;
    sessions.nudge(`${deployment.metadata.namespace}/${deployment.spec.providerRef.name}`);
  });
  cluster.offers.onChange(({ old, now }) => {
    const offer = now ?? old;
    if (offer !== undefined) sessions.nudge(`${offer.metadata.namespace}/${offer.spec.providerRef.name}`);
  });
  return {
    sessions,
    descriptors,
    standing: async ({ genesis, subscription }) =>
      (await sessions.isGone(genesis, subscription)) ? 'Gone' : 'Unknown',
    // Only when the whole mirror has been read: what is not there yet must not look as if it were gone.
    run: async () => {
      await controller.run(stop, synced);
      await sessions.ended();
    },
    close: () => checker.close(),
  };
}
