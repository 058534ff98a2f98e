import type { ContentRef } from '../../base/content-ref.ts';
import { findDinfraError } from '../../errors/dinfra-error.ts';

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

/**
 * Reads a preimage of the chain at a finalised block; undefined if the chain has none with this hash and length. Throws
 * if the chain does not answer.
 */
export type ReadPreimage = (hash: string, length: number, signal: AbortSignal) => Promise<Uint8Array | undefined>;

/** The chain's preimages as a source of content. */
export function preimageSource(read: ReadPreimage): ContentSource {
  return {
    name: "the chain's preimages",
    kind: 'Preimage',
    async ask(ref: ContentRef, signal: AbortSignal): Promise<Answer> {
      try {
        const bytes = await read(ref.hash, ref.length, signal);
        return bytes === undefined ? { kind: 'Missing' } : { kind: 'Bytes', bytes };
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'Unreachable', detail: findDinfraError(error)?.message ?? 'the chain did not answer' };
      }
    },
  };
}
