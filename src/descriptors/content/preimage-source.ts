import type { ContentRef } from '../../base/content-ref.ts';
import { findDinfraError } from '../../errors/dinfra-error.ts';
import type { Answer, ContentSource } from './content-source.ts';

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
