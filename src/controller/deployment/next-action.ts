import type { TenureState } from '../../award/award.ts';
import type { Standing } from '../../award/source.ts';
import type { Reason } from '../../errors/catalogue.ts';
import type { Observation, Present } from '../../providers/port.ts';

/** What is known of the order: the descriptor fetched, verified, validated and checked by the reactor. */
export type OrderFact =
  | { readonly kind: 'Realisable' }
  /** Not known yet, because a source or a backend did not answer. */
  | { readonly kind: 'Unknown'; readonly reason: Reason; readonly message: string }
  /** It can never be realised: the descriptor, or what it requests, is wrong. */
  | { readonly kind: 'Impossible'; readonly reason: Reason; readonly message: string }
  /** Not read, because stopping and removing do not need it. */
  | { readonly kind: 'NotNeeded' };

/** What was observed of the tenure in its backend. `Unknown`: it could not be observed. */
export type Found = Observation | { readonly kind: 'Unknown'; readonly reason: Reason; readonly message: string };

/**
 * Written to the status before a create is sent, so that after a lost reply the create is looked for and not repeated.
 */
export interface Intent {
  /** Milliseconds since this process first saw it: clocks of other hosts do not matter. */
  readonly ageMs: number;
  /** 1 for the first create of this tenure. */
  readonly attempt: number;
}

/** All that the decision depends on. */
export interface Facts {
  readonly wanted: TenureState;
  readonly order: OrderFact;
  readonly found: Found;
  readonly intent: Intent | undefined;
  /** The answer of the award's source; it is asked only if spec.state is Ended and something is left to remove. */
  readonly standing?: Standing | undefined;
  /** Nothing may be touched: spec.suspend is set, or the object is being deleted and our finalizer is gone. */
  readonly untouchable?: boolean;
}

/** The next step. */
export type Action =
  /** The observed state is the desired one. */
  | { readonly do: 'rest' }
  /** Nothing may be created before the chain says Accepted. */
  | { readonly do: 'awaitAcceptance' }
  /** Record the intent, then create. */
  | { readonly do: 'create'; readonly attempt: number }
  /** A create was sent and its effect is not visible yet. */
  | { readonly do: 'lookAgain'; readonly afterMs: number }
  | { readonly do: 'update'; readonly found: Present }
  | { readonly do: 'start'; readonly found: Present }
  | { readonly do: 'stop'; readonly found: Present }
  /** `again`: the tenure goes on and a new create follows. */
  | { readonly do: 'remove'; readonly found: Present; readonly again: boolean }
  /** The backend is still working on an earlier step. */
  | { readonly do: 'poll'; readonly what: string; readonly afterMs: number }
  /** Unknown is not gone: touch nothing, try again with backoff. */
  | { readonly do: 'retry'; readonly reason: Reason; readonly message: string }
  /** Trying again cannot help. */
  | { readonly do: 'stall'; readonly reason: Reason; readonly message: string }
  /** It is proven that nothing is left. */
  | { readonly do: 'confirmReleased' };

/**
 * How long the effect of a create whose reply was lost is looked for before it is sent again, in milliseconds. Backends
 * show what they accepted within this time; if one does not, the second create collides with the first by its name.
 */
export const INTENT_SETTLES_MS = 15_000;

/** The next step for a tenure. Pure: same facts, same action. docs/deployments.md draws this function. */
export function nextAction(facts: Facts): Action {
  if (facts.found.kind === 'Unknown') return { do: 'retry', ...reasonOf(facts.found) };
  if (facts.untouchable === true) return { do: 'rest' };
  if (facts.found.kind === 'Busy') return { do: 'poll', what: facts.found.what, afterMs: facts.found.pollAfterMs };
  switch (facts.wanted) {
    case 'Awarded':
      return whileAwarded(facts);
    case 'Accepted':
    case 'Active':
    case 'Degraded':
      return facts.found.kind === 'Absent' ? whenAbsent(facts) : whenPresent(facts, facts.found);
    case 'Suspended':
      return whileSuspended(facts.found);
    case 'Ended':
      return onceEnded(facts, facts.found);
  }
}

function whileAwarded({ order }: Facts): Action {
  return order.kind === 'Realisable' ? { do: 'awaitAcceptance' } : notRealisable(order);
}

function whenAbsent({ order, intent }: Facts): Action {
  const settlesMs = msUntilSettled(intent);
  if (settlesMs > 0) return { do: 'lookAgain', afterMs: settlesMs };
  if (order.kind !== 'Realisable') return notRealisable(order);
  return { do: 'create', attempt: (intent?.attempt ?? 0) + 1 };
}

function whenPresent({ order }: Facts, found: Present): Action {
  // Without the order there is nothing to compare with: a running workload is not touched, any other waits for it.
  if (order.kind !== 'Realisable') return found.phase === 'Running' ? { do: 'rest' } : notRealisable(order);
  if (found.phase === 'Broken') return { do: 'remove', found, again: true };
  if (found.phase === 'Partial') return { do: 'update', found };
  if (found.phase === 'Stopped') return { do: 'start', found };
  return found.differences.length > 0 ? { do: 'update', found } : { do: 'rest' };
}

function whileSuspended(found: Exclude<Observation, { kind: 'Busy' }>): Action {
  // A suspended tenure keeps what exists and creates nothing.
  if (found.kind === 'Absent' || found.phase === 'Stopped' || found.phase === 'Broken') return { do: 'rest' };
  return { do: 'stop', found };
}

function onceEnded({ intent, standing }: Facts, found: Exclude<Observation, { kind: 'Busy' }>): Action {
  if (found.kind === 'Present') {
    // The resource alone does not justify a removal: a person may have edited it.
    if (standing === 'Ended' || standing === 'Gone') return { do: 'remove', found, again: false };
    return { do: 'retry', reason: 'EndUnconfirmed', message: unconfirmed(standing) };
  }
  // A create in flight may appear after the observation: released too early, it would run for free.
  const settlesMs = msUntilSettled(intent);
  return settlesMs > 0 ? { do: 'lookAgain', afterMs: settlesMs } : { do: 'confirmReleased' };
}

function unconfirmed(standing: Standing | undefined): string {
  const said = standing === 'Live' ? 'its source says that it is live' : 'its source cannot be reached now';
  return `spec.state is Ended, and ${said}: nothing is removed`;
}

function msUntilSettled(intent: Intent | undefined): number {
  return intent === undefined ? 0 : Math.min(Math.max(0, INTENT_SETTLES_MS - intent.ageMs), INTENT_SETTLES_MS);
}

function notRealisable(order: Exclude<OrderFact, { kind: 'Realisable' }>): Action {
  if (order.kind === 'NotNeeded') return { do: 'rest' };
  return { do: order.kind === 'Impossible' ? 'stall' : 'retry', ...reasonOf(order) };
}

function reasonOf({ reason, message }: { readonly reason: Reason; readonly message: string }) {
  return { reason, message };
}
