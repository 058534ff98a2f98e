import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './environment.ts';

/** The folder of an environment that stays up. */
export const stateFolder = join(root, '.dinfra');

/** The state of the process that keeps an environment up. */
export interface State {
  readonly pid: number;
  /** Components that have started so far. */
  readonly steps: readonly string[];
  readonly ready?: {
    readonly kubeconfig: string;
    readonly chain: string;
    readonly cloud: string;
    readonly probes: string;
  };
  /** Why it failed, with the last lines of the component that did not come up. */
  readonly problem?: string;
}

const path = join(stateFolder, 'state.json');

/** The last written state; undefined if there is none. */
export function readState(): State | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as State;
  } catch {
    return undefined;
  }
}

/** Replaces the state atomically: a reader never sees a partial one. */
export function writeState(state: State): void {
  writeFileSync(`${path}.tmp`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}
