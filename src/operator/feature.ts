import type { Registry } from 'prom-client';
import type { Fence } from '../base/fence.ts';
import type { Logger } from '../base/logger.ts';
import type { ClusterAccess } from '../kube/client/cluster-access.ts';
import type { KubeClient } from '../kube/client/kube-client.ts';
import type { EventRecorder } from '../kube/events/event-recorder.ts';
import { controllerDead } from '../kube/health.ts';
import { Controller, type ControllerOptions } from '../kube/queue/controller.ts';
import type { ControllerMetrics } from '../kube/queue/controller-metrics.ts';
import type { Health } from '../server/health.ts';
import type { ClusterView } from './cluster-view.ts';
import type { Config } from './config.ts';
import type { Traces } from './traces/tenure-traces.ts';

export interface OperatorOptions {
  readonly config: Config;
  readonly access: ClusterAccess;
  /** Whether this process may still act: checked before every outward effect. */
  readonly fence: Fence;
  readonly health: Health;
  readonly registry: Registry;
  readonly log: Logger;
  readonly traces: Traces;
}

/** What every feature of a leading operator is given. */
export interface OperatorParts extends OperatorOptions {
  /** Fenced. */
  readonly client: KubeClient;
  readonly cluster: ClusterView;
  /** Resolve when the caches have synced. */
  readonly synced: readonly Promise<void>[];
  readonly events: EventRecorder;
  readonly controllerMetrics: ControllerMetrics;
  /** An orderly stop: reconciles in progress may finish. */
  readonly stop: AbortSignal;
}

/** A part of the operator that runs on its own. */
export interface Feature {
  /** Runs until the operator stops, and resolves when its last work has ended. */
  run(): Promise<void>;
  /** Releases its resources, after every feature has ended. */
  close(): Promise<void>;
}

/** A controller that is counted, logged and watched by the liveness probe. */
export function controllerOf(
  parts: OperatorParts,
  options: Omit<ControllerOptions, 'logger' | 'observer'>,
): Controller {
  const { controllerMetrics, health, log } = parts;
  const controller = new Controller({
    ...options,
    logger: log,
    observer: controllerMetrics.forController(options.name),
  });
  health.addLive(`controller ${options.name}`, () => controllerDead(controller));
  return controller;
}
