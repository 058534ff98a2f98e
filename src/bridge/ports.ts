import type { AwardSource, Point, SourceListener } from '../award/source.ts';
import type { KubeClient } from '../kube/client/kube-client.ts';
import type { EventRecorder } from '../kube/events/event-recorder.ts';
import type { ProviderKeys } from './provider-keys.ts';

/** What the bridge needs of the API server. */
export type BridgeCluster = Pick<KubeClient, 'apply' | 'create' | 'delete' | 'find' | 'jsonPatch' | 'mergePatch'>;

export type BridgeEvents = Pick<EventRecorder, 'record'>;

/** The parameters of the source that a session opens. */
export interface SourceRequest {
  readonly endpoints: readonly string[];
  /** Genesis that the source must have; undefined accepts the first one seen. */
  readonly genesis: string | undefined;
  /** Names of the source's pallets; undefined uses the default names. */
  readonly pallets: { readonly provider: string; readonly subscription: string } | undefined;
  /** How long without a new point counts as stalled, in milliseconds; undefined uses the default of the source. */
  readonly stallMs: number | undefined;
  /** The last point whose effects are in the cluster: a history without it is refused. */
  readonly cursor: Point | undefined;
  readonly keys: ProviderKeys;
  /** Whether the operator knows what runs; while it does not, no heartbeat is sent. */
  readonly canReport: () => boolean;
}

export type OpenSource = (request: SourceRequest, listener: SourceListener) => AwardSource;

/** Whether a Reactor realises descriptors of a type. `Unknown` until the Reactor is set up. */
export type ServesType = (reactor: string, type: string) => 'Yes' | 'No' | 'Unknown' | 'Missing';
