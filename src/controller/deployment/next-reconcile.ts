import { done, type Next } from '../../kube/queue/controller.ts';
import type { Outcome } from './outcome.ts';

/** Intervals between reconciles, in milliseconds. */
export interface Intervals {
  /** For a Deployment at rest. */
  readonly resyncMs: number;
  /** For a Deployment that is starting. */
  readonly progressMs: number;
}

/** How long after its last change a starting Deployment is reconciled at the short interval, in milliseconds. */
export const CLOSE_WATCH_MS = 120_000;
/** The shortest wait, in milliseconds: a backend that asks for none must not be polled in a tight loop. */
const SHORTEST_MS = 100;

/**
 * When a Deployment is reconciled again. `unchangedMs` is how long Ready has been as it is; `random` is between 0 and
 * 1.
 */
export function nextReconcile(
  { action, step, found, retry }: Outcome,
  unchangedMs: number,
  { resyncMs, progressMs }: Intervals,
  random: number,
): Next {
  if (retry !== undefined) return after(retry.waitMs);
  if (action.do === 'confirmReleased') return done;
  if (step !== undefined) return after(step.pollAfterMs);
  if (action.do === 'lookAgain' || action.do === 'poll') return after(action.afterMs);
  const comesUp = action.do === 'rest' && found.kind === 'Present' && found.phase === 'Running' && !found.healthy;
  if (comesUp && unchangedMs < CLOSE_WATCH_MS) return after(progressMs);
  // Jitter, so that Deployments created together are not reconciled together forever.
  return after(resyncMs * (0.9 + random * 0.2));
}

function after(ms: number): Next {
  return { requeueAfterMs: Math.max(SHORTEST_MS, ms) };
}
