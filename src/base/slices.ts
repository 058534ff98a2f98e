import { setImmediate as nextTick } from 'node:timers/promises';

/** How long one slice may block the event loop, in milliseconds. */
const SLICE_MS = 8;

/**
 * Runs work that marks by `yield` where it may be interrupted, and yields to the event loop every few milliseconds, so
 * that probes, heartbeats and lease renewals do not wait for a comparison of ten thousand objects.
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

/** Runs such work in one go. */
export function atOnce<T>(work: Generator<void, T, void>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
