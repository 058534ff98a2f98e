import { type ContentRef, MAX_CONTENT_BYTES } from '../../base/content-ref.ts';
import { RetryableError, TerminalError } from '../../errors/dinfra-error.ts';
import type { ContentCache } from './content-cache.ts';
import { contentHash } from './content-hash.ts';
import type { Answer, ContentSource } from './content-source.ts';

/** What is needed to fetch content. */
export interface FetchOptions {
  /** Asked one after the other, those of the kind the reference names first. */
  readonly sources: readonly ContentSource[];
  readonly cache: ContentCache;
  /** What is fetched, for messages: `the descriptor`. */
  readonly what: string;
  readonly signal: AbortSignal;
}

/** What came of asking one source that did not have the right bytes. */
interface Miss {
  readonly kind: 'Missing' | 'Unreachable' | 'Wrong';
  readonly said: string;
}

interface Right {
  readonly kind: 'Right';
  readonly bytes: Uint8Array;
}

/**
 * Fetches the bytes of a content reference and verifies them. A source that sends other bytes is skipped, and named in the
 * error if no other source has the right ones.
 *
 * Throws a TerminalError DescriptorTooLarge above 256 KiB; RetryableError DescriptorUnreachable when a source that may
 * have the bytes did not answer; otherwise TerminalError DescriptorHashMismatch when one sent wrong bytes, and
 * DescriptorMissing when all say that they do not have them.
 */
export async function fetchContent(ref: ContentRef, options: FetchOptions): Promise<Uint8Array> {
  const { cache, what, signal } = options;
  if (ref.length > MAX_CONTENT_BYTES) {
    throw new TerminalError('DescriptorTooLarge', {
      message: `${what} has ${ref.length} bytes; at most ${MAX_CONTENT_BYTES} are taken`,
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

/** The kind of source that the publisher named first, then the others: the hash is valid at all of them. */
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
      // Too few bytes may be a truncated answer, unless their hash is right.
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
    return new RetryableError('DescriptorUnreachable', { message: `${about} cannot be had now: ${said}` });
  }
  if (misses.some(({ kind }) => kind === 'Wrong')) {
    return new TerminalError('DescriptorHashMismatch', { message: `${about} is nowhere as its hash says: ${said}` });
  }
  return new TerminalError('DescriptorMissing', { message: `${about} is nowhere to be found: ${said}` });
}
