import type { ReflectorHealth } from './cache/reflector-options.ts';
import type { Controller } from './queue/controller.ts';

/** Bookmarks come about each minute: after that time without a word the copy may be far behind. In milliseconds. */
const SILENT_MS = 5 * 60_000;
/** No step of a reflector takes that long without hearing or failing: its loop is dead. In milliseconds. */
const IDLE_MS = 15 * 60_000;
/** How long a pass may go on after it was told to end, in milliseconds. */
const OVERDUE_MS = 5 * 60_000;

/** What keeps a reflector from being relied on, in one line, for /readyz; undefined when it is in step. */
export function reflectorNotReady({ synced, silentMs, error }: ReflectorHealth): string | undefined {
  if (error !== undefined) return error.message;
  if (!synced) return 'not read yet';
  if (silentMs > SILENT_MS) return `nothing heard from the API server for ${Math.round(silentMs / 1000)} s`;
  return undefined;
}

/** Why only a restart can mend a reflector, for /healthz; undefined when it lives, be the API server away or not. */
export function reflectorDead({ idleMs }: ReflectorHealth): string | undefined {
  return idleMs > IDLE_MS ? `its loop has not moved for ${Math.round(idleMs / 1000)} s` : undefined;
}

/** Why only a restart can mend a controller, for /healthz: a pass that ignores that it was told to end. */
export function controllerDead(controller: Controller): string | undefined {
  const ms = controller.longestPassMs();
  return ms > controller.timeoutMs + OVERDUE_MS ? `a pass has not ended for ${Math.round(ms / 1000)} s` : undefined;
}
