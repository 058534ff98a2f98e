import { awardReasons } from '../../award/reasons.ts';
import type { TenureState } from '../../award/state.ts';

/** What is known of a tenure, from all the Deployments that realise it. */
export interface TenureFacts {
  /** True when every status speaks of the spec as it is now; an older one says nothing. */
  readonly current: boolean;
  /** Impossible when any part is, Realisable when all are. */
  readonly order: 'Realisable' | 'Impossible' | 'Undecided';
  /** For how long `order` has been Undecided, in milliseconds. */
  readonly undecidedMs: number;
  /** Up when all parts are. */
  readonly up: boolean;
  /** For how long any part has been down, or gone, in milliseconds; 0 when none is. */
  readonly downMs: number;
  /** For how long any part could not be seen, in milliseconds; 0 when all can be. */
  readonly unseenMs: number;
  /** The code to give if it has to be declined or degraded now. */
  readonly reasonCode: number | undefined;
  /** Proof was seen that nothing of any part is left. */
  readonly released: boolean;
  /** The answer has to be sent now: the deadline of the award is near. */
  readonly isDue: boolean;
  /** The code this process has declined the award with: never accepted after that. */
  readonly declinedWith: number | undefined;
}

/** What the source should hear. */
export type NextReport =
  | { readonly report: 'accept' | 'ready' | 'recovered' | 'released' }
  | { readonly report: 'decline' | 'degraded'; readonly reason: number };

/** How long a workload must be down before the chain hears of it, in milliseconds: a restart is no degradation. */
export const DEGRADED_AFTER_MS = 30_000;

/**
 * How long an award may be hindered by something the chain has a code for, in milliseconds: what is full may have room
 * in a moment, but the consumer is better served by the next provider than by waiting for the deadline.
 */
export const DECLINE_AFTER_MS = 20_000;

const UNSPECIFIED = awardReasons.Unspecified.chainCode;

/**
 * The difference between what the chain says of a tenure and what its Deployments say, as the one report that removes
 * it; undefined when they agree or nothing is known. Pure. `unseenAfterMs` is how long a workload may go unseen.
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
      // Unknown is not gone. But what nobody has seen for so long cannot be sold as running either.
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

/** The answer to an award. A missed deadline costs reputation, declining does not: near the end it is declined. */
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
