import { abortable, startDeadline } from '../../base/deadline.ts';
import { LeadershipLostError } from '../../base/fence.ts';
import { type DinfraError, findDinfraError, RetryableError } from '../../errors/dinfra-error.ts';
import { isConflict } from '../../kube/client/api-error.ts';

/** Either a value, or the failure that prevented it. */
export type Attempt<T> =
  | { readonly value: T; readonly failure: undefined }
  | { readonly value: undefined; readonly failure: DinfraError };

/** An attempt that failed. */
function failed<T>(failure: DinfraError): Attempt<T> {
  return { value: undefined, failure };
}

/** Called for an unexpected error. */
export type OnDefect = (what: string, error: unknown) => void;

/** Runs the stages of one reconcile so that each ends in time and the failure of one does not stop the others. */
export class Stages {
  readonly #stop: AbortSignal;
  readonly #deadline: AbortSignal;
  readonly #onDefect: OnDefect;

  /** `stop` ends the reconcile without an outcome, `deadline` ends a stage with a failure. */
  constructor(stop: AbortSignal, deadline: AbortSignal, onDefect: OnDefect) {
    this.#stop = stop;
    this.#deadline = deadline;
    this.#onDefect = onDefect;
  }

  /**
   * Does the work within the deadline, and within `ms` milliseconds if given. Every failure is returned: an error of
   * ours as it is, an exceeded time limit as ReconcileTimeout, any other error as UnexpectedError.
   *
   * @throws the reason of `stop`, or LeadershipLostError: then the reconcile must have no outcome.
   */
  async attempt<T>(what: string, work: (signal: AbortSignal) => Promise<T>, ms?: number): Promise<Attempt<T>> {
    const limit = ms === undefined ? undefined : startDeadline(this.#deadline, ms);
    const signal = limit?.signal ?? this.#deadline;
    try {
      signal.throwIfAborted();
      return { value: await abortable(invoke(work, signal), signal), failure: undefined };
    } catch (error) {
      return failed(this.#failureOf(what, error, signal));
    } finally {
      limit?.clear();
    }
  }

  /**
   * Does work that consists of stages. A conflict is thrown, because it means that the cached object was stale.
   *
   * @throws as `attempt` does.
   */
  async guard<T>(work: () => Promise<T>): Promise<Attempt<T>> {
    try {
      return { value: await work(), failure: undefined };
    } catch (error) {
      this.#stop.throwIfAborted();
      if (isConflict(error) || isLeadershipLost(error)) throw error;
      this.#onDefect('between the stages', error);
      return failed(unexpected('the reconcile', error));
    }
  }

  #failureOf(what: string, error: unknown, signal: AbortSignal): DinfraError {
    this.#stop.throwIfAborted();
    if (isLeadershipLost(error)) throw error;
    if (signal.aborted)
      return new RetryableError('ReconcileTimeout', { message: `${what} took too long`, cause: error });
    const ours = findDinfraError(error);
    if (ours !== undefined) return ours;
    this.#onDefect(what, error);
    return unexpected(what, error);
  }
}

/** A defect as an error with a reason. Its own message goes to the log only, because it may reveal anything. */
export function unexpected(what: string, cause: unknown): DinfraError {
  return new RetryableError('UnexpectedError', { message: `${what} met a defect of the operator`, cause });
}

/** Turns a synchronous throw into a rejection. */
async function invoke<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return work(signal);
}

/** True if another process may already act: then this one must neither act nor write a status. */
export function isLeadershipLost(error: unknown): boolean {
  let current = error;
  // Bounded, because a chain of causes may be a cycle.
  for (let depth = 0; depth < 16 && current instanceof Error; depth++) {
    if (current instanceof LeadershipLostError) return true;
    current = current.cause;
  }
  return false;
}
