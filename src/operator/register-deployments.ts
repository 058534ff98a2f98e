import { type Deployment, tenureOf } from '../api/deployment.ts';
import { type TenureField, tenureField } from '../award/tenure-log.ts';
import { sleep, systemClock } from '../base/clock.ts';
import { blueprints } from '../blueprints/registry.ts';
import { ConfigMapPins } from '../controller/content/content-pins.ts';
import { PinSweeper } from '../controller/content/pin-sweeper.ts';
import { RegisteredReactors } from '../controller/deployment/choose-reactor.ts';
import { KubeDeploymentCluster } from '../controller/deployment/deployment-cluster.ts';
import { DeploymentMetrics } from '../controller/deployment/deployment-metrics.ts';
import { DeploymentReconciler } from '../controller/deployment/deployment-reconciler.ts';
import { DescriptorOrders } from '../controller/deployment/orders.ts';
import { dependsOn } from '../controller/reactor/dependents.ts';
import { keyOf, parseKey } from '../kube/client/resource-type.ts';
import { done, type Reconcile } from '../kube/queue/controller.ts';
import { controllerOf, type Feature, type OperatorParts } from './feature.ts';
import { awaitsFirstContact, FirstContactGate } from './first-contact.ts';
import type { BridgeFeature } from './register-bridge.ts';
import type { ReactorsFeature } from './register-reactors.ts';
import { tracedMetrics, tracedReconcile } from './traces/traced-parts.ts';

export interface DeploymentsFeature extends Feature {
  /** A reactor was built, replaced or removed: enqueues its Deployments. `key` is `namespace/name`. */
  reactorChanged(key: string): void;
  /** A backend is usable again. */
  reactorRecovered(key: string): void;
  /** The award source of a Provider, by `namespace/name`, is reachable again. */
  providerReachable(key: string): void;
  /** A burst of awards is being written into a namespace, or is complete. */
  mirroring(namespace: string, phase: 'Begins' | 'Ends'): void;
}

/** How long a Deployment waits at start for first contact with its reactor and the award sources, in milliseconds. */
const FIRST_CONTACT_MS = 10_000;
/** Interval at which waiting Deployments are checked for it, in milliseconds. */
const LOOK_AGAIN_MS = 250;

/** The Deployment controller. */
export function registerDeployments(
  parts: OperatorParts,
  { bridge, reactors }: { readonly bridge: BridgeFeature; readonly reactors: ReactorsFeature },
): DeploymentsFeature {
  const { client, cluster, config, events, registry, stop, synced, traces } = parts;
  const pins = new ConfigMapPins(client);
  const reconciler = new DeploymentReconciler({
    cluster: new KubeDeploymentCluster(client, cluster.deployments.store),
    orders: new DescriptorOrders({
      descriptors: bridge.descriptors,
      types: cluster.types.store,
      blueprints,
      pins,
      sourcesOf: (key) => bridge.sessions.sourcesOf(key),
    }),
    reactors: new RegisteredReactors(cluster.offers.store, reactors.registry),
    standings: bridge,
    blueprints,
    events,
    metrics: tracedMetrics(new DeploymentMetrics(registry, cluster.deployments.store), traces),
    resyncMs: config.resyncMs,
  });
  const { namespace } = config;
  const sweeper = new PinSweeper({ client, pins, deployments: cluster.deployments.store, namespace, log: parts.log });
  let areSourcesKnown = false;
  let waitsUntil = Number.POSITIVE_INFINITY;
  /** Per Deployment, so that a hung backend or chain delays no other Deployment's start. */
  const isTooEarly = (key: string) => {
    const deployment = cluster.deployments.store.get(key);
    if (deployment === undefined || systemClock.monotonic() >= waitsUntil) return false;
    const isReactorKnown = (reactor: string) =>
      cluster.reactors.store.get(reactor) === undefined || reactors.registry.has(reactor);
    return awaitsFirstContact(deployment, { isReactorKnown, areSourcesKnown });
  };
  const gate = new FirstContactGate(isTooEarly, (key) => controller.enqueue(key, 'low'));
  const viewOf = (key: string) => {
    const deployment = cluster.deployments.store.get(key);
    return { deployment, ...fieldsOf(key, deployment) };
  };
  const traced = tracedReconcile(reconciler.reconcile, viewOf, traces);
  const reconcile: Reconcile = async (key, ...rest) => (gate.holds(key) ? done : traced(key, ...rest));
  const awards = new MirroredNamespaces();
  const controller = controllerOf(parts, {
    name: 'deployment',
    reconcile,
    concurrency: config.concurrency,
    concurrencyOf: (lane) => (awards.isMirrored(lane) ? 1 : config.concurrency),
    laneOf: (key) => laneOf(cluster.deployments.store.get(key)),
    // One consumer with a hundred awards delays the first look at another's by one of them.
    shareOf: (key) => cluster.deployments.store.get(key)?.spec.consumer ?? '',
    fieldsOf: (key) => fieldsOf(key, cluster.deployments.store.get(key)),
  });
  /** Enqueues Deployments that are in backoff and may succeed now. */
  const retryNow = (isConcerned: (deployment: Deployment) => boolean) => {
    for (const deployment of cluster.deployments.store.list()) {
      if (deployment.status.realisation?.retryAfter === undefined || !isConcerned(deployment)) continue;
      const key = keyOf(deployment.metadata);
      reconciler.retryNow(key);
      controller.enqueue(key, 'low');
    }
  };
  cluster.deployments.onChange(({ key }, origin) => controller.enqueue(key, origin === 'list' ? 'low' : 'high'));

  const begin = async () => {
    await Promise.all(synced);
    waitsUntil = systemClock.monotonic() + FIRST_CONTACT_MS;
    void bridge.sessions.settled().then(() => {
      areSourcesKnown = true;
      gate.release();
    });
    void releaseUntilDue();
  };
  const releaseUntilDue = async () => {
    while (!stop.aborted && systemClock.monotonic() < waitsUntil) {
      await sleep(LOOK_AGAIN_MS, systemClock, stop).catch(() => undefined);
      gate.release();
    }
  };
  return {
    reactorChanged: (key) => {
      retryNow((deployment) => dependsOn(deployment, key));
      for (const { metadata } of cluster.deployments.store.list()) controller.enqueue(keyOf(metadata), 'low');
    },
    reactorRecovered: (key) => retryNow((deployment) => dependsOn(deployment, key)),
    providerReachable: (key) => retryNow((deployment) => providerOf(deployment) === key),
    mirroring: (namespace, phase) => {
      awards.note(namespace, phase);
      if (phase === 'Ends') controller.noteConcurrency();
    },
    run: async () => {
      await Promise.all([
        controller.run(stop, [begin()]),
        Promise.all(synced).then(
          () => sweeper.run(stop),
          () => undefined,
        ),
      ]);
    },
    close: async () => undefined,
  };
}

/** Suffix of the lane of undecided awards. */
const AWARDED = ' Awarded';

/**
 * Deployments of one backend share a lane, and its undecided awards have a separate one: a backend that hangs delays
 * neither the tenants of other backends nor the answer to a new award of its own.
 */
export function laneOf(deployment: Deployment | undefined): string {
  if (deployment === undefined) return '';
  const { metadata, spec, status } = deployment;
  const reactor = spec.reactorRef?.name ?? status.realisation?.reactor?.name ?? '';
  return `${metadata.namespace}/${reactor}${spec.state === 'Awarded' ? AWARDED : ''}`;
}

/**
 * The namespaces that awards are being written into. Meanwhile their awards are decided one at a time: an award can
 * only be processed once its objects exist, so writing the others comes first. A burst of five hundred takes a second
 * or two.
 */
export class MirroredNamespaces {
  readonly #sessions = new Map<string, number>();

  note(namespace: string, phase: 'Begins' | 'Ends'): void {
    const sessions = (this.#sessions.get(namespace) ?? 0) + (phase === 'Begins' ? 1 : -1);
    if (sessions > 0) this.#sessions.set(namespace, sessions);
    else this.#sessions.delete(namespace);
  }

  /** Whether awards are being written into the namespace of a lane of undecided awards. */
  isMirrored(lane: string): boolean {
    return lane.endsWith(AWARDED) && this.#sessions.has(lane.slice(0, lane.indexOf('/')));
  }
}

/**
 * The fields of every log line about a Deployment. One that is gone is identified by its name, which the bridge derives
 * from the tenure.
 */
export function fieldsOf(key: string, deployment: Deployment | undefined): TenureField {
  return deployment === undefined ? { tenure: parseKey(key).name } : tenureField(tenureOf(deployment));
}

/** The Provider of a Deployment, by `namespace/name`. */
function providerOf({ metadata, spec }: Deployment): string {
  return `${metadata.namespace}/${spec.providerRef.name}`;
}
