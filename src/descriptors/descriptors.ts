import type { ContentRef } from '../base/content-ref.ts';
import type { Json } from '../base/json.ts';
import { TerminalError } from '../errors/dinfra-error.ts';
import { ContentCache } from './content/content-cache.ts';
import type { ContentSource } from './content/content-source.ts';
import { fetchContent } from './content/fetch-content.ts';
import { parseJson } from './content/json.ts';
import type { Verdict } from './schema/check-schema.ts';
import type { Overrun, SchemaChecker } from './schema/schema-checker.ts';

/** A descriptor type: its name on chain, and its JSON Schema as text. */
export interface DescriptorTypeSchema {
  readonly name: string;
  readonly schema: string;
}

/**
 * What the chain's content references stand for: fetched, verified against the hash, parsed, and checked against a
 * schema, in that order. Bytes are kept by their hash and shared by all callers; sources are the caller's, since each
 * provider has its own chain and gateways.
 */
export class Descriptors {
  readonly #checker: SchemaChecker;
  readonly #cache: ContentCache;

  constructor(checker: SchemaChecker, cache = new ContentCache()) {
    this.#checker = checker;
    this.#cache = cache;
  }

  /**
   * The descriptor of a reference. Throws RetryableError DescriptorUnreachable when it cannot be had now, and a
   * TerminalError when it never can: DescriptorTooLarge, DescriptorMissing, DescriptorHashMismatch, DescriptorNotJson,
   * DescriptorSchema with the field at fault, DescriptorTypeUnknown when the schema cannot be used.
   */
  async descriptor(
    ref: ContentRef,
    type: DescriptorTypeSchema,
    sources: readonly ContentSource[],
    signal: AbortSignal,
  ): Promise<Json> {
    const bytes = await fetchContent(ref, { sources, cache: this.#cache, what: 'the descriptor', signal });
    const descriptor = parseJson(bytes, 'the descriptor');
    const question = { type: type.name, schema: type.schema, descriptor: new TextDecoder().decode(bytes) };
    demandMatch(type.name, await this.#checker.check(question, signal));
    return descriptor;
  }

  /**
   * The text of the JSON Schema of a descriptor type, once it is known to be usable. Throws RetryableError
   * DescriptorUnreachable when it cannot be had now, and TerminalError DescriptorTypeUnknown when it never can be used.
   */
  async schema(type: string, ref: ContentRef, sources: readonly ContentSource[], signal: AbortSignal): Promise<string> {
    const what = `the schema of ${type}`;
    try {
      const bytes = await fetchContent(ref, { sources, cache: this.#cache, what, signal });
      // Parsed for its errors: what is not UTF-8 has no text.
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
