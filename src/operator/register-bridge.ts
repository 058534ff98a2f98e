import type { Tenure } from '../award/identity.ts';
import type { Standing } from '../award/source.ts';
import { systemClock } from '../base/clock.ts';
import type { BridgeContext } from '../bridge/bridge-context.ts';
import { BridgeMetrics } from '../bridge/bridge-metrics.ts';
import { DescriptorTypeMirror } from '../bridge/mirror/descriptor-type-mirror.ts';
import type { OpenSource, ServesType } from '../bridge/ports.ts';
import { ProviderSessions } from '../bridge/provider-sessions.ts';
import { Descriptors } from '../descriptors/descriptors.ts';
import { SchemaChecker } from '../descriptors/schema/schema-checker.ts';
import { reflectorNotReady } from '../kube/health.ts';
import { DinfraSource } from '../sources/dinfra/dinfra-source.ts';
import { ChainClients } from '../substrate/chain-clients.ts';
import { type Connection, connect } from '../substrate/connection.ts';
import { controllerOf, type Feature, type OperatorParts } from './feature.ts';
import { tracedCluster, tracedSource } from './traces/traced-parts.ts';

export interface BridgeFeature extends Feature {
  readonly sessions: ProviderSessions;
  readonly descriptors: Descriptors;
  /** The state of a tenure at its award source. */
  standing(tenure: Tenure, signal: AbortSignal): Promise<Standing>;
  /** A reactor was built, replaced or removed: whether Offers may be sold can change. */
  reactorChanged(): void;
}

interface BridgePorts {
  readonly onReachable: BridgeContext['onReachable'];
  readonly onMirroring: BridgeContext['onMirroring'];
  readonly servesType: ServesType;
}

/** Timeout of one stage of a comparison, in milliseconds. */
const STAGE_TIMEOUT_MS = 30_000;

/** Mirrors award sources into the cluster and reports back the outcome: a session for each Provider. */
export function registerBridge(
  parts: OperatorParts,
  { onReachable, onMirroring, servesType }: BridgePorts,
): BridgeFeature {
  const { client, cluster, config, events, log, registry, stop, synced, traces } = parts;
  const checker = new SchemaChecker();
  const descriptors = new Descriptors(checker);
  const sessions = new ProviderSessions(
    {
      cluster: tracedCluster(client, traces),
      providers: cluster.providers.store,
      offers: cluster.offers.store,
      deployments: cluster.deployments.store,
      subscriptions: cluster.subscriptions.store,
      types: new DescriptorTypeMirror({
        cluster: client,
        store: cluster.types.store,
        schemas: descriptors,
        clock: systemClock,
        log,
        signal: stop,
      }),
      events,
      metrics: new BridgeMetrics(registry),
      clock: systemClock,
      openSource: tracedSource(dinfraSources(parts), traces),
      servesType,
      onReachable,
      onMirroring,
      canReport: () => reflectorNotReady(cluster.deployments.health()) === undefined,
      unseenAfterMs: config.unseenAfterMs,
      stageTimeoutMs: STAGE_TIMEOUT_MS,
    },
    (key) => providerController.enqueue(key),
    log,
    stop,
  );
  const providerController = controllerOf(parts, {
    name: 'provider',
    reconcile: sessions.reconcile,
    laneOf: (key) => key,
  });
  const offerController = controllerOf(parts, { name: 'offer', reconcile: sessions.reconcileOffer });
  cluster.providers.onChange(({ key, old, now }) => {
    sessions.noteProvider(key, { old, now });
    const name = (now ?? old)?.metadata.name;
    for (const offer of cluster.offers.store.list()) {
      const { metadata, spec } = offer;
      if (spec.providerRef.name === name) offerController.enqueue(`${metadata.namespace}/${metadata.name}`, 'low');
    }
  });
  cluster.offers.onChange(({ key, old, now }) => {
    offerController.enqueue(key);
    sessions.noteOffer({ old, now });
  });
  cluster.deployments.onChange((change) => sessions.noteDeployment(change));
  cluster.subscriptions.onChange((change) => sessions.noteSubscription(change));
  cluster.types.onChange((change) => sessions.noteType(change));
  return {
    sessions,
    descriptors,
    standing: (tenure, signal) => sessions.standing(tenure, signal),
    reactorChanged: () => sessions.noteReactor(),
    // Only after the whole mirror has synced: an object that is not cached yet must not look deleted.
    run: async () => {
      await Promise.all([providerController.run(stop, synced), offerController.run(stop, synced)]);
      await sessions.ended();
    },
    close: () => checker.close(),
  };
}

/** Our pallets as an award source; Providers of one chain share a client. */
export function dinfraSources({ fence }: Pick<OperatorParts, 'fence'>): OpenSource {
  const chains = new ChainClients<Connection>({ connect, clock: systemClock, random: Math.random });
  return ({ endpoints, genesis, pallets, stallMs, cursor, keys, canReport }, listener) =>
    new DinfraSource({
      chain: chains.get({ endpoints, genesis, stallMs }),
      cursor,
      account: keys.account,
      accessKey: keys.accessKey,
      mayReport: canReport,
      fence,
      clock: systemClock,
      listener,
      pallets,
    });
}
