import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Parent folders that this process has already cleaned of leftovers. */
const swept = new Map<string, Promise<void>>();

/**
 * Creates a folder that only its owner can enter. The first time under a parent, removes leftovers of killed operators,
 * which contain credentials and values.
 */
export async function makePrivateFolder(parent: string): Promise<string> {
  const sweeping = swept.get(parent) ?? removeLeftovers(parent);
  swept.set(parent, sweeping);
  // For example too many open files: retried the next time.
  sweeping.catch(() => swept.delete(parent));
  await sweeping;
  return mkdtemp(join(parent, `dinfra-helm-${process.pid}-`));
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, pid] = /^dinfra-helm-([0-9]+)-/.exec(name) ?? [];
    // In a container the operator has the same process id after each start, and has created nothing yet.
    if (pid === undefined || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue;
    // Another user's folder cannot be removed and is not ours.
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that the process is alive.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
