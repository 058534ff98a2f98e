import type { TenureState } from '../../award/award.ts';
import { awardReasons } from '../../award/reasons.ts';

/** What is known of a tenure, from all Deployments that realise it. */
export interface TenureFacts {
  /** True if every status describes the current spec; an older status says nothing. */
  readonly current: boolean;
  /** Impossible if any part is, Realisable if all are. */
  readonly order: 'Realisable' | 'Impossible' | 'Undecided';
  /** For how long `order` has been Undecided, in milliseconds. */
  readonly undecidedMs: number;
  /** Up if all parts are. */
  readonly up: boolean;
  /** For how long any part has been down or absent, in milliseconds; 0 if none is. */
  readonly downMs: number;
  /** For how long any part could not be observed, in milliseconds; 0 if all can be. */
  readonly unseenMs: number;
  /** The reason code to report if it has to be declined or degraded now. */
  readonly reasonCode: number | undefined;
  /** It is proven that nothing of any part is left. */
  readonly released: boolean;
  /** The award has to be answered now: its deadline is near. */
  readonly isDue: boolean;
  /** The code with which this process declined the award, which it must then never accept. */
  readonly declinedWith: number | undefined;
}

/** A report to the source. */
export type NextReport =
  | { readonly report: 'accept' | 'ready' | 'recovered' | 'released' }
  | { readonly report: 'decline' | 'degraded'; readonly reason: number };

/** How long a workload must be down before it is reported degraded, in milliseconds: a restart is no degradation. */
export const DEGRADED_AFTER_MS = 30_000;

/**
 * How long an award may stay undecided for a reason that has a code on chain, in milliseconds. A full backend may have
 * room in a moment, but the next provider serves the consumer sooner than waiting for the deadline would.
 */
export const DECLINE_AFTER_MS = 20_000;

const UNSPECIFIED = awardReasons.Unspecified.chainCode;

/**
 * The one report that brings the chain's state of a tenure in line with its Deployments; undefined if they agree or
 * nothing is known. Pure. `unseenAfterMs` is how long a workload may go unseen.
 */
export function nextReport(state: TenureState, facts: TenureFacts, unseenAfterMs: number): NextReport | undefined {
  switch (state) {
    case 'Awarded':
      return answer(facts);
    case 'Accepted':
      if (!facts.current) return undefined;
      if (facts.order === 'Impossible') return { report: 'decline', reason: facts.reasonCode ?? UNSPECIFIED };
      return facts.up ? { report: 'ready' } : undefined;
    case 'Active':
      if (facts.current && facts.downMs >= DEGRADED_AFTER_MS) {
        return { report: 'degraded', reason: facts.reasonCode ?? awardReasons.WorkloadDown.chainCode };
      }
      // Unknown is not gone. But a workload that was not seen for so long cannot be sold as running either.
      return facts.unseenMs >= unseenAfterMs
        ? { report: 'degraded', reason: awardReasons.WorkloadUnseen.chainCode }
        : undefined;
    case 'Degraded':
      return facts.current && facts.up ? { report: 'recovered' } : undefined;
    case 'Suspended':
      return undefined;
    case 'Ended':
      return facts.current && facts.released ? { report: 'released' } : undefined;
  }
}

/**
 * The answer to an award. A missed deadline costs reputation and declining does not: near its deadline it is declined.
 */
function answer(facts: TenureFacts): NextReport | undefined {
  const decline = (reason: number | undefined) =>
    ({ report: 'decline', reason: reason ?? UNSPECIFIED }) as const satisfies NextReport;
  if (facts.declinedWith !== undefined) return decline(facts.declinedWith);
  if (facts.current && facts.order === 'Impossible') return decline(facts.reasonCode);
  if (facts.current && facts.order === 'Realisable') return { report: 'accept' };
  if (facts.isDue) return decline(facts.reasonCode ?? awardReasons.AwardUndecided.chainCode);
  const isHindered = facts.current && facts.reasonCode !== undefined && facts.undecidedMs >= DECLINE_AFTER_MS;
  return isHindered ? decline(facts.reasonCode) : undefined;
}
