import type { Json } from '../base/json.ts';
import { TerminalError } from '../errors/dinfra-error.ts';

/** A descriptor type that is another one written differently. */
export interface Blueprint {
  /** Name of the type it becomes. */
  readonly type: string;
  /** Pure. Throws a TerminalError with the path of the field at fault. */
  translate(descriptor: Json): Json;
  /** Fields that the translation made, and what they were made of: faults in the first are faults of the second. */
  readonly origins: Readonly<Record<string, string>>;
}

/** A descriptor as a reactor realises it. */
export interface Translated {
  readonly type: string;
  readonly descriptor: Json;
}

/**
 * The descriptor types that become other ones before a reactor is asked: a reactor knows its own types only, and a new
 * blueprint works with every reactor that realises what it becomes.
 */
export class Blueprints {
  /** By the name of the descriptor type. */
  readonly #byType: ReadonlyMap<string, Blueprint>;

  constructor(byType: ReadonlyMap<string, Blueprint>) {
    this.#byType = byType;
  }

  /**
   * What a descriptor becomes; itself when its type is no blueprint's. Pure.
   *
   * @throws TerminalError with the path of the field at fault.
   */
  translate(type: string, descriptor: Json): Translated {
    const blueprint = this.#byType.get(type);
    return blueprint === undefined
      ? { type, descriptor }
      : { type: blueprint.type, descriptor: blueprint.translate(descriptor) };
  }

  /** The type a reactor has to realise for a descriptor of a type: whoever does serves the blueprint's type, too. */
  becomes(type: string): string {
    return this.#byType.get(type)?.type ?? type;
  }

  /** Maps an error of a translated descriptor to the field the consumer wrote. */
  inTermsOf(type: string, error: unknown): unknown {
    if (!(error instanceof TerminalError) || error.path === undefined) return error;
    const origin = this.#byType.get(type)?.origins[error.path];
    if (origin === undefined) return error;
    return new TerminalError(error.code as ConstructorParameters<typeof TerminalError>[0], {
      message: `with what ${origin.slice(1)} becomes, ${error.message}`,
      path: origin,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}
