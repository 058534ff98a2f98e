import type { Json } from '../base/json.ts';
import { TerminalError } from '../errors/dinfra-error.ts';

/** Translates descriptors of one type into another type. */
export interface Blueprint {
  /** Name of the target type. */
  readonly type: string;
  /** Pure. Throws a TerminalError with the path of the field at fault. */
  translate(descriptor: Json): Json;
  /**
   * Fields that the translation created, and the fields they were created from: faults in the first belong to the
   * second.
   */
  readonly origins: Readonly<Record<string, string>>;
}

/** A descriptor in the form that a reactor realises. */
export interface Translated {
  readonly type: string;
  readonly descriptor: Json;
}

/**
 * Translates descriptor types before a reactor is chosen. Reactors only know their own types, and a new blueprint works
 * with every reactor that realises its target type.
 */
export class Blueprints {
  /** By the name of the descriptor type. */
  readonly #byType: ReadonlyMap<string, Blueprint>;

  constructor(byType: ReadonlyMap<string, Blueprint>) {
    this.#byType = byType;
  }

  /**
   * The translation of a descriptor; the descriptor itself if its type has no blueprint. Pure.
   *
   * @throws TerminalError with the path of the field at fault.
   */
  translate(type: string, descriptor: Json): Translated {
    const blueprint = this.#byType.get(type);
    return blueprint === undefined
      ? { type, descriptor }
      : { type: blueprint.type, descriptor: blueprint.translate(descriptor) };
  }

  /** The type that a reactor has to realise to serve a descriptor type. */
  becomes(type: string): string {
    return this.#byType.get(type)?.type ?? type;
  }

  /** Maps an error in a translated descriptor to the field that the consumer wrote. */
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
