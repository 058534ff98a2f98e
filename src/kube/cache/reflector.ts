import { setImmediate as nextTurn } from 'node:timers/promises';
import { backoffMs } from '../../base/backoff.ts';
import { type Clock, sleep, systemClock } from '../../base/clock.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import { DinfraError, RetryableError } from '../../errors/dinfra-error.ts';
import { isExpired } from '../client/api-error.ts';
import { type KubeObject, keyOf, resourceNameOf } from '../client/resource-type.ts';
import type { WatchEvent } from '../client/watch-events.ts';
import type { ChangeHandler, ReflectorHealth, ReflectorOptions, ReflectorTiming } from './reflector-options.ts';
import { firstPlan, nextPlan, type Outcome, type Plan } from './reflector-plan.ts';
import { type Change, Store, type StoreView } from './store.ts';

const defaultTiming: ReflectorTiming = {
  backoff: { initialMs: 800, maxMs: 30_000, jitter: 1 },
  watchSeconds: [300, 600],
  inactivityMs: 150_000,
  verifyMs: 600_000,
};

/** Changes of a list handled before the event loop gets to run. */
const SLICE = 500;
/** The longest Retry-After that is honoured, in milliseconds. */
const MAX_RETRY_AFTER_MS = 120_000;
/** A watch open this long counts as working even without an event. In milliseconds. */
const OPEN_MS = 1_000;

/**
 * Keeps a copy of all objects of a type in sync with the cluster, from construction until its signal aborts. It lists,
 * then watches, and recovers from every error: it backs off and resumes from the last version seen, or relists.
 */
export class Reflector<T extends KubeObject> {
  readonly store: StoreView<T>;
  /** Resolves after the first complete list; rejects with the signal's reason if that aborts first. */
  readonly synced: Promise<void>;
  /** Resolves when the reflector has stopped, which only its signal makes it do. */
  readonly ended: Promise<void>;
  private readonly options: ReflectorOptions<T>;
  private readonly timing: ReflectorTiming;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly log: Logger;
  private readonly objects: Store<T>;
  private readonly handlers = new Set<ChangeHandler<T>>();
  private readonly markSynced: () => void;
  private isSynced = false;
  private resourceVersion = '';
  private lastHeardAt: number;
  private lastFailureAt: number;
  private verifyAt: number;
  private error: Error | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.options = options;
    this.timing = { ...defaultTiming, ...options.timing };
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.log = (options.logger ?? silentLogger).child({ resource: resourceNameOf(options.type) });
    this.objects = new Store();
    this.store = this.objects;
    this.lastHeardAt = this.clock.monotonic();
    this.lastFailureAt = this.lastHeardAt;
    this.verifyAt = this.nextVerifyAt();
    options.observer?.attach(() => this.health());
    const synced = Promise.withResolvers<void>();
    this.synced = synced.promise;
    this.markSynced = synced.resolve;
    // Callers that await it see the rejection; without callers it must not become an unhandled one.
    this.synced.catch(() => undefined);
    this.ended = this.run().finally(() => synced.reject(options.signal.reason));
  }

  /**
   * Adds a handler and calls it for every object already in the store. Returns a function that removes it. A handler
   * that throws is logged and does not affect the others.
   */
  onChange(handler: ChangeHandler<T>): () => void {
    this.handlers.add(handler);
    for (const object of this.objects.list()) {
      this.notify(handler, { key: keyOf(object.metadata), old: undefined, now: object }, 'list');
    }
    return () => this.handlers.delete(handler);
  }

  health(): ReflectorHealth {
    const now = this.clock.monotonic();
    const lastSignAt = Math.max(this.lastHeardAt, this.lastFailureAt);
    return {
      synced: this.isSynced,
      objects: this.objects.size,
      silentMs: now - this.lastHeardAt,
      idleMs: now - lastSignAt,
      error: this.error,
    };
  }

  private async run(): Promise<void> {
    const { signal } = this.options;
    let plan = firstPlan;
    while (!signal.aborted) {
      const { outcome, retryAfterMs } = await this.take(plan.next);
      plan = nextPlan(plan, outcome, this.clock.monotonic() >= this.verifyAt);
      if (!plan.backOff) continue;
      const waitMs = Math.max(backoffMs(plan.failures, this.timing.backoff, this.random), retryAfterMs);
      await sleep(waitMs, this.clock, signal).catch(() => undefined);
    }
  }

  /** One step. Never throws: a failure is an outcome. */
  private async take(step: Plan['next']): Promise<{ readonly outcome: Outcome; readonly retryAfterMs: number }> {
    const progress = { events: 0 };
    const startedAt = this.clock.monotonic();
    try {
      return { outcome: await this.perform(step, progress), retryAfterMs: 0 };
    } catch (error) {
      if (!this.options.signal.aborted) this.noteFailure(step, error);
      // A watch from a future version, as after a restored backup, opens and then stays silent.
      const mute = step === 'watch' && progress.events === 0;
      const inDoubt = isExpired(error) || (mute && this.clock.monotonic() - startedAt >= this.timing.inactivityMs);
      const asked = error instanceof RetryableError ? (error.retryAfterMs ?? 0) : 0;
      return {
        outcome: { kind: 'failed', step, inDoubt, progressed: progress.events > 0 },
        retryAfterMs: Math.min(asked, MAX_RETRY_AFTER_MS),
      };
    }
  }

  private async perform(step: Plan['next'], progress: { events: number }): Promise<Outcome> {
    switch (step) {
      case 'list':
        await this.list();
        return { kind: 'listed' };
      case 'verify':
        await this.verify();
        return { kind: 'verified' };
      case 'watch':
        return this.watch(progress);
    }
  }

  private async list(): Promise<void> {
    const { client, type, signal, observer } = this.options;
    const { items, resourceVersion } = await client.list(type, this.selection(), signal);
    this.resourceVersion = resourceVersion;
    this.verifyAt = this.nextVerifyAt();
    this.noteHeard();
    await this.notifyInSlices(this.objects.replaceAll(items), 'list');
    observer?.listed();
    if (!this.isSynced) {
      this.isSynced = true;
      this.markSynced();
      this.log.info({ objects: items.length }, 'listed, watching');
    }
  }

  /**
   * Lists at exactly the current version, while no watch is open: any difference is a change the watch missed, not one
   * still in flight. If that version has expired, lists the latest: that corrects the store just as well, but cannot tell
   * missed changes from new ones.
   */
  private async verify(): Promise<void> {
    const { client, type, signal, observer } = this.options;
    this.verifyAt = this.nextVerifyAt();
    const at = { ...this.selection(), resourceVersion: this.resourceVersion };
    const list = await client.list(type, at, signal).catch((error: unknown) => {
      if (!isExpired(error)) throw error;
      return undefined;
    });
    if (list === undefined) return this.list();
    const { items } = list;
    this.noteHeard();
    const corrections = this.objects.replaceAll(items);
    await this.notifyInSlices(corrections, 'watch');
    observer?.listed();
    observer?.corrected(corrections.length);
    if (corrections.length > 0) {
      const keys = corrections.slice(0, 10).map(({ key }) => key);
      this.log.warn({ corrections: corrections.length, keys }, 'verification found changes the watch had missed');
    }
  }

  private async watch(progress: { events: number }): Promise<Outcome> {
    const { client, type, signal, observer } = this.options;
    const startedAt = this.clock.monotonic();
    let forgetOpening = () => {};
    const options = {
      ...this.selection(),
      resourceVersion: this.resourceVersion,
      timeoutSeconds: this.watchSeconds(startedAt),
      inactivityMs: this.timing.inactivityMs,
      // Response headers prove little: a proxy may send them before it has reached the server.
      onOpen: () => {
        forgetOpening = this.clock.after(OPEN_MS, () => this.noteHeard());
      },
    };
    observer?.watching();
    try {
      for await (const event of client.watch(type, options, signal)) {
        progress.events += 1;
        this.noteHeard();
        this.follow(event);
      }
    } finally {
      forgetOpening();
    }
    this.noteHeard();
    return {
      kind: 'watchEnded',
      livedMs: this.clock.monotonic() - startedAt,
      progressed: progress.events > 0,
    };
  }

  private follow(event: WatchEvent<T>): void {
    if (event.type === 'BOOKMARK') {
      this.resourceVersion = event.resourceVersion;
      return;
    }
    const { metadata } = event.object;
    const change = event.type === 'DELETED' ? this.objects.remove(keyOf(metadata)) : this.objects.put(event.object);
    // Only now: a resumed watch must start at the first event the store has not applied.
    this.resourceVersion = metadata.resourceVersion;
    this.options.observer?.event();
    if (change !== undefined) this.notifyAll(change, 'watch');
  }

  /** Random, so that watches do not all end together; shorter when a verification is due first. */
  private watchSeconds(now: number): number {
    const [shortest, longest] = this.timing.watchSeconds;
    const drawn = shortest + this.random() * (longest - shortest);
    return Math.max(1, Math.ceil(Math.min(drawn, (this.verifyAt - now) / 1000)));
  }

  private selection(): { namespace?: string; labelSelector?: string; fieldSelector?: string } {
    const { namespace, labelSelector, fieldSelector } = this.options;
    return {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
  }

  private nextVerifyAt(): number {
    return this.clock.monotonic() + this.timing.verifyMs * (0.9 + 0.2 * this.random());
  }

  private noteHeard(): void {
    this.lastHeardAt = this.clock.monotonic();
    if (this.error === undefined) return;
    this.error = undefined;
    this.log.info({}, 'API server is answering again');
  }

  private noteFailure(step: Plan['next'], error: unknown): void {
    this.lastFailureAt = this.clock.monotonic();
    const reason = reasonOf(error);
    this.options.observer?.failed(step, reason);
    if (isExpired(error)) {
      // Versions expire in normal operation: this is not a failure.
      this.log.debug({ step }, 'resource version expired, listing again');
      return;
    }
    const isNews = this.error === undefined || reasonOf(this.error) !== reason;
    this.error = error instanceof Error ? error : new Error(String(error));
    if (isNews) this.log.warn({ step, reason, err: error }, 'list or watch failed, retrying');
  }

  /** A list may hold 10,000 objects: yields to the event loop in between. */
  private async notifyInSlices(changes: readonly Change<T>[], origin: 'list' | 'watch'): Promise<void> {
    for (let from = 0; from < changes.length; from += SLICE) {
      if (from > 0) await nextTurn();
      for (const change of changes.slice(from, from + SLICE)) this.notifyAll(change, origin);
    }
  }

  private notifyAll(change: Change<T>, origin: 'list' | 'watch'): void {
    for (const handler of this.handlers) this.notify(handler, change, origin);
  }

  private notify(handler: ChangeHandler<T>, change: Change<T>, origin: 'list' | 'watch'): void {
    try {
      handler(change, origin);
    } catch (err) {
      this.log.error({ err, key: change.key }, 'change handler failed');
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof DinfraError ? error.code : 'Unexpected';
}
