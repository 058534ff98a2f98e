import type { Deployment } from '../../api/deployment.ts';
import { Label } from '../../api/labels.ts';
import { type Clock, sleep, systemClock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { findDinfraError } from '../../errors/dinfra-error.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';
import { keyOf } from '../../kube/client/resource-type.ts';
import { type ContentPins, configMaps, PINNED, type Pin, pinOf } from './content-pins.ts';

export interface PinSweeperOptions {
  readonly client: Pick<KubeClient, 'list' | 'delete'>;
  readonly pins: Pick<ContentPins, 'forget'>;
  readonly deployments: StoreView<Deployment>;
  /** The namespace to sweep; undefined for all. */
  readonly namespace: string | undefined;
  readonly log: Logger;
  /** Interval between sweeps, in milliseconds. Default 10 minutes. */
  readonly everyMs?: number;
  readonly clock?: Clock;
}

/** Metadata only: the content is up to 256 KiB each. */
const pinnedNames = { ...configMaps, metadataOnly: true } as const;

/** Deletes stored descriptors that no Deployment refers to any more. */
export class PinSweeper {
  readonly #options: Required<PinSweeperOptions>;
  /** The unreferenced ones at the last sweep, by `namespace/name`. */
  #unreferenced: ReadonlySet<string> = new Set();

  constructor(options: PinSweeperOptions) {
    this.#options = { everyMs: 600_000, clock: systemClock, ...options };
  }

  /** Sweeps until `stop` aborts. Never throws. */
  async run(stop: AbortSignal): Promise<void> {
    const { everyMs, clock, log } = this.#options;
    while (!stop.aborted) {
      await sleep(everyMs, clock, stop).catch(() => undefined);
      if (stop.aborted) return;
      await this.sweep(stop).catch((error: unknown) => {
        log.warn({ err: error, reason: findDinfraError(error)?.code }, 'sweeping stored descriptors failed');
      });
    }
  }

  /**
   * Deletes what was unreferenced at this sweep and the previous one: a Deployment that was deleted by hand is mirrored
   * again before the second sweep.
   */
  async sweep(signal: AbortSignal): Promise<void> {
    const { client, pins, namespace, log } = this.#options;
    const selector = { labelSelector: `${Label.content}=${PINNED}`, ...(namespace !== undefined && { namespace }) };
    const { items } = await client.list(pinnedNames, selector, signal);
    // Read after the list: a descriptor that was stored for a new award has its Deployment by now.
    const referenced = this.#referenced();
    const unreferenced = items.filter(({ metadata }) => !referenced.has(keyOf(metadata)));
    const before = this.#unreferenced;
    this.#unreferenced = new Set(unreferenced.map(({ metadata }) => keyOf(metadata)));
    for (const { metadata } of unreferenced) {
      if (!before.has(keyOf(metadata))) continue;
      pins.forget(metadata);
      await client.delete(configMaps, metadata, signal, { preconditions: { uid: metadata.uid } });
      log.info({ configMap: keyOf(metadata) }, 'a stored descriptor that nothing refers to was deleted');
    }
  }

  #referenced(): ReadonlySet<string> {
    const pins = new Map<string, Pin>();
    for (const { metadata, spec, status } of this.#options.deployments.list()) {
      const namespace = metadata.namespace ?? '';
      for (const ref of [spec.descriptor, spec.update, spec.accepted, status.accepted]) {
        // A Deployment usually names the same hash up to four times.
        const key = `${namespace} ${ref?.hash} ${spec.descriptorType}`;
        if (ref !== undefined && !pins.has(key)) pins.set(key, pinOf(namespace, ref.hash, spec.descriptorType));
      }
    }
    return new Set([...pins.values()].map(keyOf));
  }
}
