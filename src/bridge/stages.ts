import { abortable, startDeadline } from '../base/deadline.ts';
import type { DinfraError } from '../errors/dinfra-error.ts';
import { asDinfraError } from './failures.ts';

/** The stages of a comparison, in their order. */
export type StageName =
  | 'finalizer'
  | 'read'
  | 'plan'
  | 'reports'
  | 'submit'
  | 'mirror'
  | 'statuses'
  | 'provider'
  | 'release';

/** `isNew` is false while a stage keeps failing for the same reason. */
export type StageFailure = (stage: StageName, error: DinfraError, isNew: boolean) => void;

/**
 * Runs the stages of a comparison so that none of them can stop another: each has a deadline, and its error is kept as
 * its problem until it succeeds again.
 */
export class Stages {
  private readonly timeoutMs: number;
  private readonly onFailure: StageFailure;
  private readonly failed = new Map<StageName, DinfraError>();

  constructor(timeoutMs: number, onFailure: StageFailure) {
    this.timeoutMs = timeoutMs;
    this.onFailure = onFailure;
  }

  /** The failure of the first stage whose last run failed. */
  get problem(): DinfraError | undefined {
    return this.failed.values().next().value;
  }

  get isWell(): boolean {
    return this.failed.size === 0;
  }

  /** Returns the result of the stage, or undefined if it failed. Throws only when `signal` is aborted. */
  async run<T>(
    name: StageName,
    work: (signal: AbortSignal) => T | Promise<T>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const deadline = startDeadline(signal, this.timeoutMs);
    try {
      const result = await abortable(
        Promise.resolve().then(() => work(deadline.signal)),
        deadline.signal,
      );
      this.failed.delete(name);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      const failure = asDinfraError(error);
      const isNew = this.failed.get(name)?.code !== failure.code;
      this.failed.set(name, failure);
      this.onFailure(name, failure, isNew);
      return undefined;
    } finally {
      deadline.clear();
    }
  }
}
