import type { FinalisedHead } from '../../substrate/chain-node.ts';
import type { ProviderReading } from './provider-reader.ts';

/** Maximum number of blocks whose events are read one by one; for more, reading the whole state is cheaper. */
const MAX_PENDING = 16;
/** How often the whole state is read without an event, in milliseconds. */
const FULL_READ_MS = 5 * 60_000;

/** Reads the state of a provider at a finalised head. */
export interface StateReader<Node> {
  read(head: FinalisedHead<Node>, types: readonly string[]): Promise<ProviderReading>;
  /** Whether anything in the block may have changed the result of `read`. */
  concerns(head: FinalisedHead<Node>, provider: number | undefined): Promise<boolean>;
}

/**
 * The state of one account's provider at the last finalised block. The whole state is read at the start, after a gap,
 * after an event of the provider, on request, and every few minutes. Otherwise the last reading is reused: a block at
 * rest costs one request.
 */
export class ChainState<Node> {
  private readonly reader: StateReader<Node>;
  private head: FinalisedHead<Node> | undefined;
  private pending: FinalisedHead<Node>[] = [];
  private stale = true;
  /** When the whole state was last read, in monotonic milliseconds. */
  private readAt = Number.NEGATIVE_INFINITY;
  private last: ProviderReading | undefined;
  /** Types that the last reading requested. A type that the chain does not have is missing from its result. */
  private asked: ReadonlySet<string> = new Set();

  constructor(reader: StateReader<Node>) {
    this.reader = reader;
  }

  advance(head: FinalisedHead<Node>): void {
    this.head = head;
    if (!head.contiguous || this.pending.length >= MAX_PENDING) this.invalidate();
    else if (!this.stale) this.pending.push(head);
  }

  /** Makes the next refresh read the whole state. */
  invalidate(): void {
    this.stale = true;
    this.pending = [];
  }

  /**
   * The state at the last finalised block; undefined before the first. `types` are descriptor types needed in addition
   * to those of the awards. `now` is in monotonic milliseconds.
   *
   * @throws RetryableError if it cannot be read; the next call reads everything again.
   */
  async refresh(types: readonly string[], now: number): Promise<ProviderReading | undefined> {
    const { head, pending, last } = this;
    if (head === undefined) return undefined;
    this.pending = [];
    const isRecent = now - this.readAt < FULL_READ_MS;
    const holds = last !== undefined && !this.stale && isRecent && types.every((type) => this.asked.has(type));
    try {
      if (holds && !(await this.anyConcerns(pending, last.provider?.id))) {
        // `invalidate` may have been called while the events were read.
        if (!this.stale) {
          this.last = { ...last, block: head.block };
          return this.last;
        }
      }
      this.stale = true;
      const read = await this.reader.read(head, types);
      // Blocks that arrived during the reading were not recorded as pending.
      if (this.head === head) this.stale = false;
      this.asked = new Set(types);
      this.last = read;
      this.readAt = now;
      return read;
    } catch (error) {
      this.invalidate();
      throw error;
    }
  }

  private async anyConcerns(heads: readonly FinalisedHead<Node>[], provider: number | undefined): Promise<boolean> {
    for (const head of heads) {
      if (await this.reader.concerns(head, provider)) return true;
    }
    return false;
  }
}
