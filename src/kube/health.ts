import type { ReflectorHealth } from './cache/reflector-options.ts';
import type { Controller } from './queue/controller.ts';

/** Bookmarks come about each minute: after that time without one the copy may be far behind. In milliseconds. */
const SILENT_MS = 5 * 60_000;
/** No step of a reflector takes that long without an answer or a failure: its loop is dead. In milliseconds. */
const IDLE_MS = 15 * 60_000;
/** How long a reconcile may go on after its deadline, in milliseconds. */
const OVERDUE_MS = 5 * 60_000;

/** Why a reflector's copy cannot be relied on at present, in one line; undefined when it is in step. */
export function reflectorNotReady({ synced, silentMs, error }: ReflectorHealth): string | undefined {
  if (error !== undefined) return error.message;
  if (!synced) return 'not read yet';
  if (silentMs > SILENT_MS) return `no answer from the API server for ${Math.round(silentMs / 1000)} s`;
  return undefined;
}

/** Reason the reflector loop is dead, for /healthz; undefined while it is alive, even if the API server is down. */
export function reflectorDead({ idleMs }: ReflectorHealth): string | undefined {
  return idleMs > IDLE_MS ? `no progress for ${Math.round(idleMs / 1000)} s` : undefined;
}

/** Why only a restart helps a controller, for /healthz: a reconcile that ignores its deadline. */
export function controllerDead(controller: Controller): string | undefined {
  const ms = controller.longestRunMs();
  return ms > controller.timeoutMs + OVERDUE_MS
    ? `a reconcile has been running for ${Math.round(ms / 1000)} s`
    : undefined;
}
