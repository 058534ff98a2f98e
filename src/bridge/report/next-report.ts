import type { TenureState } from '../../award/state.ts';

/** What the Deployment's status says of a tenure, as far as the chain is concerned. */
export interface Told {
  /** True when the status speaks of the spec as it is now; an older one says nothing. */
  readonly current: boolean;
  /** The order was fetched, verified, validated and checked by its reactor. */
  readonly resolved: boolean;
  /** The reason code of the terminal reason it is stalled with, undefined when it is not stalled. */
  readonly stalledCode: number | undefined;
  /** What has kept it from being resolved, for how many milliseconds; undefined when it is none the chain has a code for. */
  readonly hindrance: { readonly code: number; readonly forMs: number } | undefined;
  readonly ready: 'True' | 'False' | 'Unknown';
  /** Milliseconds since `ready` last changed, or work on it last began. */
  readonly readyForMs: number;
  /** Proof was seen that nothing of the tenure is left. */
  readonly released: boolean;
}

/** What the chain should be told. */
export type Report =
  | { readonly call: 'accept' }
  | { readonly call: 'decline'; readonly reason: number }
  | { readonly call: 'ready' }
  | { readonly call: 'degraded'; readonly reason: number }
  | { readonly call: 'recovered' }
  | { readonly call: 'released' };

/** How long a workload must be down before the chain hears of it, in milliseconds: a restart is no degradation. */
export const DEGRADED_AFTER_MS = 30_000;

/**
 * How long an award may be hindered before it is declined, in milliseconds: what is full may have room in a moment, but
 * an award that is not answered in time counts against the provider, and one that is declined does not.
 */
export const DECLINE_AFTER_MS = 20_000;

/**
 * The difference between what the chain says of a tenure and what its Deployment's status says, as the one call that
 * removes it; undefined when they agree or nothing is known. Pure.
 */
export function nextReport(state: TenureState, told: Told, degradedCode: number): Report | undefined {
  if (!told.current) return undefined;
  switch (state) {
    case 'Awarded':
      if (told.stalledCode !== undefined) return { call: 'decline', reason: told.stalledCode };
      if (told.resolved) return { call: 'accept' };
      if (told.hindrance === undefined || told.hindrance.forMs < DECLINE_AFTER_MS) return undefined;
      return { call: 'decline', reason: told.hindrance.code };
    case 'Accepted':
      if (told.stalledCode !== undefined) return { call: 'decline', reason: told.stalledCode };
      return told.ready === 'True' ? { call: 'ready' } : undefined;
    case 'Active':
      // Unknown is not down: a backend that cannot be asked is no reason to stop the consumer's service on chain.
      if (told.ready !== 'False' || told.readyForMs < DEGRADED_AFTER_MS) return undefined;
      return { call: 'degraded', reason: told.stalledCode ?? degradedCode };
    case 'Degraded':
      return told.ready === 'True' ? { call: 'recovered' } : undefined;
    case 'Suspended':
      return undefined;
    case 'Ended':
      return told.released ? { call: 'released' } : undefined;
  }
}
