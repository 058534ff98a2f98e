import { backoffMs } from '../../base/backoff.ts';
import { type Clock, sleep, systemClock } from '../../base/clock.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import { DinfraError, RetryableError } from '../../errors/dinfra-error.ts';
import { isExpired } from '../client/api-error.ts';
import { type KubeObject, keyOf, resourceNameOf } from '../client/resource-type.ts';
import type { WatchEvent } from '../client/watch-events.ts';
import type { ChangeHandler, ReflectorHealth, ReflectorOptions, ReflectorTiming } from './reflector-options.ts';
import { firstPlan, nextPlan, type Outcome, type Plan } from './reflector-plan.ts';
import { type Change, type IndexFunction, Store, type StoreView } from './store.ts';

const defaultTiming: ReflectorTiming = {
  backoff: { initialMs: 800, maxMs: 30_000, jitter: 1 },
  watchSeconds: [300, 600],
  inactivityMs: 150_000,
  verifyMs: 600_000,
};

/** A server that asks for more patience than that does not get it. */
const MAX_RETRY_AFTER_MS = 120_000;
/** A watch that has been open for that long, in milliseconds, is one, though nothing was to be told yet. */
const OPEN_MS = 1_000;

/**
 * Keeps a copy of all objects of a type in step with the cluster, from its construction until its signal aborts. There
 * is no error it does not recover from: it lists, watches, and on any failure waits and goes on, from the last version
 * it has seen where that is possible.
 */
export class Reflector<T extends KubeObject, Index extends string = never> {
  readonly store: StoreView<T, Index>;
  /** Resolves when everything has been read once; rejects with the signal's reason when that comes first. */
  readonly synced: Promise<void>;
  /** Resolves when the reflector has ended, which is only after its signal. */
  readonly ended: Promise<void>;
  private readonly options: ReflectorOptions<T, Index>;
  private readonly timing: ReflectorTiming;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly log: Logger;
  private readonly objects: Store<T, Index>;
  private readonly handlers = new Set<ChangeHandler<T>>();
  private readonly markSynced: () => void;
  private isSynced = false;
  private resourceVersion = '';
  private lastHeardAt: number;
  private lastFailureAt: number;
  private verifyAt: number;
  private error: Error | undefined;

  constructor(options: ReflectorOptions<T, Index>) {
    this.options = options;
    this.timing = { ...defaultTiming, ...options.timing };
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.log = (options.logger ?? silentLogger).child({ resource: resourceNameOf(options.type) });
    this.objects = new Store(options.indexes ?? ({} as Readonly<Record<Index, IndexFunction<T>>>));
    this.store = this.objects;
    this.lastHeardAt = this.clock.monotonic();
    this.lastFailureAt = this.lastHeardAt;
    this.verifyAt = this.nextVerifyAt();
    options.observer?.attach(() => this.health());
    const synced = Promise.withResolvers<void>();
    this.synced = synced.promise;
    this.markSynced = synced.resolve;
    // Who waits hears of it; when nobody does, it is no accident either.
    this.synced.catch(() => undefined);
    this.ended = this.run().finally(() => synced.reject(options.signal.reason));
  }

  /**
   * Adds a handler and tells it of every object there is already. Returns what takes it away again. A handler that
   * throws is logged and does not hold up the others.
   */
  onChange(handler: ChangeHandler<T>): () => void {
    this.handlers.add(handler);
    for (const object of this.objects.list()) {
      this.tell(handler, { key: keyOf(object.metadata), old: undefined, now: object }, 'list');
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

  /** One step. Never throws: what goes wrong is an outcome. */
  private async take(step: Plan['next']): Promise<{ readonly outcome: Outcome; readonly retryAfterMs: number }> {
    const progress = { events: 0 };
    const startedAt = this.clock.monotonic();
    try {
      return { outcome: await this.perform(step, progress), retryAfterMs: 0 };
    } catch (error) {
      if (!this.options.signal.aborted) this.noteFailure(step, error);
      // A watch from a version that is still to come, as after a restored backup, is opened and then says nothing at all.
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
    for (const change of this.objects.replaceAll(items)) this.tellAll(change, 'list');
    observer?.listed();
    if (!this.isSynced) {
      this.isSynced = true;
      this.markSynced();
      this.log.info({ objects: items.length }, 'read everything, watching from here');
    }
  }

  /**
   * Reads the state at exactly the version we are at, while no watch is open: whatever differs is a change the watch
   * has lost, and not one that is still on its way. Where that version is gone already, reads the latest: that mends as
   * much, and cannot tell what was lost from what is new.
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
    for (const change of corrections) this.tellAll(change, 'watch');
    observer?.listed();
    observer?.corrected(corrections.length);
    if (corrections.length > 0) {
      const keys = corrections.slice(0, 10).map(({ key }) => key);
      this.log.warn({ corrections: corrections.length, keys }, 'the watch had lost changes, found by reading again');
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
      // An answer that has only begun proves little: a proxy may begin one before it knows that there is nobody behind.
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
    this.resourceVersion = metadata.resourceVersion;
    this.options.observer?.event();
    const change = event.type === 'DELETED' ? this.objects.remove(keyOf(metadata)) : this.objects.put(event.object);
    if (change !== undefined) this.tellAll(change, 'watch');
  }

  /** Drawn anew each time, so that many watches do not end together; cut short when a verification is due before. */
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
    this.log.info({}, 'the API server answers again');
  }

  private noteFailure(step: Plan['next'], error: unknown): void {
    this.lastFailureAt = this.clock.monotonic();
    const reason = reasonOf(error);
    this.options.observer?.failed(step, reason);
    if (isExpired(error)) {
      // A version grows too old in any quiet week: nothing is wrong.
      this.log.debug({ step }, 'the version is gone, reading everything again');
      return;
    }
    const isNews = this.error === undefined || reasonOf(this.error) !== reason;
    this.error = error instanceof Error ? error : new Error(String(error));
    if (isNews) this.log.warn({ step, reason, err: error }, 'cannot follow the cluster, trying on');
  }

  private tellAll(change: Change<T>, origin: 'list' | 'watch'): void {
    for (const handler of this.handlers) this.tell(handler, change, origin);
  }

  private tell(handler: ChangeHandler<T>, change: Change<T>, origin: 'list' | 'watch'): void {
    try {
      handler(change, origin);
    } catch (err) {
      this.log.error({ err, key: change.key }, 'a change handler failed');
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof DinfraError ? error.code : 'Unexpected';
}
