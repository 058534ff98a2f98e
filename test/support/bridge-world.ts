import { Registry } from 'prom-client';
import { type Deployment, deployments } from '../../src/api/deployment.ts';
import { type DescriptorType, descriptorTypes } from '../../src/api/descriptor-type.ts';
import { type Offer, offers } from '../../src/api/offer.ts';
import { type Provider, providers } from '../../src/api/provider.ts';
import { type Subscription, subscriptions } from '../../src/api/subscription.ts';
import type { Award } from '../../src/award/award.ts';
import type { BridgeContext } from '../../src/bridge/bridge-context.ts';
import { BridgeMetrics } from '../../src/bridge/bridge-metrics.ts';
import { DescriptorTypeMirror } from '../../src/bridge/mirror/descriptor-type-mirror.ts';
import type { BridgeEvents, OpenSource, ServesType, SourceRequest } from '../../src/bridge/ports.ts';
import { type ProviderKeys, readProviderKeys } from '../../src/bridge/provider-keys.ts';
import { ProviderSession } from '../../src/bridge/provider-session.ts';
import { ProviderSessions } from '../../src/bridge/provider-sessions.ts';
import type { ContentSource } from '../../src/descriptors/content/content-source.ts';
import type { KubeObject, ResourceType } from '../../src/kube/client/resource-type.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { MemoryCluster } from './memory-cluster.ts';
import { MemoryLedger, MemorySource } from './memory-source.ts';
import { type LogLine, recordingLogger } from './recording-logger.ts';

const secrets: ResourceType = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };
const NAMESPACE = 'acme';

/** Fetches the schema of a type; a test replaces it. */
type FetchSchema = (type: string, sources: readonly ContentSource[], signal: AbortSignal) => Promise<string>;

interface BridgeWorldOptions {
  readonly stageTimeoutMs?: number;
  /** Default: sources on the in-memory ledger. */
  readonly openSource?: OpenSource;
}

/** A bridge without anything outside of the process: in-memory ledger, cluster and clock, and the real sessions. */
export class BridgeWorld {
  readonly clock = new ManualClock();
  readonly cluster = new MemoryCluster();
  readonly ledger = new MemoryLedger().registered().publish('helm/v1');
  readonly registry = new Registry();
  readonly stop = new AbortController();
  readonly lines: LogLine[] = [];
  private readonly log = recordingLogger(this.lines);
  readonly events: { readonly about: string; readonly reason: string; readonly note: string }[] = [];
  /** The opened sources, by name of the Provider. */
  readonly sources: {
    readonly provider: string;
    readonly source: MemorySource;
    readonly request: SourceRequest;
    readonly canReport: () => boolean;
  }[] = [];
  /** What the bridge has said of its writing. */
  readonly mirroring: ('Begins' | 'Ends')[] = [];
  fetchSchema: FetchSchema = async () => '{"type":"object"}';
  servesType: ServesType = () => 'Yes';
  readonly context: BridgeContext;
  private keysRead = new Map<string, ProviderKeys>();

  constructor({ stageTimeoutMs = 200, openSource }: BridgeWorldOptions = {}) {
    const { cluster, clock } = this;
    const recorder: BridgeEvents = {
      record: (about, { reason, note }) => {
        this.events.push({ about: `${about.kind} ${about.metadata.name}`, reason, note });
      },
    };
    this.context = {
      cluster,
      providers: cluster.view<Provider>(providers),
      offers: cluster.view<Offer>(offers),
      deployments: cluster.view<Deployment>(deployments),
      subscriptions: cluster.view<Subscription>(subscriptions),
      types: new DescriptorTypeMirror({
        cluster,
        store: cluster.view<DescriptorType>(descriptorTypes),
        schemas: { schema: (type, _ref, sources, signal) => this.fetchSchema(type, sources, signal) },
        clock,
        log: this.log,
        signal: this.stop.signal,
        timeoutMs: 50,
      }),
      events: recorder,
      metrics: new BridgeMetrics(this.registry),
      clock,
      openSource:
        openSource ??
        ((request, listener) => {
          const source = new MemorySource(this.ledger, listener);
          const provider = [...this.keysRead].find(([, keys]) => keys === request.keys)?.[0] ?? '';
          this.sources.push({ provider, source, request, canReport: request.canReport });
          return source;
        }),
      servesType: (reactor, type) => this.servesType(reactor, type),
      onReachable: () => undefined,
      onMirroring: (_namespace, phase) => this.mirroring.push(phase),
      canReport: () => true,
      unseenAfterMs: 600_000,
      stageTimeoutMs,
    };
    this.secret('account', '//Acme');
  }

  end(): void {
    this.stop.abort(new Error('test over'));
  }

  secret(name: string, suri: string): void {
    const object = { metadata: { name, namespace: NAMESPACE }, data: { suri: Buffer.from(suri).toString('base64') } };
    const stored = { ...object, apiVersion: 'v1', kind: 'Secret' };
    this.cluster.view(secrets).put({
      ...stored,
      metadata: { ...object.metadata, uid: name, resourceVersion: suri, creationTimestamp: '' },
    } as KubeObject);
  }

  provider(
    name = 'acme',
    more: { readonly spec?: object; readonly metadata?: object; readonly status?: object } = {},
  ): Provider {
    return this.cluster.put<Provider>(providers, {
      metadata: { name, namespace: NAMESPACE, ...more.metadata },
      spec: {
        chain: { endpoints: ['ws://127.0.0.1:9944'] },
        accountSecretRef: { name: 'account', key: 'suri' },
        consumerPolicy: { mode: 'Open', consumers: [] },
        teardown: {},
        paused: false,
        ipfsGateways: [],
        ...more.spec,
      },
      ...(more.status && { status: more.status }),
    });
  }

  offer(name = 'web', more: object = {}, metadata: object = {}): Offer {
    return this.cluster.put<Offer>(offers, {
      metadata: { name, namespace: NAMESPACE, ...metadata },
      spec: {
        providerRef: { name: 'acme' },
        descriptorType: 'helm/v1',
        reactorRef: { name: 'cluster-a' },
        pricePerBlock: '5',
        capacity: 3,
        ...more,
      },
    });
  }

  /** A single session, started like the operator does. */
  async session(provider: Provider, rivalOn: (genesis: string) => string | undefined = () => undefined) {
    const keys = await readProviderKeys(this.cluster, provider, this.stop.signal);
    this.keysRead.set(provider.metadata.name, keys);
    return new ProviderSession(provider, keys, this.context, { rivalOn }, this.log);
  }

  /** All sessions, with a queue that the test drains, unless it passes its own. */
  sessions(enqueue?: (key: string) => void): { readonly sessions: ProviderSessions; readonly queued: Set<string> } {
    const queued = new Set<string>();
    const add = enqueue ?? ((key: string) => void queued.add(key));
    const sessions = new ProviderSessions(this.context, add, this.log, this.stop.signal);
    return { sessions, queued };
  }

  get source(): MemorySource {
    const last = this.sources.at(-1);
    if (last === undefined) throw new Error('no source was opened');
    return last.source;
  }

  /** The texts of all submissions so far. */
  get submitted(): readonly string[] {
    return this.sources.flatMap(({ source }) =>
      source.submitted.map(({ text, tenure }) => (tenure ? `${text} ${tenure.subscription}/${tenure.tenure}` : text)),
    );
  }

  deployments(): readonly Deployment[] {
    return this.context.deployments.list();
  }

  deploymentOf(award: Award): Deployment {
    const found = this.deployments().find(
      ({ spec }) => spec.subscription === `${award.subscription}` && spec.tenure === award.tenure,
    );
    if (found === undefined) throw new Error(`there is no Deployment of ${award.subscription}/${award.tenure}`);
    return found;
  }

  /** Writes facts like the controller. */
  controllerSays(award: Award, facts: Partial<NonNullable<Deployment['status']['facts']>>): void {
    const { metadata, status } = this.deploymentOf(award);
    const at = '2025-12-31T00:00:00Z';
    const all = {
      order: 'Realisable',
      orderSince: at,
      workload: 'Up',
      workloadSince: at,
      released: false,
      ...facts,
    } as const;
    this.cluster.put(deployments, {
      // The controller removes its finalizer once nothing is left.
      metadata: { ...metadata, ...(all.released && { finalizers: [] }) },
      status: { ...status, observedGeneration: metadata.generation, facts: all },
    });
  }

  readyOf(object: { readonly status: Provider['status'] } | undefined) {
    return this.condition(object, 'Ready');
  }

  condition(object: { readonly status: Provider['status'] } | undefined, type: string) {
    return object?.status.conditions?.find((one) => one.type === type);
  }

  providerNow(name = 'acme'): Provider | undefined {
    return this.context.providers.get(`${NAMESPACE}/${name}`);
  }

  offerNow(name = 'web'): Offer | undefined {
    return this.context.offers.get(`${NAMESPACE}/${name}`);
  }

  async metric(name: string): Promise<number | undefined> {
    const values = (await this.registry.getSingleMetric(name)?.get())?.values ?? [];
    return values[0]?.value;
  }

  /** Compares until nothing is written or submitted any more, finalising a block each time. */
  async converge(session: ProviderSession, rounds = 10): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      const before = this.cluster.writes.length + this.submitted.length;
      await session.compare(this.stop.signal);
      this.ledger.finalise();
      await settle();
      if (this.cluster.writes.length + this.submitted.length === before) return;
    }
  }
}
