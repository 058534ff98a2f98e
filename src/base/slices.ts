import { setImmediate as nextTick } from 'node:timers/promises';

/** How long one slice may keep the event loop, in milliseconds. */
const SLICE_MS = 8;

/**
 * Runs work that says by `yield` where it may be interrupted, and gives the event loop back after each few milliseconds:
 * probes, heartbeats and the renewal of a lease do not wait for a comparison of ten thousand objects.
 */
export async function inSlices<T>(work: Generator<void, T, void>, signal: AbortSignal): Promise<T> {
  let sliceEnd = performance.now() + SLICE_MS;
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (performance.now() < sliceEnd) continue;
    await nextTick();
    signal.throwIfAborted();
    sliceEnd = performance.now() + SLICE_MS;
  }
}

/** Runs such work without interruption. */
export function atOnce<T>(work: Generator<void, T, void>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
