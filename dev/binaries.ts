import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The programs of the embedded environment. */
export const binaryNames = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
  'helm',
] as const;

export type BinaryName = (typeof binaryNames)[number];

/** The path of each program. */
export type Binaries = Readonly<Record<BinaryName, string>>;

/**
 * Finds the programs that tools/run has found or built, in DINFRA_BIN, a list of folders like PATH.
 *
 * @throws Error that names the first missing program and what to do.
 */
export function findBinaries(environment: NodeJS.ProcessEnv = process.env): Binaries {
  const folders = (environment['DINFRA_BIN'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const find = (name: BinaryName): string => {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
    throw new Error(`${name} is not in DINFRA_BIN: run this through make, or through tools/run, which set it`);
  };
  return Object.fromEntries(binaryNames.map((name) => [name, find(name)])) as Record<BinaryName, string>;
}

/** True if the path is a program that this user may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
