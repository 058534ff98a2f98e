import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../../base/clock.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import { TokenBucket } from '../../base/token-bucket.ts';
import { DinfraError } from '../../errors/dinfra-error.ts';
import { isAlreadyExists, isNotFound } from '../client/api-error.ts';
import type { KubeClient } from '../client/kube-client.ts';
import { microTime } from '../client/micro-time.ts';
import type { KubeObject, ResourceType } from '../client/resource-type.ts';
import { type EventNote, type EventSeries, newSeries, seriesKey } from './event-note.ts';

export interface EventRecorderOptions {
  readonly client: KubeClient;
  /** Stops the recorder; Events not written by then are lost. */
  readonly signal: AbortSignal;
  /** The reportingInstance, e.g. the pod's name. */
  readonly instance: string;
  /** Default dinfra.io/operator. */
  readonly controller?: string;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly newId?: () => string;
}

/** events.k8s.io/v1 Event: the fields we write. */
interface KubeEvent extends KubeObject {
  readonly eventTime: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly action: string;
  readonly reason: string;
  readonly type: string;
  readonly note: string;
  readonly regarding: EventSeries['regarding'];
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
}

const events: ResourceType<KubeEvent> = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};

/** A series without a new occurrence for this long has ended; the next occurrence starts a new Event. As in client-go. */
const SERIES_IDLE_MS = 6 * 60_000;
/** Series kept, and objects whose rate is kept; the least recently used are evicted. */
const MAX_SERIES = 2_048;
/** Minimum time between two writes of one series' count. */
const COUNT_EVERY_MS = 30_000;
const RETRY_AFTER_MS = 10_000;
const MAX_FAILURES = 12;
/** Rate limit of new series per object: this burst, then one every half minute. */
const OBJECT_LIMIT = { perSecond: 1 / 30, burst: 25 };
const OVERALL_LIMIT = { perSecond: 10, burst: 50 };

/**
 * Writes Events. Repeats of a note on an object are counted in one Event, and noisy objects are rate limited. Failing to
 * write an Event never fails anything else.
 */
export class EventRecorder {
  private readonly options: EventRecorderOptions;
  private readonly clock: Clock;
  private readonly log: Logger;
  /** Ordered by use: the most recently used series comes last. */
  private readonly series = new Map<string, EventSeries>();
  private readonly unwritten = new Set<EventSeries>();
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly overall: TokenBucket;
  private pumping: Promise<void> | undefined;
  private cancelTimer: (() => void) | undefined;

  constructor(options: EventRecorderOptions) {
    this.options = options;
    this.clock = options.clock ?? systemClock;
    this.log = options.logger ?? silentLogger;
    this.overall = new TokenBucket(OVERALL_LIMIT.perSecond, OVERALL_LIMIT.burst, this.clock);
    options.signal.addEventListener('abort', () => this.cancelTimer?.(), { once: true });
  }

  /** Queues an Event about an object. Returns immediately. */
  record(regarding: KubeObject, note: EventNote): void {
    if (this.options.signal.aborted) return;
    const now = this.clock.wallTime();
    this.forgetOld(now);
    const key = seriesKey(regarding, note);
    let series = this.series.get(key);
    if (series !== undefined) {
      series.count += 1;
      series.lastAt = now;
    } else {
      if (!this.bucketOf(regarding).tryTake()) return;
      series = newSeries(regarding, note, (this.options.newId ?? newId)(), now);
    }
    this.series.delete(key);
    this.series.set(key, series);
    this.unwritten.add(series);
    this.pump();
  }

  /** Resolves when every Event that is due has been written or dropped. */
  async flush(): Promise<void> {
    await this.pumping;
  }

  /** Writes the Events that are due, one at a time, and sets a timer for the rest. */
  private pump(): void {
    this.pumping ??= this.writeDue().finally(() => {
      this.pumping = undefined;
      this.armTimer();
    });
  }

  private async writeDue(): Promise<void> {
    // Wait a tick: several notes of one reconcile become one write.
    await Promise.resolve();
    for (let due = this.nextDue(); due !== undefined; due = this.nextDue()) {
      this.unwritten.delete(due);
      try {
        await this.overall.take(this.options.signal);
        await this.write(due);
        due.failures = 0;
        due.writeAt = this.clock.monotonic() + COUNT_EVERY_MS;
      } catch (error) {
        if (this.options.signal.aborted) return;
        this.noteFailure(due, error);
      }
    }
  }

  private nextDue(): EventSeries | undefined {
    if (this.options.signal.aborted) return undefined;
    const now = this.clock.monotonic();
    for (const series of this.unwritten) if (series.writeAt <= now) return series;
    return undefined;
  }

  private async write(series: EventSeries): Promise<void> {
    const { client, signal } = this.options;
    const { count } = series;
    const counted = { series: { count, lastObservedTime: microTime(series.lastAt) } };
    if (series.written > 0) {
      try {
        await client.mergePatch(events, series.ref, counted, signal);
        series.written = count;
        return;
      } catch (error) {
        // The API server deletes Events after an hour: start a new one.
        if (!isNotFound(error)) throw error;
      }
    }
    await this.create(series, count > 1 ? counted : {}).catch((error: unknown) => {
      // An earlier create succeeded, but its response was lost.
      if (!isAlreadyExists(error)) throw error;
    });
    series.written = count;
  }

  private async create(series: EventSeries, counted: Pick<KubeEvent, 'series'>): Promise<void> {
    const { client, signal, instance, controller = 'dinfra.io/operator' } = this.options;
    const manifest = {
      metadata: series.ref,
      eventTime: microTime(series.firstAt),
      reportingController: controller,
      reportingInstance: instance,
      regarding: series.regarding,
      ...series.note,
      ...counted,
    };
    await client.create(events, manifest, signal);
  }

  private noteFailure(series: EventSeries, error: unknown): void {
    series.failures += 1;
    const lasting = error instanceof DinfraError && error.code !== 'ClusterForbidden' && error.family === 'retryable';
    const { ref, note } = series;
    if (!lasting || isNotFound(error) || series.failures >= MAX_FAILURES) {
      // For example, a terminating namespace rejects new Events.
      this.log.debug({ err: error, event: ref.name, note: note.note }, 'Event could not be written, dropping it');
      return;
    }
    series.writeAt = this.clock.monotonic() + RETRY_AFTER_MS;
    this.unwritten.add(series);
  }

  private armTimer(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    if (this.unwritten.size === 0 || this.options.signal.aborted) return;
    const soonest = Math.min(...[...this.unwritten].map(({ writeAt }) => writeAt));
    this.cancelTimer = this.clock.after(Math.max(0, soonest - this.clock.monotonic()), () => this.pump());
  }

  private forgetOld(now: number): void {
    for (const [key, series] of this.series) {
      if (this.series.size < MAX_SERIES && now - series.lastAt < SERIES_IDLE_MS) return;
      this.series.delete(key);
      if (this.series.size >= MAX_SERIES) this.unwritten.delete(series);
    }
  }

  private bucketOf({ metadata: { uid } }: KubeObject): TokenBucket {
    const bucket = this.buckets.get(uid) ?? new TokenBucket(OBJECT_LIMIT.perSecond, OBJECT_LIMIT.burst, this.clock);
    this.buckets.delete(uid);
    this.buckets.set(uid, bucket);
    const [oldest] = this.buckets.keys();
    if (this.buckets.size > MAX_SERIES && oldest !== undefined) this.buckets.delete(oldest);
    return bucket;
  }
}

function newId(): string {
  return randomBytes(8).toString('hex');
}
