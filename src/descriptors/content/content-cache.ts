/**
 * Verified bytes by their hash; the least recently used are evicted first. Bounded in bytes, 16 MiB by default. Entries
 * never go stale: the key is the hash of the content.
 */
export class ContentCache {
  readonly #maxBytes: number;
  // Maps keep insertion order: the first entry is the least recently used one.
  readonly #entries = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(maxBytes = 16 * 1024 * 1024) {
    this.#maxBytes = maxBytes;
  }

  /** Total size of the entries, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  get(hash: string): Uint8Array | undefined {
    const found = this.#entries.get(hash);
    if (found === undefined) return undefined;
    this.#entries.delete(hash);
    this.#entries.set(hash, found);
    return found;
  }

  /** Keeps bytes that the caller has verified. Bytes larger than the whole cache are not kept. */
  put(hash: string, bytes: Uint8Array): void {
    this.#forget(hash);
    if (bytes.length > this.#maxBytes) return;
    this.#entries.set(hash, bytes);
    this.#bytes += bytes.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#forget(oldest);
    }
  }

  #forget(hash: string): void {
    this.#bytes -= this.#entries.get(hash)?.length ?? 0;
    this.#entries.delete(hash);
  }
}
