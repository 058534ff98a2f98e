/**
 * Where the chain says a tenure stands, at a finalised block. `Pending` belongs to the subscription, not to a tenure.
 * The state machine is docs/chain.md's.
 */
export const tenureStates = ['Awarded', 'Accepted', 'Active', 'Degraded', 'Suspended', 'Ended'] as const;

/** One of `tenureStates`. */
export type TenureState = (typeof tenureStates)[number];
