/**
 * The state of a tenure on chain, at a finalised block. `Pending` belongs to the subscription, not to a tenure. The
 * state machine is in docs/chain.md.
 */
export const tenureStates = ['Awarded', 'Accepted', 'Active', 'Degraded', 'Suspended', 'Ended'] as const;

/** One of `tenureStates`. */
export type TenureState = (typeof tenureStates)[number];
