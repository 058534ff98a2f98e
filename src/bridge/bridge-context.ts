import type { Deployment } from '../api/deployment.ts';
import type { Offer } from '../api/offer.ts';
import type { Provider } from '../api/provider.ts';
import type { Subscription } from '../api/subscription.ts';
import type { Clock } from '../base/clock.ts';
import type { StoreView } from '../kube/cache/store.ts';
import type { BridgeMetrics } from './bridge-metrics.ts';
import type { DescriptorTypeMirror } from './mirror/descriptor-type-mirror.ts';
import type { BridgeCluster, BridgeEvents, OpenSource, ServesType } from './ports.ts';

/** What the sessions of all providers share. */
export interface BridgeContext {
  readonly cluster: BridgeCluster;
  readonly providers: StoreView<Provider>;
  readonly offers: StoreView<Offer>;
  readonly deployments: StoreView<Deployment>;
  readonly subscriptions: StoreView<Subscription>;
  readonly types: DescriptorTypeMirror;
  readonly events: BridgeEvents;
  readonly metrics: BridgeMetrics;
  readonly clock: Clock;
  readonly openSource: OpenSource;
  readonly servesType: ServesType;
  /** Called when the source of a Provider, by `namespace/name`, becomes readable: at first, and after each outage. */
  readonly onReachable: (provider: string) => void;
  /** Called when writing awards into a namespace begins, and when it has ended, successfully or not. */
  readonly onMirroring: (namespace: string, phase: 'Begins' | 'Ends') => void;
  /** Whether the operator knows what runs, because it can see its cluster. */
  readonly canReport: () => boolean;
  /** How long a workload may go unseen before it is reported degraded, in milliseconds. */
  readonly unseenAfterMs: number;
  /** How long one stage of a comparison may take, in milliseconds. */
  readonly stageTimeoutMs: number;
}

/** What a session asks about the claims of the other Providers. */
export interface SessionClaims {
  /** The Provider, by `namespace/name`, that serves this account on a chain instead; undefined if this one does. */
  rivalOn(genesis: string): string | undefined;
}
