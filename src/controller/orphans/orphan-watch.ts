import type { Deployment } from '../../api/deployment.ts';
import { identityOf, type Tenure } from '../../award/identity.ts';
import type { Standing } from '../../award/source.ts';
import { forTenure, onBehalfOf } from '../../award/tenure-log.ts';
import type { Logger } from '../../base/logger.ts';
import { findDinfraError } from '../../errors/dinfra-error.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import type { Marked, Reactor } from '../../providers/port.ts';
import { lasting, type Orphan, unknownTenures } from './orphans.ts';

export interface OrphanWatchOptions {
  readonly deployments: StoreView<Deployment>;
  /** Asks the source of an award for the standing of its tenure: only an orphan that is Ended or Gone is removed. */
  readonly standing: (tenure: Tenure, signal: AbortSignal) => Promise<Standing>;
  readonly log: Logger;
  /** Interval between surveys of a backend, in milliseconds. Default 10 minutes. */
  readonly surveyMs?: number;
}

/** The same while there are orphans to confirm or to remove. */
const AGAIN_MS = 60_000;

/** Looks for resources in one backend of tenures without a Deployment. */
export class OrphanWatch {
  private readonly reactor: Reactor;
  private readonly options: Required<OrphanWatchOptions>;
  /** The result of the last survey; undefined before the first. */
  private seen: readonly Orphan[] | undefined;
  private found: readonly Orphan[] | undefined;
  /** Orphans whose removal has begun, by marker: their last resources may have no marker that a survey could see. */
  private readonly leaving = new Map<string, Orphan>();
  private dueAt = Number.NEGATIVE_INFINITY;

  constructor(reactor: Reactor, options: OrphanWatchOptions) {
    this.reactor = reactor;
    this.options = { surveyMs: 600_000, ...options };
  }

  /** What the last two surveys both found; undefined while only one survey was made. */
  get orphans(): readonly Orphan[] | undefined {
    return this.found;
  }

  /**
   * Surveys the backend if that is due. With `remove`, it also takes the next step of removing those that have ended on
   * chain. `now` in milliseconds.
   *
   * Never throws for an unreachable backend or chain: then nothing is concluded. The probe of the Reactor reports it.
   */
  async look(remove: boolean, now: number, signal: AbortSignal): Promise<void> {
    if (now < this.dueAt) return;
    this.dueAt = now + AGAIN_MS;
    try {
      const marked = await this.reactor.listManaged(signal);
      this.compare(marked, now);
      if (remove) await this.removeThoseOver(signal);
      else this.leaving.clear();
    } catch (error) {
      if (findDinfraError(error) === undefined) throw error;
      this.options.log.warn({ err: error }, 'looking for orphans failed and is retried');
    }
  }

  private compare(marked: readonly Marked[], now: number): void {
    // Read after the survey: a tenure that was realised meanwhile has a Deployment by now.
    const known = this.options.deployments.list().map(({ spec: { genesisHash, subscription, tenure, part } }) => {
      const whole = { genesis: genesisHash, subscription: BigInt(subscription), tenure };
      return identityOf(part === undefined ? whole : { ...whole, part }).marker;
    });
    const unknown = unknownTenures(marked, new Set(known));
    if (this.seen !== undefined || unknown.length === 0) this.found = lasting(unknown, this.seen ?? []);
    this.seen = unknown;
    this.dueAt = now + (unknown.length + this.leaving.size > 0 ? AGAIN_MS : this.options.surveyMs);
  }

  private async removeThoseOver(signal: AbortSignal): Promise<void> {
    const orphans = new Map(this.leaving);
    for (const orphan of this.found ?? []) orphans.set(orphan.identity.marker, orphan);
    for (const orphan of orphans.values()) await this.removeIfOver(orphan, signal);
  }

  private async removeIfOver(orphan: Orphan, signal: AbortSignal): Promise<void> {
    const { identity, what } = orphan;
    const standing = await this.options.standing(identity.tenure, signal);
    if (standing !== 'Ended' && standing !== 'Gone') return;
    const present = await onBehalfOf(identity, () => this.reactor.observe(identity, undefined, undefined, signal));
    if (present.kind === 'Absent') this.leaving.delete(identity.marker);
    if (present.kind !== 'Present') return;
    this.leaving.set(identity.marker, orphan);
    const { message } = await onBehalfOf(identity, () => this.reactor.delete(identity, present, signal));
    forTenure(this.options.log, identity.tenure).warn(
      { marker: identity.marker, what, detail: message },
      'an orphan of an ended subscription is removed',
    );
  }
}
