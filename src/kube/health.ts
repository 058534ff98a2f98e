import type { ReflectorHealth } from './cache/reflector-options.ts';
import type { Controller } from './queue/controller.ts';

/** Bookmarks arrive about every minute: without one for this long the cache may be far behind. In milliseconds. */
const SILENT_MS = 5 * 60_000;
/** A reflector without a reply or a failure for this long is dead: no step takes that long. In milliseconds. */
const IDLE_MS = 15 * 60_000;
/** How long a reconcile may overrun its deadline, in milliseconds. */
const OVERDUE_MS = 5 * 60_000;

/** Why a reflector's cache cannot be relied on, in one line; undefined when it is in sync. */
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

/** Reason a controller needs a restart, for /healthz: a reconcile that ignores its deadline. */
export function controllerDead(controller: Controller): string | undefined {
  const ms = controller.longestRunMs();
  return ms > controller.timeoutMs + OVERDUE_MS
    ? `a reconcile has been running for ${Math.round(ms / 1000)} s`
    : undefined;
}
