import type { ContentRef } from '../../base/content-ref.ts';

/** The answer of a source. */
export type Answer =
  /** The bytes, not verified yet: at most one more than requested. */
  | { readonly kind: 'Bytes'; readonly bytes: Uint8Array }
  /** The source does not have them. */
  | { readonly kind: 'Missing' }
  /** The source could not be read: no answer, an error, a truncated answer. `detail` says which. */
  | { readonly kind: 'Unreachable'; readonly detail: string };

/** A source that may have the bytes of a content hash. Throws only if `signal` is aborted. */
export interface ContentSource {
  /** Its name in messages: `the chain's preimages`, `gateway.example`. */
  readonly name: string;
  readonly kind: ContentRef['source'];
  ask(ref: ContentRef, signal: AbortSignal): Promise<Answer>;
}
