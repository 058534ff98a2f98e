import { setTimeout as sleep } from 'node:timers/promises';

/** Interval between two attempts, in milliseconds. */
const LOOK_MS = 250;

/**
 * Waits until a condition holds; an attempt that throws counts as false.
 *
 * @param what completes the sentence "waited 30 s until …".
 * @param account describes the state, for the error.
 * @throws Error after `seconds`, with what was waited for, why the last attempt failed, and the state.
 */
export async function until(
  what: string,
  seconds: number,
  holds: () => Promise<boolean>,
  account: () => Promise<string> = async () => '',
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    let problem = '';
    try {
      if (await holds()) return;
    } catch (error) {
      problem = `; the last look failed: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (performance.now() > deadline) {
      const stand = await account().catch((error: unknown) => `and nobody can say how things stand: ${error}`);
      throw new Error(`waited ${seconds} s until ${what}${problem}${stand === '' ? '' : `\n${stand}`}`);
    }
    await sleep(LOOK_MS);
  }
}
