import { type ContentRef, MAX_CONTENT_BYTES } from '../../base/content-ref.ts';
import { RetryableError, TerminalError } from '../../errors/dinfra-error.ts';
import type { ContentCache } from './content-cache.ts';
import { contentHash } from './content-hash.ts';
import type { Answer, ContentSource } from './content-source.ts';

/** How to fetch content. */
export interface FetchOptions {
  /** Tried one after the other, starting with the kind that the reference names. */
  readonly sources: readonly ContentSource[];
  readonly cache: ContentCache;
  /** Name of the content in messages: `the descriptor`. */
  readonly what: string;
  readonly signal: AbortSignal;
}

/** The failure of one source. */
interface Miss {
  readonly kind: 'Missing' | 'Unreachable' | 'Wrong';
  readonly said: string;
}

interface Right {
  readonly kind: 'Right';
  readonly bytes: Uint8Array;
}

/**
 * Fetches the bytes of a content reference and verifies them. A source that sends other bytes is skipped, and named in
 * the error if no other source has the right ones.
 *
 * Throws a TerminalError DescriptorTooLarge above 256 KiB; a RetryableError DescriptorUnreachable if a source that may
 * have the bytes did not answer; otherwise a TerminalError DescriptorHashMismatch if a source sent wrong bytes, or
 * DescriptorMissing if no source has them.
 */
export async function fetchContent(ref: ContentRef, options: FetchOptions): Promise<Uint8Array> {
  const { cache, what, signal } = options;
  if (ref.length > MAX_CONTENT_BYTES) {
    throw new TerminalError('DescriptorTooLarge', {
      message: `${what} has ${ref.length} bytes; at most ${MAX_CONTENT_BYTES} are allowed`,
    });
  }
  const cached = cache.get(ref.hash);
  if (cached?.length === ref.length) return cached;

  const misses: Miss[] = [];
  for (const source of inOrder(options.sources, ref.source)) {
    signal.throwIfAborted();
    const outcome = verify(source.name, ref, await source.ask(ref, signal));
    if (outcome.kind === 'Right') {
      cache.put(ref.hash, outcome.bytes);
      return outcome.bytes;
    }
    misses.push(outcome);
  }
  throw errorOf(ref, what, misses);
}

/** Sources of the kind that the publisher named first, then the others: the hash is valid everywhere. */
function inOrder(sources: readonly ContentSource[], first: ContentRef['source']): readonly ContentSource[] {
  return [...sources.filter(({ kind }) => kind === first), ...sources.filter(({ kind }) => kind !== first)];
}

function verify(name: string, ref: ContentRef, answer: Answer): Miss | Right {
  switch (answer.kind) {
    case 'Missing':
      return { kind: 'Missing', said: `${name} does not have it` };
    case 'Unreachable':
      return { kind: 'Unreachable', said: `${name} ${answer.detail}` };
    case 'Bytes': {
      const { bytes } = answer;
      const hash = contentHash(bytes);
      if (bytes.length === ref.length && hash === ref.hash) return { kind: 'Right', bytes };
      const said = `${name} sent ${amount(bytes.length, ref.length)}`;
      // Too few bytes may be a truncated answer, unless their hash matches.
      if (bytes.length < ref.length && hash !== ref.hash) return { kind: 'Unreachable', said };
      return { kind: 'Wrong', said: bytes.length === ref.length ? `${said} of hash ${hash}` : said };
    }
  }
}

function amount(got: number, wanted: number): string {
  if (got > wanted) return `more than ${wanted} bytes`;
  return got === wanted ? `${got} bytes` : `${got} bytes instead of ${wanted}`;
}

function errorOf(ref: ContentRef, what: string, misses: readonly Miss[]): RetryableError | TerminalError {
  const said = misses.length === 0 ? 'no source is configured' : misses.map((miss) => miss.said).join('; ');
  const about = `${what} ${ref.hash} (${ref.length} bytes)`;
  if (misses.some(({ kind }) => kind === 'Unreachable')) {
    return new RetryableError('DescriptorUnreachable', { message: `${about} cannot be fetched now: ${said}` });
  }
  if (misses.some(({ kind }) => kind === 'Wrong')) {
    return new TerminalError('DescriptorHashMismatch', {
      message: `no source has the right bytes of ${about}: ${said}`,
    });
  }
  return new TerminalError('DescriptorMissing', { message: `no source has ${about}: ${said}` });
}
