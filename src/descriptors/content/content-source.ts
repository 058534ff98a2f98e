import type { ContentRef } from '../../base/content-ref.ts';

/** What a place that may have some bytes answers when asked for them. */
export type Answer =
  /** Bytes, not verified yet: at most one more than asked for. */
  | { readonly kind: 'Bytes'; readonly bytes: Uint8Array }
  /** It says that it does not have them. */
  | { readonly kind: 'Missing' }
  /** It did not say: no answer, an error, an answer cut short. `detail` tells which, in words. */
  | { readonly kind: 'Unreachable'; readonly detail: string };

/** A place that may have the bytes of a content hash. It never throws but when `signal` is aborted. */
export interface ContentSource {
  /** What it is, for messages: `the chain's preimages`, `gateway.example`. */
  readonly name: string;
  readonly kind: ContentRef['source'];
  ask(ref: ContentRef, signal: AbortSignal): Promise<Answer>;
}
