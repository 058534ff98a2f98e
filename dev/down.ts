import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './is-alive.ts';
import { readState } from './up-state.ts';

/** How long everything may take to stop, in milliseconds. */
const STOP_MS = 40_000;

const state = readState();
if (state === undefined || !isAlive(state.pid)) {
  console.log('Nothing is up.');
} else {
  process.kill(state.pid, 'SIGTERM');
  const until = performance.now() + STOP_MS;
  while (isAlive(state.pid) && performance.now() < until) await sleep(100);
  if (isAlive(state.pid)) process.kill(state.pid, 'SIGKILL');
  // Processes attached to the keeper's pipes end with it, killed if necessary.
  console.log('Everything has ended.');
}
