import { BoundedCache } from './bounded-cache.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

/** A warning that repeats is written that often, in milliseconds. */
const INTERVAL_MS = 60_000;
/** Warnings that are remembered at once: of more than a cluster has Deployments, the oldest may be repeated early. */
const MAX_WARNINGS = 20_000;
/** Fields that differ each time and make no other warning of it. */
const VARYING = new Set(['reconcileId', 'failures', 'err', 'error']);

interface Repeats {
  /** When it was last written. */
  at: number;
  /** How often it was held back since. */
  suppressed: number;
}

/**
 * The same logger, with each warning at most once a minute: one that repeats within it is counted, and the next line
 * says how many were left out in the field `repeated`. Warnings are the same when their message, their logger's fields
 * and the identifying ones of their own are; the first is never delayed.
 */
export function limitRepeats(logger: Logger, clock: Clock): Logger {
  const seen = new BoundedCache<Repeats>(MAX_WARNINGS);
  const wrap = (inner: Logger, bindings: object): Logger => ({
    debug: (fields, message) => inner.debug(fields, message),
    info: (fields, message) => inner.info(fields, message),
    error: (fields, message) => inner.error(fields, message),
    child: (fields) => wrap(inner.child(fields), { ...bindings, ...fields }),
    warn: (fields, message) => {
      const key = JSON.stringify([message, identifying(bindings), identifying(fields), codeOf(fields)]);
      const now = clock.monotonic();
      const known = seen.get(key);
      if (known !== undefined && now - known.at < INTERVAL_MS) {
        known.suppressed += 1;
        return;
      }
      seen.set(key, { at: now, suppressed: 0 });
      const repeated = known?.suppressed ?? 0;
      inner.warn(repeated === 0 ? fields : { ...fields, repeated }, message);
    },
  });
  return wrap(logger, {});
}

function identifying(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !VARYING.has(name)));
}

/** Errors are told apart by their code: their text may hold a time or a port. */
function codeOf(fields: object): unknown {
  const { err } = fields as { readonly err?: { readonly code?: unknown; readonly name?: unknown } };
  return err?.code ?? err?.name;
}
