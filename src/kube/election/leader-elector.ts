import { type Clock, sleep, systemClock } from '../../base/clock.ts';
import { startDeadline } from '../../base/deadline.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../client/api-error.ts';
import type { KubeClient } from '../client/kube-client.ts';
import { heldSpec, type Lease, leases, mayTake, type ObservedLease, observe, releasedSpec } from './lease-record.ts';

export interface LeaderElectorOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Name of the Lease: one for all that compete. */
  readonly name: string;
  /** Who we are. Unique to this process: a pod's name and something random. */
  readonly identity: string;
  /** How long others wait for a silent leader, in milliseconds. Default 15 s. */
  readonly leaseDurationMs?: number;
  /** How long a leader that cannot renew goes on, in milliseconds. Below leaseDurationMs. Default 10 s. */
  readonly renewDeadlineMs?: number;
  /** Time between attempts, in milliseconds. Default 2 s. */
  readonly retryPeriodMs?: number;
  /** Told at once when leadership is lost, before the work has ended. */
  readonly onLost?: () => void;
  /** Told of each change, for metrics. */
  readonly onLeading?: (leading: boolean) => void;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** Standbys that wait for the same Lease do not all ask at the same moment. */
const STANDBY_JITTER = 0.2;

/**
 * One of many processes, elected by a Lease, by client-go's rules: a standby goes by what it has seen itself and never
 * by the clock of another; a leader that cannot renew stops before a standby may begin; every write names the version
 * it follows; an orderly stop lets the next one in at once.
 */
export class LeaderElector {
  private readonly options: LeaderElectorOptions;
  private readonly leaseDurationMs: number;
  private readonly renewDeadlineMs: number;
  private readonly retryPeriodMs: number;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly log: Logger;
  private observed: ObservedLease | undefined;
  /** Monotonic time at which the last renewal that succeeded was sent; undefined when not leading. */
  private renewedAt: number | undefined;

  constructor(options: LeaderElectorOptions) {
    this.options = options;
    this.leaseDurationMs = options.leaseDurationMs ?? 15_000;
    this.renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.retryPeriodMs = options.retryPeriodMs ?? 2_000;
    if (this.renewDeadlineMs >= this.leaseDurationMs || this.retryPeriodMs >= this.renewDeadlineMs) {
      throw new RangeError(
        `retryPeriodMs (${this.retryPeriodMs}) < renewDeadlineMs (${this.renewDeadlineMs}) < leaseDurationMs (${this.leaseDurationMs}) must hold`,
      );
    }
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.log = (options.logger ?? silentLogger).child({ lease: `${options.namespace}/${options.name}` });
  }

  /**
   * How long we may still act as leader without another renewal, in milliseconds; 0 when we are not. To be looked at
   * right before whatever must not be done by two: timers fire late in a process that was paused, this does not.
   */
  remainingMs(): number {
    if (this.renewedAt === undefined) return 0;
    return Math.max(0, this.renewedAt + this.renewDeadlineMs - this.clock.monotonic());
  }

  isLeader(): boolean {
    return this.remainingMs() > 0;
  }

  /** Who holds the Lease as far as we have seen; empty when nobody does. */
  holder(): string {
    return this.observed?.lease.spec?.holderIdentity ?? '';
  }

  /**
   * Waits to be elected, then does `work` until it is over. The work's signal aborts with `stop` and when leadership is
   * lost. After an orderly end the Lease is let go, and not before the work has ended.
   *
   * @returns `Lost` when leadership was lost: the process had better end, since what it knows is no longer its to act on.
   */
  async lead(stop: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<'Ended' | 'Lost'> {
    const { onLost, onLeading } = this.options;
    if (!(await this.acquire(stop))) return 'Ended';
    this.log.info({ holder: this.options.identity }, 'elected leader');
    onLeading?.(true);

    const working = new AbortController();
    const renewing = new AbortController();
    const onStop = () => working.abort(stop.reason);
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    let lost = false;
    // Renewing goes on while the work winds down after a stop.
    const renewal = this.keepRenewing(renewing.signal).then(() => {
      if (renewing.signal.aborted) return;
      lost = true;
      this.renewedAt = undefined;
      this.log.error({ holder: this.holder() }, 'leadership lost');
      onLeading?.(false);
      onLost?.();
      working.abort(new Error('leadership lost'));
    });
    try {
      await work(working.signal);
    } finally {
      stop.removeEventListener('abort', onStop);
      renewing.abort();
      await renewal;
      if (!lost) {
        await this.release();
        onLeading?.(false);
      }
    }
    return lost ? 'Lost' : 'Ended';
  }

  /** True when elected, false when told to stop. */
  private async acquire(stop: AbortSignal): Promise<boolean> {
    while (!stop.aborted) {
      const elected = await this.attempt(stop, this.renewDeadlineMs);
      if (elected) return true;
      const waitMs = this.retryPeriodMs * (1 + STANDBY_JITTER * this.random());
      await sleep(waitMs, this.clock, stop).catch(() => undefined);
    }
    return false;
  }

  /** Resolves when leadership is lost, or when told to stop. */
  private async keepRenewing(stop: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(Math.min(this.retryPeriodMs, this.remainingMs()), this.clock, stop).catch(() => undefined);
      if (stop.aborted) return;
      const leftMs = this.remainingMs();
      if (leftMs === 0) return;
      const renewed = await this.attempt(stop, leftMs);
      if (!renewed && this.holder() !== this.options.identity) return;
    }
  }

  /** Tries once to take or renew the Lease, for `limitMs` at most. Never throws. */
  private async attempt(stop: AbortSignal, limitMs: number): Promise<boolean> {
    const deadline = startDeadline(stop, limitMs);
    try {
      return await this.takeOrRenew(deadline.signal);
    } catch (err) {
      if (!stop.aborted)
        this.log.warn({ err, leading: this.isLeader() }, 'the Lease cannot be read or written, trying on');
      return false;
    } finally {
      deadline.clear();
    }
  }

  private async takeOrRenew(signal: AbortSignal): Promise<boolean> {
    // A leader knows the Lease: nobody else should have written it since.
    if (this.renewedAt !== undefined && this.observed !== undefined) {
      const renewed = await this.write(this.observed.lease, signal);
      if (renewed) return true;
    }
    const { client, namespace, name, identity } = this.options;
    const lease = await client.find(leases, { namespace, name }, signal);
    if (lease === undefined) return this.write(undefined, signal);
    this.observed = observe(this.observed, lease, this.clock.monotonic());
    if (!mayTake(this.observed, identity, this.clock.monotonic())) return false;
    return this.write(lease, signal);
  }

  /** Writes us into the Lease as it was read, or makes it. False when it has changed since. */
  private async write(previous: Lease | undefined, signal: AbortSignal): Promise<boolean> {
    const { client, namespace, name, identity } = this.options;
    const spec = heldSpec(previous?.spec, identity, this.leaseDurationMs, this.clock.wallTime());
    // Counted from the sending: when the reply comes, others have waited that long already.
    const sentAt = this.clock.monotonic();
    try {
      const lease =
        previous === undefined
          ? await client.create(leases, { metadata: { namespace, name }, spec }, signal)
          : await client.replace(leases, { metadata: previous.metadata, spec }, signal);
      this.observed = observe(this.observed, lease, this.clock.monotonic());
      this.renewedAt = sentAt;
      return true;
    } catch (error) {
      // Not found: somebody has deleted the Lease since.
      if (isConflict(error) || isAlreadyExists(error) || isNotFound(error)) return false;
      throw error;
    }
  }

  /** Lets the next one in without waiting. What fails here costs the next one the wait, no more. */
  private async release(): Promise<void> {
    const { client } = this.options;
    const leftMs = this.remainingMs();
    const held = this.observed?.lease;
    this.renewedAt = undefined;
    if (held?.spec === undefined || leftMs === 0) return;
    const deadline = startDeadline(new AbortController().signal, leftMs);
    const release = (lease: Lease) => {
      const spec = releasedSpec(lease.spec ?? {}, this.clock.wallTime());
      return client.replace(leases, { metadata: lease.metadata, spec }, deadline.signal);
    };
    try {
      await release(held).catch(async (error: unknown) => {
        if (!isConflict(error)) throw error;
        // A renewal that was cut short by the stop may have been made all the same.
        const live = await client.get(leases, held.metadata, deadline.signal);
        if (live.spec?.holderIdentity !== this.options.identity) throw error;
        await release(live);
      });
      this.log.info({}, 'leadership released');
    } catch (err) {
      this.log.warn({ err }, 'leadership could not be released; the next leader waits for it to run out');
    } finally {
      deadline.clear();
    }
  }
}
