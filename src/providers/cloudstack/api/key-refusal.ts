import type { Clock } from '../../../base/clock.ts';
import type { Failure } from './failure.ts';

/** How long every call is refused after the keys were, in milliseconds: a thousand tenures must not each try them. */
const REFUSED_KEYS_MS = 30_000;

/**
 * That CloudStack has refused a pair of keys. Shared by every client that uses them: what one was told holds for the
 * others, and a sign of life is not taken for good while they still hold back.
 */
export class KeyRefusal {
  readonly #clock: Clock;
  #last: { readonly until: number; readonly failure: Failure } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why no call may be tried now; undefined when one may. */
  get current(): Failure | undefined {
    return this.#last !== undefined && this.#clock.monotonic() < this.#last.until ? this.#last.failure : undefined;
  }

  /** 401 is the same for every call: asking again with the same keys only fills the server's log. */
  note(failure: Failure): void {
    this.#last = { until: this.#clock.monotonic() + REFUSED_KEYS_MS, failure };
  }
}
