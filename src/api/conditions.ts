import type { Reason } from '../errors/catalogue.ts';
import type { Condition, ConditionType } from './condition.ts';

/** What a reconcile states about one condition. `status` undefined removes it: abnormal-true and not true. */
export interface Statement {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown' | undefined;
  readonly reason: Reason;
  readonly message: string;
}

/** Shorter than the API server's limit of 32 KiB: people read it. */
const MAX_MESSAGE = 1024;

/**
 * The conditions after a reconcile: the stated ones replaced, added or removed, the others unchanged.
 * `lastTransitionTime` changes only when `status` does, so that a reconcile without changes yields an equal list.
 */
export function conditionsAfter(
  before: readonly Condition[] | undefined,
  statements: readonly Statement[],
  generation: number,
  now: number,
): Condition[] {
  const after = new Map((before ?? []).map((condition) => [condition.type, condition]));
  for (const { type, status, reason, message } of statements) {
    if (status === undefined) {
      after.delete(type);
      continue;
    }
    const known = after.get(type);
    after.set(type, {
      type,
      status,
      observedGeneration: generation,
      lastTransitionTime: known?.status === status ? known.lastTransitionTime : timestampOf(now),
      reason,
      message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message,
    });
  }
  return [...after.values()];
}

/** RFC 3339 in whole seconds, as the API server writes times. `ms` in Unix milliseconds. */
export function timestampOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
