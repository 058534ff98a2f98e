import type { DinfraError } from '../errors/dinfra-error.ts';
import type { BlockRef } from './block-ref.ts';

/** How following the chain goes, for conditions, events, metrics and /readyz. */
export type FollowerState =
  | { readonly kind: 'Following'; readonly endpoint: string; readonly block: BlockRef }
  | { readonly kind: 'Disconnected'; readonly endpoint: string; readonly error: DinfraError };
