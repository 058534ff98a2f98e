import { type DinfraError, RetryableError } from '../../errors/dinfra-error.ts';
import type { Reactor } from '../../providers/port.ts';

/** The configured reactors, by `namespace/name` of their resources. */
export class ReactorRegistry {
  private readonly entries = new Map<string, { readonly reactor: Reactor } | { readonly problem: DinfraError }>();

  /** @throws RetryableError ReactorMissing if there is none of that name, or the problem it was last set with. */
  get(key: string): Reactor {
    const entry = this.entries.get(key);
    if (entry === undefined) {
      throw new RetryableError('ReactorMissing', { message: `there is no Reactor ${key}` });
    }
    if ('problem' in entry) throw entry.problem;
    return entry.reactor;
  }

  /**
   * Whether a reactor realises a descriptor type. `Unknown` if it was not created yet or could not be, for instance
   * because its credentials are missing.
   */
  servesType(key: string, type: string): 'Yes' | 'No' | 'Unknown' {
    const entry = this.entries.get(key);
    if (entry === undefined || 'problem' in entry) return 'Unknown';
    return entry.reactor.types.has(type) ? 'Yes' : 'No';
  }

  /** The keys of a namespace's reactors, including those that cannot be used. */
  keysIn(namespace: string): string[] {
    return [...this.entries.keys()].filter((key) => key.startsWith(`${namespace}/`));
  }

  /** True once it was created or found to be unusable. */
  has(key: string): boolean {
    return this.entries.has(key);
  }

  set(key: string, reactor: Reactor): void {
    this.enter(key, { reactor });
  }

  /** The resource exists and cannot be used. */
  fail(key: string, problem: DinfraError): void {
    this.enter(key, { problem });
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  private enter(key: string, entry: { readonly reactor: Reactor } | { readonly problem: DinfraError }): void {
    this.entries.set(key, entry);
  }
}
