import { BoundedCache } from './bounded-cache.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

/** Minimum time between two lines of one repeated warning, in milliseconds. */
const INTERVAL_MS = 60_000;
/** Warnings remembered. With more of them, the oldest may be repeated early; a cluster has fewer Deployments. */
const MAX_WARNINGS = 20_000;
/** Fields that differ each time and do not distinguish warnings. */
const VARYING = new Set(['reconcileId', 'failures', 'err', 'error']);

interface Repeats {
  /** When it was last written. */
  at: number;
  /** How often it was suppressed since. */
  suppressed: number;
}

/**
 * The same logger, with each warning at most once a minute. Repeats within it are counted, and the next line has the
 * number in its field `repeated`. Warnings are the same when their message, their logger's fields and their own
 * identifying fields are equal; the first one is never delayed.
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

/** Errors are compared by code: their text may contain a time or a port. */
function codeOf(fields: object): unknown {
  const { err } = fields as { readonly err?: { readonly code?: unknown; readonly name?: unknown } };
  return err?.code ?? err?.name;
}
