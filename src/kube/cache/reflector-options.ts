import type { BackoffLimits } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { KubeClient } from '../client/kube-client.ts';
import type { KubeObject, ResourceType } from '../client/resource-type.ts';
import type { Plan } from './reflector-plan.ts';
import type { Change } from './store.ts';

/**
 * Called for each change, in order, on the reflector's own loop: it must only enqueue the key and return. `origin` is
 * `list` for objects that already existed, `watch` for changes as they happen.
 */
export type ChangeHandler<T extends KubeObject> = (change: Change<T>, origin: 'list' | 'watch') => void;

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: KubeClient;
  readonly type: ResourceType<T>;
  /** Stops the reflector for good. */
  readonly signal: AbortSignal;
  /** Default: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly logger?: Logger;
  readonly observer?: ReflectorObserver;
  readonly timing?: Partial<ReflectorTiming>;
  readonly clock?: Clock;
  readonly random?: () => number;
}

export interface ReflectorTiming {
  /** The wait after failures. Default 0.8 s to 30 s, up to twice that by jitter. */
  readonly backoff: BackoffLimits;
  /** How long one watch stays open, in seconds; drawn at random from this range. Default 300 to 600. */
  readonly watchSeconds: readonly [number, number];
  /** Silence after which a watch counts as dead, in milliseconds. Default 150 s. */
  readonly inactivityMs: number;
  /** Time between verifications, give or take a tenth, in milliseconds. Default 10 min. */
  readonly verifyMs: number;
}

/** What a reflector reports to metrics. */
export interface ReflectorObserver {
  /** Called once at start with the function that returns the current health. */
  attach(health: () => ReflectorHealth): void;
  listed(): void;
  watching(): void;
  /** `reason` is a code of the catalogue, or `Unexpected`. */
  failed(step: Plan['next'], reason: string): void;
  event(): void;
  /** Changes the watch should have delivered and a verification found instead: each one is a defect somewhere. */
  corrected(objects: number): void;
}

/** The health of a reflector, for probes and conditions. */
export interface ReflectorHealth {
  /** The first list is complete. */
  readonly synced: boolean;
  /** Objects in the store. */
  readonly objects: number;
  /** Milliseconds since the API server last sent anything for this type; bookmarks keep it near a minute at rest. */
  readonly silentMs: number;
  /** Milliseconds since the loop last got a reply or a failure. */
  readonly idleMs: number;
  /** The failure it is currently retrying; undefined while it works. */
  readonly error: Error | undefined;
}
