import type { SubmitResult } from '../../award/report.ts';

/** Blocks before a refused call is sent again, doubled with each refusal. */
const REFUSED_FIRST_BLOCKS = 5;
const REFUSED_MAX_BLOCKS = 600;

type Entry =
  | { readonly state: 'sent' }
  /** Not sent again until the state was read at this block or later. */
  | { readonly state: 'applied'; readonly visibleFrom: number }
  | { readonly state: 'refused'; readonly until: number; readonly times: number; readonly error: string };

/**
 * Remembers sent calls, so that a difference between chain and cluster leads to one call and not to one per block until
 * its effect shows. Lost with the process, which is harmless: the chain refuses a call that is sent twice.
 */
export class CallLedger {
  private readonly entries = new Map<string, Entry>();
  private readonly refusals = new Map<string, number>();

  /** Whether a call should be sent, given the number of the block at which the state was read. */
  isDue(key: string, block: number): boolean {
    const entry = this.entries.get(key);
    switch (entry?.state) {
      case 'sent':
        return false;
      case 'applied':
        return block >= entry.visibleFrom;
      case 'refused':
        return block >= entry.until;
      default:
        return true;
    }
  }

  sent(keys: Iterable<string>): void {
    for (const key of keys) {
      const before = this.entries.get(key);
      // The count of refusals survives the next attempt.
      if (before?.state === 'refused') this.refusals.set(key, before.times);
      this.entries.set(key, { state: 'sent' });
    }
  }

  settled(key: string, result: SubmitResult): void {
    switch (result.kind) {
      case 'Applied':
        this.refusals.delete(key);
        this.entries.set(key, { state: 'applied', visibleFrom: result.block });
        break;
      case 'Refused': {
        const times = (this.refusals.get(key) ?? 0) + 1;
        const wait = Math.min(REFUSED_MAX_BLOCKS, REFUSED_FIRST_BLOCKS * 2 ** Math.min(times - 1, 10));
        this.entries.set(key, { state: 'refused', until: result.block + wait, times, error: result.error });
        break;
      }
      case 'Lost':
        this.entries.delete(key);
    }
  }

  /** The error of the last refusal of a call, if any. */
  refusal(key: string): string | undefined {
    const entry = this.entries.get(key);
    return entry?.state === 'refused' ? entry.error : undefined;
  }

  /** Forgets every call that is no longer wanted and not in flight. */
  retain(wanted: ReadonlySet<string>): void {
    for (const [key, { state }] of this.entries) {
      if (state === 'sent' || wanted.has(key)) continue;
      this.entries.delete(key);
      this.refusals.delete(key);
    }
  }
}
