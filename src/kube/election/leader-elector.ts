import { type Clock, sleep, systemClock } from '../../base/clock.ts';
import { startDeadline } from '../../base/deadline.ts';
import { type Fence, LeadershipLostError } from '../../base/fence.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
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
  /** Not fenced: it is what renews the fence. */
  readonly client: KubeClient;
  readonly namespace: string;
  /** Name of the Lease: one for all that compete. */
  readonly name: string;
  /** Who we are. Unique to this process: a pod's name and something random. */
  readonly identity: string;
  readonly times: ElectionTimes;
  /** Called once when leadership is lost, after the work's signal has aborted: to end the process at once. */
  readonly onLost?: () => void;
  /** Called at each change, for metrics. */
  readonly onLeading?: (leading: boolean) => void;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** Standbys that wait for the same Lease do not all ask at the same moment. */
const STANDBY_JITTER = 0.2;

/** One term of leadership, from the election to its end. */
interface Term {
  /** Aborted when leadership is lost. */
  readonly lost: AbortController;
}

/**
 * One of many processes, elected by a Lease, by client-go's rules: a standby goes by what it has seen itself and never
 * by the clock of another; a leader that cannot renew stops before a standby may begin; every write names the version
 * it follows; an orderly stop lets the next one in at once.
 */
export class LeaderElector implements Fence {
  private readonly options: LeaderElectorOptions;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly log: Logger;
  private observed: ObservedLease | undefined;
  /** Monotonic time at which the last renewal that succeeded was sent; undefined when not leading. */
  private renewedAt: number | undefined;
  private term: Term | undefined;

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
   * How long we may still act as leader without another renewal, in milliseconds; 0 when we are not. Timers fire late in
   * a process that was stopped and resumed; this does not.
   */
  remainingMs(): number {
    if (this.renewedAt === undefined) return 0;
    return Math.max(0, this.renewedAt + this.options.times.renewDeadlineMs - this.clock.monotonic());
  }

  /** Ends the term at once when it finds that it is over, whichever timer has not fired yet. */
  assertHeld(): void {
    if (this.remainingMs() > 0) return;
    if (this.term !== undefined) this.lose(this.term);
    throw new LeadershipLostError();
  }

  /** Who holds the Lease as far as we have seen; empty when nobody does. */
  private get holder(): string {
    return this.observed?.lease.spec?.holderIdentity ?? '';
  }

  /**
   * Waits to be elected, then does `work` until it is over. The work's signal aborts with `stop`, the fence stays open
   * meanwhile, and after the work has ended the Lease is released. When leadership is lost the signal aborts too, and
   * nothing is waited for: the process has to end, since what it knows is no longer its to act on.
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
    // Renewing goes on while the work winds down after a stop.
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

  /** True when elected, false when told to stop. */
  private async acquire(stop: AbortSignal): Promise<boolean> {
    const { retryMs, renewDeadlineMs } = this.options.times;
    while (!stop.aborted) {
      const elected = await this.attempt(stop, renewDeadlineMs);
      if (elected) return true;
      const patienceMs = retryMs * (1 + STANDBY_JITTER * this.random());
      // Asked again when it becomes free, not up to a whole period later.
      const freeMs = this.observed === undefined ? retryMs : msUntilFree(this.observed, this.clock.monotonic());
      await sleep(Math.max(1, Math.min(patienceMs, freeMs)), this.clock, stop).catch(() => undefined);
    }
    return false;
  }

  /** Resolves when leadership is lost, or when told to stop. */
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

  /** Synchronous to its end: whoever finds out first ends everything before anything else runs. */
  private lose(term: Term): void {
    if (term.lost.signal.aborted) return;
    this.renewedAt = undefined;
    this.log.error({ holder: this.holder }, 'leadership lost, ending at once');
    this.options.onLeading?.(false);
    term.lost.abort(new LeadershipLostError());
    this.options.onLost?.();
  }

  /** Tries once to take or renew the Lease, for `limitMs` at most. Never throws. */
  private async attempt(stop: AbortSignal, limitMs: number): Promise<boolean> {
    const deadline = startDeadline(stop, limitMs);
    try {
      return await this.takeOrRenew(deadline.signal);
    } catch (err) {
      if (!stop.aborted) {
        this.log.warn({ err, leading: this.remainingMs() > 0 }, 'the Lease cannot be read or written, retrying');
      }
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

  /** Writes us into the Lease as it was read, or creates it. False when it has changed since. */
  private async write(previous: Lease | undefined, signal: AbortSignal): Promise<boolean> {
    const { client, namespace, name, identity, times } = this.options;
    const spec = heldSpec(previous?.spec, identity, times.leaseMs, this.clock.wallTime());
    // Counted from the sending: when the reply comes, others have waited that long already.
    const sentAt = this.clock.monotonic();
    try {
      const lease =
        previous === undefined
          ? await client.create(leases, { metadata: { namespace, name }, spec }, signal)
          : await client.replace(leases, { metadata: previous.metadata, spec }, signal);
      this.observed = observe(this.observed, lease, this.clock.monotonic());
      // A term that was lost meanwhile is not resumed by a reply that came late.
      if (this.term?.lost.signal.aborted !== true) this.renewedAt = sentAt;
      return true;
    } catch (error) {
      // Not found: somebody has deleted the Lease since.
      if (isConflict(error) || isAlreadyExists(error) || isNotFound(error)) return false;
      throw error;
    }
  }

  /** Lets the next one in without waiting. If it fails, the next leader waits for the lease to run out. */
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
        // A renewal that was cut short by the stop may have been made all the same.
        const live = await client.get(leases, held.metadata, deadline.signal);
        if (live.spec?.holderIdentity !== this.options.identity) throw error;
        await release(live);
      });
      this.log.info({}, 'leadership released');
    } catch (err) {
      this.log.warn({ err }, 'leadership could not be released; the next leader waits for the lease to run out');
    } finally {
      deadline.clear();
    }
  }
}
