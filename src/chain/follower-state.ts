import type { BlockRef } from './block-ref.ts';

/** How following the chain goes, for conditions, events, metrics and /readyz. */
export type FollowerState =
  | { readonly kind: 'Following'; readonly endpoint: string; readonly block: BlockRef }
  /** `error` is a DinfraError of the chain's codes, unless there is a bug. */
  | { readonly kind: 'Disconnected'; readonly endpoint: string; readonly error: unknown };
