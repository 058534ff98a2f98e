import type { AwardSource, Point, SourceListener } from '../award/source.ts';
import type { KubeClient } from '../kube/client/kube-client.ts';
import type { EventRecorder } from '../kube/events/event-recorder.ts';
import type { ProviderKeys } from './provider-keys.ts';

/** What the bridge needs of the API server. */
export type BridgeCluster = Pick<KubeClient, 'apply' | 'delete' | 'find' | 'jsonPatch'>;

export type BridgeEvents = Pick<EventRecorder, 'record'>;

/** What a session asks of the source of its awards. */
export interface SourceRequest {
  readonly endpoints: readonly string[];
  /** Identity the source must have; undefined takes the first one seen. */
  readonly genesis: string | undefined;
  /** What the source calls the places where awards are kept; undefined takes its own names. */
  readonly pallets: { readonly provider: string; readonly subscription: string } | undefined;
  /** How long without a new point counts as stalled, in milliseconds; undefined leaves it to the source. */
  readonly stallMs: number | undefined;
  /** The point whose effects are in the cluster: another history is refused. */
  readonly cursor: Point | undefined;
  readonly keys: ProviderKeys;
  /** Whether the operator can speak for what runs. Without that no sign of life is sent. */
  readonly canReport: () => boolean;
}

export type OpenSource = (request: SourceRequest, listener: SourceListener) => AwardSource;

/** Whether a Reactor realises descriptors of a type. `Unknown` while the Reactor was not made yet, or its kind cannot say. */
export type ServesType = (reactor: string, type: string) => 'Yes' | 'No' | 'Unknown' | 'Missing';
