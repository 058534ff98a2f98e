import type { ContentRef } from '../../base/content-ref.ts';

/** The answer of a place that may have some bytes. */
export type Answer =
  /** Bytes, not verified yet: at most one more than asked for. */
  | { readonly kind: 'Bytes'; readonly bytes: Uint8Array }
  /** It answered that it does not have them. */
  | { readonly kind: 'Missing' }
  /** It could not be asked: no answer, an error, a truncated answer. `detail` says which. */
  | { readonly kind: 'Unreachable'; readonly detail: string };

/** A place that may have the bytes of a content hash. Throws only when `signal` is aborted. */
export interface ContentSource {
  /** What it is, for messages: `the chain's preimages`, `gateway.example`. */
  readonly name: string;
  readonly kind: ContentRef['source'];
  ask(ref: ContentRef, signal: AbortSignal): Promise<Answer>;
}
