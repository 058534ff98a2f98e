import { type DinfraError, RetryableError } from '../errors/dinfra-error.ts';
import type { Reactor } from '../providers/reactor.ts';

/** The reactors that are configured, by `namespace/name` of their resources. */
export class ReactorRegistry {
  private readonly entries = new Map<string, { readonly reactor: Reactor } | { readonly problem: DinfraError }>();

  /**
   * @throws RetryableError ReactorMissing when there is none of that name, or the problem it was last set with.
   */
  get(key: string): Reactor {
    const entry = this.entries.get(key);
    if (entry === undefined) {
      throw new RetryableError('ReactorMissing', { message: `there is no Reactor ${key}` });
    }
    if ('problem' in entry) throw entry.problem;
    return entry.reactor;
  }

  set(key: string, reactor: Reactor): void {
    this.entries.set(key, { reactor });
  }

  /** The resource exists and cannot be used. */
  fail(key: string, problem: DinfraError): void {
    this.entries.set(key, { problem });
  }

  delete(key: string): void {
    this.entries.delete(key);
  }
}
