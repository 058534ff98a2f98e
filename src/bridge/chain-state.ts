import type { ProviderState } from '../sources/dinfra/model.ts';
import { concernsProvider, readProviderState } from '../sources/dinfra/reader.ts';
import type { FinalisedHead } from '../substrate/follower.ts';

/** Blocks whose events are read one by one; more than that and the whole state is cheaper. */
const MAX_PENDING = 16;

/** The whole state is read again that often even when no event asks for it, in milliseconds. */
const FULL_READ_MS = 5 * 60_000;

/**
 * What the chain says of one account's provider at the last finalised block. The whole state is read at the start, after
 * a gap, when an event concerns the provider, when it is told to, and every few minutes; otherwise the last reading still
 * holds.
 */
export class ChainState {
  private readonly account: string;
  private head: FinalisedHead | undefined;
  private pending: FinalisedHead[] = [];
  private stale = true;
  /** When the whole state was read last, in Unix milliseconds. */
  private readAt = Number.NEGATIVE_INFINITY;
  private last: ProviderState | undefined;
  /** Types the last reading asked for: one the chain does not have is not in its answer. */
  private asked: ReadonlySet<string> = new Set();

  constructor(account: string) {
    this.account = account;
  }

  /** The chain went on. */
  advance(head: FinalisedHead): void {
    this.head = head;
    if (!head.contiguous || this.pending.length >= MAX_PENDING) this.invalidate();
    else if (!this.stale) this.pending.push(head);
  }

  /** Have the whole state read with the next refresh. */
  invalidate(): void {
    this.stale = true;
    this.pending = [];
  }

  get genesis(): string | undefined {
    return this.head?.genesis;
  }

  /** The last finalised block and who told of it, undefined before the first. */
  get finalised(): FinalisedHead | undefined {
    return this.head;
  }

  /**
   * The state at the last finalised block, undefined before the first. `types` are descriptor types wanted beside those
   * of the tenures; `now` in Unix milliseconds.
   *
   * @throws RetryableError ChainUnreachable or ChainUndecodable; the next call reads everything again.
   */
  async refresh(types: readonly string[], now: number): Promise<ProviderState | undefined> {
    const head = this.head;
    if (head === undefined) return undefined;
    const { pending, last } = this;
    this.pending = [];
    const isRecent = now - this.readAt < FULL_READ_MS;
    const known = last !== undefined && !this.stale && isRecent && types.every((type) => this.asked.has(type));
    if (known && !(await anyConcerns(pending, last.provider?.id))) {
      this.last = { ...last, block: head.block };
      return this.last;
    }
    this.stale = true;
    const read = await readProviderState(head.api, head.block, this.account, types);
    // A block that came while reading was not kept as pending.
    if (this.head === head) this.stale = false;
    this.asked = new Set(types);
    this.last = read;
    this.readAt = now;
    return read;
  }
}

async function anyConcerns(heads: readonly FinalisedHead[], provider: number | undefined): Promise<boolean> {
  for (const { api, block } of heads) {
    if (await concernsProvider(api, block, provider)) return true;
  }
  return false;
}
