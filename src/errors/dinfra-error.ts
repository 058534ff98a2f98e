import type { Reason, ReasonOf } from './catalogue.ts';

/** What an error says beside its code: what is wrong, where, and what to do about it. */
export interface ErrorDetail {
  /** One sentence: the field, its value, and what was expected. Never contains a secret. */
  readonly message: string;
  /** JSON pointer of the offending field in the input at fault (descriptor, spec, reply). */
  readonly path?: string;
  /** What the reader can do. Defaults to the catalogue's remedy. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * Base of every error this program raises on purpose. `code` is an entry of the catalogue: the same word is the
 * condition's reason, the event's reason, the metric's label and a heading in docs/reasons.md.
 */
export abstract class DinfraError extends Error {
  abstract readonly family: 'retryable' | 'terminal' | 'refused';
  readonly code: Reason;
  readonly path: string | undefined;
  readonly hint: string | undefined;

  constructor(code: Reason, detail: ErrorDetail) {
    super(detail.message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = new.target.name;
    this.code = code;
    this.path = detail.path;
    this.hint = detail.hint;
  }
}

/** Trying again may help: the far side is unreachable, busy or full. */
export class RetryableError extends DinfraError {
  readonly family = 'retryable';
  /** Milliseconds the far side asked us to wait; undefined leaves it to the caller's backoff. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ReasonOf<'retryable'>, detail: ErrorDetail & { readonly retryAfterMs?: number }) {
    super(code, detail);
    this.retryAfterMs = detail.retryAfterMs;
  }
}

/** Retrying changes nothing: the input is wrong and somebody has to change it. */
export class TerminalError extends DinfraError {
  readonly family = 'terminal';

  constructor(code: ReasonOf<'terminal'>, detail: ErrorDetail) {
    super(code, detail);
  }
}

/** Not done on purpose; nothing was touched. */
export class RefusedError extends DinfraError {
  readonly family = 'refused';

  constructor(code: ReasonOf<'refused'>, detail: ErrorDetail) {
    super(code, detail);
  }
}

/** The first DinfraError in a chain of causes, or undefined. */
export function findDinfraError(error: unknown): DinfraError | undefined {
  // Bounded: a chain of causes can be a cycle.
  let current = error;
  for (let depth = 0; depth < 16 && current instanceof Error; depth++) {
    if (current instanceof DinfraError) return current;
    current = current.cause;
  }
  return undefined;
}

/** Message and hint in one text. */
export function withHint({ message, hint }: DinfraError): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}
