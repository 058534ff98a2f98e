import { type Clock, sleep, systemClock } from '../../base/clock.ts';
import { startDeadline } from '../../base/deadline.ts';
import { type Fence, LeadershipLostError } from '../../base/fence.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import { findDinfraError } from '../../errors/dinfra-error.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../client/api-error.ts';
import type { KubeClient } from '../client/kube-client.ts';
import type { ElectionTimes } from './election-times.ts';
import {
  heldSpec,
  type Lease,
  leases,
  mayTake,
  msUntilFree,
  type ObservedLease,
  observe,
  releasedSpec,
} from './lease-record.ts';

export interface LeaderElectorOptions {
  /** Must not be fenced: its writes renew the fence. */
  readonly client: KubeClient;
  readonly namespace: string;
  /** Name of the Lease that all candidates share. */
  readonly name: string;
  /** Of the Lease, when it is created here. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Our holderIdentity. Unique to this process: the pod's name and a random suffix. */
  readonly identity: string;
  readonly times: ElectionTimes;
  /** Called once when leadership is lost, after the work's signal has aborted: must end the process at once. */
  readonly onLost?: () => void;
  /** Called on each change, for metrics. */
  readonly onLeading?: (leading: boolean) => void;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** Jitter, so that standbys waiting for one Lease do not all try at the same moment. */
const STANDBY_JITTER = 0.2;

/** One term of leadership, from the election to its end. */
interface Term {
  /** Aborted when leadership is lost. */
  readonly lost: AbortController;
}

/**
 * Leader election by a Lease, with client-go's rules: a standby measures on its own clock and never trusts another's; a
 * leader that cannot renew stops before a standby may start; every write is conditional on the version it read; an
 * orderly stop releases the Lease at once.
 */
export class LeaderElector implements Fence {
  private readonly options: LeaderElectorOptions;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly log: Logger;
  private observed: ObservedLease | undefined;
  /** Monotonic time at which the last successful renewal was sent; undefined when not leading. */
  private renewedAt: number | undefined;
  private term: Term | undefined;
  private refused: string | undefined;

  constructor(options: LeaderElectorOptions) {
    this.options = options;
    const { leaseMs, renewDeadlineMs, retryMs } = options.times;
    if (renewDeadlineMs >= leaseMs || retryMs >= renewDeadlineMs) {
      throw new RangeError(
        `retryMs (${retryMs}) < renewDeadlineMs (${renewDeadlineMs}) < leaseMs (${leaseMs}) must hold`,
      );
    }
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.log = (options.logger ?? silentLogger).child({ lease: `${options.namespace}/${options.name}` });
  }

  /**
   * How long we may act as leader without another renewal, in milliseconds; 0 when we are not the leader. Timers fire
   * late in a process that was stopped and resumed; this is exact.
   */
  remainingMs(): number {
    if (this.renewedAt === undefined) return 0;
    return Math.max(0, this.renewedAt + this.options.times.renewDeadlineMs - this.clock.monotonic());
  }

  /** Ends the term immediately if it is over, even if the timer for it has not fired yet. */
  assertHeld(): void {
    if (this.remainingMs() > 0) return;
    if (this.term !== undefined) this.lose(this.term);
    throw new LeadershipLostError();
  }

  /** Why this process can never lead: the API server refuses it the Lease. Undefined while it may hold it. */
  get refusal(): string | undefined {
    return this.refused;
  }

  /** The holder of the Lease when last seen; empty when it has none. */
  private get holder(): string {
    return this.observed?.lease.spec?.holderIdentity ?? '';
  }

  /**
   * Waits to be elected, then runs `work` to its end. `stop` aborts the work's signal; the fence stays open until the
   * work has ended, and then the Lease is released. Loss of leadership also aborts the signal, but waits for nothing: the
   * process must exit, since it may no longer act on its state.
   *
   * @returns `Lost` when leadership was lost.
   */
  async lead(stop: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<'Ended' | 'Lost'> {
    if (!(await this.acquire(stop))) return 'Ended';
    this.log.info({ holder: this.options.identity }, 'elected leader');
    this.options.onLeading?.(true);

    const term: Term = { lost: new AbortController() };
    this.term = term;
    const working = new AbortController();
    const onStop = () => working.abort(stop.reason);
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    const lost = new Promise<'Lost'>((resolve) => {
      term.lost.signal.addEventListener('abort', () => {
        working.abort(term.lost.signal.reason);
        resolve('Lost');
      });
    });
    // Keep renewing while the work winds down after a stop.
    const renewing = new AbortController();
    const renewal = this.keepRenewing(term, renewing.signal);
    try {
      return await Promise.race([lost, work(working.signal).then(() => 'Ended' as const)]);
    } finally {
      stop.removeEventListener('abort', onStop);
      renewing.abort();
      await renewal;
      this.term = undefined;
      if (!term.lost.signal.aborted) await this.release();
    }
  }

  /** True when elected, false when stopped. */
  private async acquire(stop: AbortSignal): Promise<boolean> {
    const { retryMs, renewDeadlineMs } = this.options.times;
    while (!stop.aborted) {
      const elected = await this.attempt(stop, renewDeadlineMs);
      if (elected) return true;
      const patienceMs = retryMs * (1 + STANDBY_JITTER * this.random());
      // Try again the moment it becomes free, not up to a whole period later.
      const freeMs = this.observed === undefined ? retryMs : msUntilFree(this.observed, this.clock.monotonic());
      await sleep(Math.max(1, Math.min(patienceMs, freeMs)), this.clock, stop).catch(() => undefined);
    }
    return false;
  }

  /** Resolves when leadership is lost or the elector is stopped. */
  private async keepRenewing(term: Term, stop: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(Math.min(this.options.times.retryMs, this.remainingMs()), this.clock, stop).catch(() => undefined);
      if (stop.aborted || term.lost.signal.aborted) return;
      const leftMs = this.remainingMs();
      if (leftMs === 0) return this.lose(term);
      const renewed = await this.attempt(stop, leftMs);
      if (stop.aborted) return;
      if (!renewed && this.holder !== this.options.identity) return this.lose(term);
    }
  }

  /** Fully synchronous: whoever detects the loss first ends everything before anything else can run. */
  private lose(term: Term): void {
    if (term.lost.signal.aborted) return;
    this.renewedAt = undefined;
    this.log.error({ holder: this.holder }, 'leadership lost, exiting');
    this.options.onLeading?.(false);
    term.lost.abort(new LeadershipLostError());
    this.options.onLost?.();
  }

  /** Tries once to acquire or renew the Lease, for at most `limitMs`. Never throws. */
  private async attempt(stop: AbortSignal, limitMs: number): Promise<boolean> {
    const deadline = startDeadline(stop, limitMs);
    try {
      const isHeld = await this.takeOrRenew(deadline.signal);
      this.refused = undefined;
      return isHeld;
    } catch (err) {
      const failure = findDinfraError(err);
      if (failure?.code === 'ClusterForbidden') this.refused = failure.message;
      if (!stop.aborted) {
        this.log.warn({ err, leading: this.remainingMs() > 0 }, 'Lease cannot be read or written, retrying');
      }
      return false;
    } finally {
      deadline.clear();
    }
  }

  private async takeOrRenew(signal: AbortSignal): Promise<boolean> {
    // A leader already knows the Lease: nobody else should have written it since.
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

  /** Writes us as the holder of the Lease as last read, or creates it. False when it has changed since. */
  private async write(previous: Lease | undefined, signal: AbortSignal): Promise<boolean> {
    const { client, namespace, name, labels, identity, times } = this.options;
    const spec = heldSpec(previous?.spec, identity, times.leaseMs, this.clock.wallTime());
    // Counted from sending, not from the response: standbys count from the write.
    const sentAt = this.clock.monotonic();
    try {
      const lease =
        previous === undefined
          ? await client.create(leases, { metadata: { namespace, name, ...(labels && { labels }) }, spec }, signal)
          : await client.replace(leases, { metadata: previous.metadata, spec }, signal);
      this.observed = observe(this.observed, lease, this.clock.monotonic());
      // A late response must not resume a term that was lost meanwhile.
      if (this.term?.lost.signal.aborted !== true) this.renewedAt = sentAt;
      return true;
    } catch (error) {
      // Not found: the Lease was deleted since.
      if (isConflict(error) || isAlreadyExists(error) || isNotFound(error)) return false;
      throw error;
    }
  }

  /** Releases the Lease so that the next leader need not wait. If that fails, it waits for the lease to expire. */
  private async release(): Promise<void> {
    const { client } = this.options;
    const leftMs = this.remainingMs();
    const held = this.observed?.lease;
    this.renewedAt = undefined;
    this.options.onLeading?.(false);
    if (held?.spec === undefined || leftMs === 0) return;
    const deadline = startDeadline(new AbortController().signal, leftMs);
    const release = (lease: Lease) => {
      const spec = releasedSpec(lease.spec ?? {}, this.clock.wallTime());
      return client.replace(leases, { metadata: lease.metadata, spec }, deadline.signal);
    };
    try {
      await release(held).catch(async (error: unknown) => {
        if (!isConflict(error)) throw error;
        // A renewal aborted by the stop may have been stored all the same.
        const live = await client.get(leases, held.metadata, deadline.signal);
        if (live.spec?.holderIdentity !== this.options.identity) throw error;
        await release(live);
      });
      this.log.info({}, 'leadership released');
    } catch (err) {
      this.log.warn({ err }, 'Lease could not be released; the next leader waits for it to expire');
    } finally {
      deadline.clear();
    }
  }
}
