import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './environment.ts';

/** Where an environment that stays up keeps everything it has. */
export const stateFolder = join(root, '.dinfra');

/** What the process that keeps an environment up says of itself. */
export interface State {
  readonly pid: number;
  /** What has come up so far. */
  readonly steps: readonly string[];
  readonly ready?: {
    readonly kubeconfig: string;
    readonly chain: string;
    readonly cloud: string;
    readonly probes: string;
  };
  /** Why it gave up, with the last lines of what did not come up. */
  readonly problem?: string;
}

const path = join(stateFolder, 'state.json');

/** The state written last, by whoever; undefined when there is none. */
export function readState(): State | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as State;
  } catch {
    return undefined;
  }
}

/** Replaces the state as a whole: a reader never sees half of it. */
export function writeState(state: State): void {
  writeFileSync(`${path}.tmp`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}
