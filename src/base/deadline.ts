import { type Clock, systemClock } from './clock.ts';

/** A signal that aborts with its parent or at a timeout, whichever comes first. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Restarts the timeout, with `ms` milliseconds if given. */
  restart(ms?: number): void;
  /** Releases the timer and the parent. Call it on every path: the parent outlives thousands of these. */
  clear(): void;
}

/**
 * A deadline `ms` milliseconds from now. Not AbortSignal.any with AbortSignal.timeout: those stay referenced by the
 * parent until they are collected, and the parent lives as long as the process.
 */
export function startDeadline(parent: AbortSignal, ms: number, clock: Clock = systemClock): Deadline {
  const controller = new AbortController();
  let limitMs = ms;
  const expire = () => controller.abort(new DOMException(`nothing happened for ${limitMs} ms`, 'TimeoutError'));
  const onParentAbort = () => controller.abort(parent.reason);
  let cancel = clock.after(limitMs, expire);
  parent.addEventListener('abort', onParentAbort, { once: true });
  if (parent.aborted) onParentAbort();
  return {
    signal: controller.signal,
    restart: (newMs) => {
      limitMs = newMs ?? limitMs;
      cancel();
      if (!controller.signal.aborted) cancel = clock.after(limitMs, expire);
    },
    clear: () => {
      cancel();
      parent.removeEventListener('abort', onParentAbort);
    },
  };
}

/** The promise's outcome, or the signal's reason if that aborts first: for work that takes no signal itself. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
