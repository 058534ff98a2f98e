import type { TenureIdentity } from '../award/identity.ts';
import type { Json } from '../base/json.ts';
import { TerminalError } from '../errors/dinfra-error.ts';
import type { Marked, Memo, Observation, Order, Present, Reactor, Step } from '../providers/port.ts';

/** A descriptor type that is another one written differently. */
export interface Blueprint {
  /** Name of the type it becomes. */
  readonly type: string;
  /** Pure. Throws a TerminalError with the path of the field at fault. */
  translate(descriptor: Json): Json;
  /** Fields that the translation made, and what they were made of: faults in the first are faults of the second. */
  readonly origins: Readonly<Record<string, string>>;
}

/** A reactor that takes orders of further types: each is translated and then realised as what it has become. */
export class BlueprintReactor implements Reactor {
  readonly kind: string;
  readonly types: ReadonlySet<string>;
  readonly #inner: Reactor;
  /** By the name of the descriptor type. */
  readonly #blueprints: ReadonlyMap<string, Blueprint>;

  constructor(inner: Reactor, blueprints: ReadonlyMap<string, Blueprint>) {
    this.kind = inner.kind;
    this.types = new Set([...inner.types, ...blueprints.keys()]);
    this.#inner = inner;
    this.#blueprints = blueprints;
  }

  check(order: Order, signal: AbortSignal): Promise<void> {
    return this.#with(order, (translated) => this.#inner.check(translated, signal));
  }

  observe(
    identity: TenureIdentity,
    order: Order | undefined,
    memo: Memo | undefined,
    signal: AbortSignal,
  ): Promise<Observation> {
    if (order === undefined) return this.#inner.observe(identity, undefined, memo, signal);
    return this.#with(order, (translated) => this.#inner.observe(identity, translated, memo, signal));
  }

  create(order: Order, memo: Memo | undefined, signal: AbortSignal): Promise<Step> {
    return this.#with(order, (translated) => this.#inner.create(translated, memo, signal));
  }

  update(order: Order, found: Present, signal: AbortSignal): Promise<Step> {
    return this.#with(order, (translated) => this.#inner.update(translated, found, signal));
  }

  stop(identity: TenureIdentity, found: Present, signal: AbortSignal): Promise<Step> {
    return this.#inner.stop(identity, found, signal);
  }

  start(order: Order, found: Present, signal: AbortSignal): Promise<Step> {
    return this.#with(order, (translated) => this.#inner.start(translated, found, signal));
  }

  delete(identity: TenureIdentity, found: Present, signal: AbortSignal): Promise<Step> {
    return this.#inner.delete(identity, found, signal);
  }

  listManaged(signal: AbortSignal): Promise<readonly Marked[]> {
    return this.#inner.listManaged(signal);
  }

  async #with<T>(order: Order, use: (translated: Order) => Promise<T>): Promise<T> {
    const blueprint = this.#blueprints.get(order.type);
    if (blueprint === undefined) return use(order);
    const translated = { ...order, type: blueprint.type, descriptor: blueprint.translate(order.descriptor) };
    try {
      return await use(translated);
    } catch (error) {
      throw error instanceof TerminalError ? traced(error, blueprint) : error;
    }
  }
}

/** The same error, told of the field the consumer wrote. */
function traced(error: TerminalError, { origins }: Blueprint): TerminalError {
  const origin = error.path === undefined ? undefined : origins[error.path];
  if (origin === undefined) return error;
  return new TerminalError(error.code as ConstructorParameters<typeof TerminalError>[0], {
    message: `with what ${origin.slice(1)} becomes, ${error.message}`,
    path: origin,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
}
