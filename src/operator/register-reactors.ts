import type { Tenure } from '../award/identity.ts';
import type { Standing } from '../award/source.ts';
import { blueprints } from '../blueprints/registry.ts';
import { dependsOn, stopsDepending } from '../controller/reactor/dependents.ts';
import { ReactorMetrics } from '../controller/reactor/reactor-metrics.ts';
import { ReactorReconciler } from '../controller/reactor/reactor-reconciler.ts';
import { ReactorRegistry } from '../controller/reactor/reactor-registry.ts';
import { keyOf } from '../kube/client/resource-type.ts';
import { controllerOf, type Feature, type OperatorParts } from './feature.ts';
import { BuiltInReactors } from './reactor-factory.ts';

export interface ReactorsFeature extends Feature {
  readonly registry: ReactorRegistry;
  /**
   * Whether a Reactor, by `namespace/name`, realises descriptors of a type. `Unknown` while it has not been or cannot be
   * built, `Missing` when there is none of that name.
   */
  servesType(reactor: string, type: string): 'Yes' | 'No' | 'Unknown' | 'Missing';
}

export interface ReactorsPorts {
  /** The state of a tenure at its award source. */
  readonly standing: (tenure: Tenure, signal: AbortSignal) => Promise<Standing>;
  /** Called after a reactor was built, replaced or removed. */
  readonly onChange: (key: string) => void;
  /** Called when a backend is usable again. */
  readonly onRecovered: (key: string) => void;
}

/** How often a backend that does not answer is probed at most, in milliseconds: as often at least as one that does. */
const RETRY_MS = 10_000;

/** The Reactor controller: builds a reactor for each Reactor resource, writes its status and finds orphans. */
export function registerReactors(
  parts: OperatorParts,
  { standing, onChange, onRecovered }: ReactorsPorts,
): ReactorsFeature {
  const { access, client, cluster, config, events, fence, log, stop, synced } = parts;
  const registry = new ReactorRegistry();
  const reconciler = new ReactorReconciler({
    client,
    reactors: cluster.reactors.store,
    registry,
    factory: new BuiltInReactors({ client, access, config, fence, log: parts.log }),
    events,
    metrics: new ReactorMetrics(parts.registry, cluster.reactors.store),
    orphans: { deployments: cluster.deployments.store, standing, log },
    dependents: (key) => cluster.deployments.store.list().filter((one) => dependsOn(one, key)).length,
    probeMs: config.resyncMs,
    retryMs: Math.min(RETRY_MS, config.resyncMs),
    onChange,
    onRecovered,
  });
  // One lane per Reactor: a backend that hangs does not delay the probe of another.
  const controller = controllerOf(parts, { name: 'reactor', reconcile: reconciler.reconcile, laneOf: (key) => key });
  cluster.reactors.onChange(({ key }) => controller.enqueue(key));
  // A Reactor that is being deleted is removed with the last Deployment that needs it.
  cluster.deployments.onChange((change) => {
    for (const { metadata } of cluster.reactors.store.list()) {
      if (metadata.deletionTimestamp === undefined) continue;
      const key = keyOf(metadata);
      if (stopsDepending(change, key)) controller.enqueue(key);
    }
  });
  return {
    registry,
    servesType: (key, type) =>
      cluster.reactors.store.get(key) === undefined ? 'Missing' : registry.servesType(key, blueprints.becomes(type)),
    run: () => controller.run(stop, synced),
    close: () => reconciler.close(),
  };
}
