import { type ContentRef, MAX_CONTENT_BYTES } from '../../base/content-ref.ts';
import { contentHash } from '../../descriptors/content/content-hash.ts';
import type { ContentSource } from '../../descriptors/content/content-source.ts';
import { parseJson } from '../../descriptors/content/json.ts';
import { UserError } from './user-error.ts';
import { readUserFile } from './user-input.ts';

/** A user's JSON document that will be published on chain. */
export interface ContentFile {
  readonly bytes: Uint8Array;
  readonly ref: ContentRef;
  /** Serves these bytes before the chain has them. */
  readonly source: ContentSource;
}

/**
 * @param what it is, for messages: `descriptor`.
 * @throws UserError when it cannot be read or is too large; TerminalError DescriptorNotJson.
 */
export async function readContentFile(path: string, what: string): Promise<ContentFile> {
  const bytes = Uint8Array.from(await readUserFile(path, what, 64 * MAX_CONTENT_BYTES));
  if (bytes.length > MAX_CONTENT_BYTES) {
    throw new UserError(
      `${path} has ${bytes.length} bytes; a ${what} has at most ${MAX_CONTENT_BYTES}`,
      'Move large parts out of it and refer to them.',
    );
  }
  parseJson(bytes, path);
  return {
    bytes,
    ref: { hash: contentHash(bytes), length: bytes.length, source: 'Preimage' },
    source: { name: 'the file', kind: 'Preimage', ask: async () => ({ kind: 'Bytes', bytes }) },
  };
}
