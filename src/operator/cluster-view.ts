import type { Registry } from 'prom-client';
import { deployments } from '../api/deployment.ts';
import { descriptorTypes } from '../api/descriptor-type.ts';
import { offers } from '../api/offer.ts';
import { providers } from '../api/provider.ts';
import { reactors } from '../api/reactor.ts';
import { subscriptions } from '../api/subscription.ts';
import type { Logger } from '../base/logger.ts';
import { Reflector } from '../kube/cache/reflector.ts';
import { ReflectorMetrics } from '../kube/cache/reflector-metrics.ts';
import type { ReflectorHealth } from '../kube/cache/reflector-options.ts';
import type { KubeClient } from '../kube/client/kube-client.ts';
import { type KubeObject, type ResourceType, resourceNameOf } from '../kube/client/resource-type.ts';
import { reflectorDead, reflectorNotReady } from '../kube/health.ts';
import type { Health } from '../server/health.ts';

/** The operator's caches of the cluster: a reflector for each kind. */
export type ClusterView = ReturnType<typeof viewCluster>;

/**
 * Watches all of the operator's kinds, in `namespace` or in all, until `stop` aborts. Each kind has its own check in
 * /readyz and /healthz.
 */
export function viewCluster(
  client: KubeClient,
  namespace: string | undefined,
  health: Health,
  registry: Registry,
  log: Logger,
  stop: AbortSignal,
) {
  const metrics = new ReflectorMetrics(registry);
  const reflect = <T extends KubeObject>(type: ResourceType<T>) => {
    const resource = resourceNameOf(type);
    const reflector = new Reflector<T>({
      client,
      type,
      signal: stop,
      ...(type.namespaced && namespace !== undefined && { namespace }),
      logger: log,
      observer: metrics.forResource(resource),
    });
    health.addReady(`cluster ${resource}`, () => unsynced(reflector.health()));
    health.addLive(`reflector ${resource}`, () => reflectorDead(reflector.health()));
    return reflector;
  };
  return {
    providers: reflect(providers),
    offers: reflect(offers),
    reactors: reflect(reactors),
    types: reflect(descriptorTypes),
    subscriptions: reflect(subscriptions),
    deployments: reflect(deployments),
  };
}

/** Why a cache was never filled: a missing definition, a missing right. One that has been filled once can take over. */
function unsynced(health: ReflectorHealth): string | undefined {
  return health.synced ? undefined : reflectorNotReady(health);
}
