import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import type { Deployment } from '../api/deployment.ts';
import type { Logger } from '../base/logger.ts';
import { BridgeMetrics } from '../bridge/bridge-metrics.ts';
import { DescriptorTypeMirror } from '../bridge/mirror/descriptor-type-mirror.ts';
import { ProviderSessions } from '../bridge/provider-sessions.ts';
import { DeploymentMetrics } from '../controller/deployment/deployment-metrics.ts';
import { DeploymentReconciler } from '../controller/deployment/deployment-reconciler.ts';
import { DescriptorOrders } from '../controller/deployment/descriptor-orders.ts';
import { OfferedReactors } from '../controller/deployment/reactor-source.ts';
import { ReactorMetrics } from '../controller/reactor/reactor-metrics.ts';
import { ReactorReconciler } from '../controller/reactor/reactor-reconciler.ts';
import { ReactorRegistry } from '../controller/reactor/reactor-registry.ts';
import { Descriptors } from '../descriptors/descriptors.ts';
import { SchemaChecker } from '../descriptors/schema/schema-checker.ts';
import { countRequests } from '../kube/client/client-metrics.ts';
import type { ClusterAccess } from '../kube/client/cluster-access.ts';
import { KubeClient } from '../kube/client/kube-client.ts';
import { keyOf } from '../kube/client/resource-type.ts';
import { EventRecorder } from '../kube/events/event-recorder.ts';
import { controllerDead, reflectorNotReady } from '../kube/health.ts';
import { Controller } from '../kube/queue/controller.ts';
import { ControllerMetrics } from '../kube/queue/controller-metrics.ts';
import type { Health } from '../server/health.ts';
import { type ClusterView, viewCluster } from './cluster-view.ts';
import type { Config } from './config.ts';
import { BuiltInReactors } from './reactor-factory.ts';

/** How long Deployments wait at start for reactors and chains to be reached, in milliseconds. */
const FOOTING_MS = 10_000;

/**
 * Everything that works while this process leads: caches, controllers, sessions. Runs until `stop` is aborted, and
 * resolves when the last pass has ended.
 */
export async function runOperator(
  config: Config,
  access: ClusterAccess,
  health: Health,
  registry: Registry,
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  const client = new KubeClient(access, { onReply: countRequests(registry, access.server) });
  const controllerMetrics = new ControllerMetrics(registry);
  const seen = viewCluster(client, config.namespace, health, registry, log, stop);
  const events = new EventRecorder({ client, signal: stop, instance: config.identity, logger: log });
  const checker = new SchemaChecker();
  const descriptors = new Descriptors(checker);
  const sessions = new ProviderSessions(
    {
      client,
      providers: seen.providers.store,
      offers: seen.offers.store,
      deployments: seen.deployments.store,
      subscriptions: seen.subscriptions.store,
      types: new DescriptorTypeMirror(client, seen.types.store, descriptors),
      events,
      metrics: new BridgeMetrics(registry),
      onReachable: (provider) => tryAgain((deployment) => providerOf(deployment) === provider),
      canVouch: () => reflectorNotReady(seen.deployments.health()) === undefined,
    },
    health,
    log,
    stop,
  );
  const reactorRegistry = new ReactorRegistry();
  const reconciler = new DeploymentReconciler({
    client,
    deployments: seen.deployments.store,
    orders: new DescriptorOrders(descriptors, seen.types.store, (key) => sessions.sourcesOf(key)),
    reactors: new OfferedReactors(seen.offers.store, reactorRegistry),
    events,
    metrics: new DeploymentMetrics(registry, seen.deployments.store),
    resyncMs: config.resyncMs,
  });
  const controller = (name: string, reconcile: DeploymentReconciler['reconcile'], concurrency: number) => {
    const made = new Controller({
      name,
      reconcile,
      concurrency,
      logger: log,
      observer: controllerMetrics.forController(name),
    });
    health.addLive(`controller ${name}`, () => controllerDead(made));
    return made;
  };
  const deploymentController = controller('deployment', reconciler.reconcile, config.concurrency);
  const providerController = controller('provider', sessions.reconcile, 4);
  const factory = new BuiltInReactors(client, access, config);
  const reactorReconciler = new ReactorReconciler({
    client,
    reactors: seen.reactors.store,
    registry: reactorRegistry,
    factory,
    events,
    metrics: new ReactorMetrics(registry),
    health,
    orphans: {
      deployments: seen.deployments.store,
      isGone: (genesis, subscription) => sessions.isGone(genesis, subscription),
      log,
    },
    probeMs: config.resyncMs,
    onChange: (key) => {
      tryAgain((deployment) => mayBeMadeBy(deployment, key));
      for (const { metadata } of seen.deployments.store.list()) deploymentController.enqueue(keyOf(metadata), 'low');
    },
    onRecovered: (key) => tryAgain((deployment) => mayBeMadeBy(deployment, key)),
  });
  const reactorController = controller('reactor', reactorReconciler.reconcile, 4);
  /** What waits for its next attempt, and may succeed now. */
  const tryAgain = (isConcerned: (deployment: Deployment) => boolean) => {
    for (const deployment of seen.deployments.store.list()) {
      if (deployment.status.realisation?.retryAfter === undefined || !isConcerned(deployment)) continue;
      const key = keyOf(deployment.metadata);
      reconciler.urge(key);
      deploymentController.enqueue(key, 'low');
    }
  };
  seen.deployments.onChange(({ key, old, now }, origin) => {
    deploymentController.enqueue(key, origin === 'list' ? 'low' : 'high');
    const object = now ?? old;
    if (object !== undefined) sessions.nudge(providerOf(object));
  });
  seen.providers.onChange(({ key }) => providerController.enqueue(key));
  seen.reactors.onChange(({ key }) => reactorController.enqueue(key));
  seen.offers.onChange(({ old, now }) => {
    const offer = now ?? old;
    if (offer !== undefined) sessions.nudge(`${offer.metadata.namespace}/${offer.spec.providerRef.name}`);
  });

  // Sessions begin only when the whole mirror has been read: what is not there yet must not look as if it were gone.
  const synced = Object.values(seen).map((reflector) => reflector.synced);
  await Promise.all([
    deploymentController.run(stop, [...synced, footing(synced, seen, reactorRegistry, sessions, stop)]),
    providerController.run(stop, synced),
    reactorController.run(stop, synced),
  ]);
  await sessions.ended();
  await Promise.all(Object.values(seen).map((reflector) => reflector.ended));
  await events.flush();
  await Promise.all([checker.close(), reactorReconciler.close(), client.close()]);
}

/**
 * Resolves when it is known of each reactor and chain whether it can be reached, or after a while. What was not reached
 * yet must not look as if it were out of reach: what runs would be said to be unknown.
 */
async function footing(
  synced: readonly Promise<void>[],
  seen: ClusterView,
  reactors: ReactorRegistry,
  sessions: ProviderSessions,
  stop: AbortSignal,
): Promise<void> {
  await Promise.all(synced);
  await Promise.race([
    Promise.all([
      reactors.knows(seen.reactors.store.list().map(({ metadata }) => keyOf(metadata))),
      sessions.settled(),
    ]),
    sleep(FOOTING_MS, undefined, { signal: stop }),
  ]);
}

/** The Provider of a Deployment, by `namespace/name`. */
function providerOf({ metadata, spec }: Deployment): string {
  return `${metadata.namespace}/${spec.providerRef.name}`;
}

/** Whether a Deployment is, or may come to be, of a reactor, by its `namespace/name`. */
function mayBeMadeBy({ metadata, status }: Deployment, reactor: string): boolean {
  const name = status.realisation?.reactor?.name;
  return name === undefined
    ? reactor.startsWith(`${metadata.namespace}/`)
    : reactor === `${metadata.namespace}/${name}`;
}
