import { BoundedCache } from '../base/bounded-cache.ts';
import type { ContentRef } from '../base/content-ref.ts';
import type { Json } from '../base/json.ts';
import type { Overrun } from '../base/worker-pool.ts';
import { TerminalError } from '../errors/dinfra-error.ts';
import { ContentCache } from './content/content-cache.ts';
import { contentHash } from './content/content-hash.ts';
import type { ContentSource } from './content/content-source.ts';
import { fetchContent } from './content/fetch-content.ts';
import { parseJson } from './content/json.ts';
import type { Verdict } from './schema/check-schema.ts';
import type { SchemaChecker } from './schema/schema-checker.ts';

/** A descriptor type: its name on chain, and its JSON Schema as text. */
export interface DescriptorTypeSchema {
  readonly name: string;
  readonly schema: string;
}

/** A document: its bytes and its parsed content. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly json: Json;
}

/** Number of cached verdicts. */
const MAX_VERDICTS = 4096;

/**
 * Resolves the chain's content references: fetches the bytes, verifies their hash, parses them and checks them against
 * a schema. Bytes are cached by their hash and shared by all callers. Sources come from the caller, because each
 * provider has its own chain and gateways.
 */
export class Descriptors {
  readonly #checker: SchemaChecker;
  readonly #cache: ContentCache;
  /** By the hashes of the descriptor and the schema. */
  readonly #verdicts = new BoundedCache<Verdict>(MAX_VERDICTS);

  constructor(checker: SchemaChecker, cache = new ContentCache()) {
    this.#checker = checker;
    this.#cache = cache;
  }

  /**
   * The descriptor of a reference. Throws a RetryableError DescriptorUnreachable if it cannot be fetched now, and a
   * TerminalError if it never can be: DescriptorTooLarge, DescriptorMissing, DescriptorHashMismatch, DescriptorNotJson,
   * DescriptorSchema with the field at fault, DescriptorTypeUnknown if the schema cannot be used.
   */
  async descriptor(
    ref: ContentRef,
    type: DescriptorTypeSchema,
    sources: readonly ContentSource[],
    signal: AbortSignal,
  ): Promise<Content> {
    const content = await this.content(ref, sources, signal);
    const key = `${ref.hash}/${contentHash(new TextEncoder().encode(type.schema))}`;
    const question = { type: type.name, schema: type.schema, descriptor: new TextDecoder().decode(content.bytes) };
    const verdict = this.#verdicts.get(key) ?? (await this.#checker.check(question, signal));
    // Whether a check exceeds its time depends on the machine; every other verdict follows from the two hashes.
    if (verdict.kind !== 'Overrun') this.#verdicts.set(key, verdict);
    demandMatch(type.name, verdict);
    return content;
  }

  /**
   * The content of a reference, verified by its hash and parsed but not checked against a schema. Throws as
   * `descriptor` does.
   */
  async content(ref: ContentRef, sources: readonly ContentSource[], signal: AbortSignal): Promise<Content> {
    const bytes = await fetchContent(ref, { sources, cache: this.#cache, what: 'the descriptor', signal });
    return { bytes, json: parseJson(bytes, 'the descriptor') };
  }

  /**
   * The text of the JSON Schema of a descriptor type, after a check that it is usable. Throws a RetryableError
   * DescriptorUnreachable if it cannot be fetched now, and a TerminalError DescriptorTypeUnknown if it is not usable.
   */
  async schema(type: string, ref: ContentRef, sources: readonly ContentSource[], signal: AbortSignal): Promise<string> {
    const what = `the schema of ${type}`;
    try {
      const bytes = await fetchContent(ref, { sources, cache: this.#cache, what, signal });
      // Parsed only for its errors, e.g. bytes that are not UTF-8.
      parseJson(bytes, what);
      const schema = new TextDecoder().decode(bytes);
      demandMatch(type, await this.#checker.check({ type, schema }, signal));
      return schema;
    } catch (error) {
      if (!(error instanceof TerminalError) || error.code === 'DescriptorTypeUnknown') throw error;
      throw new TerminalError('DescriptorTypeUnknown', { message: error.message, cause: error });
    }
  }
}

function demandMatch(type: string, verdict: Verdict | Overrun): void {
  switch (verdict.kind) {
    case 'Valid':
      return;
    case 'Mismatch':
      throw new TerminalError('DescriptorSchema', { message: verdict.message, path: verdict.path });
    case 'Unusable':
      throw new TerminalError('DescriptorTypeUnknown', { message: verdict.message });
    case 'Overrun':
      throw new TerminalError('DescriptorSchema', {
        message: `checking it against the schema of ${type} would take ${verdict.needed}`,
        hint: 'Make the descriptor smaller; if it is small, the owner of the type has to publish a simpler schema.',
      });
  }
}
