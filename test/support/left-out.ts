import { accessSync, constants } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';

/** For `skipIf`: says in a line of the run's output what is left out when this machine lacks something, and why. */
export function leftOut(what: string, lacking: string | undefined): boolean {
  if (lacking !== undefined) process.stdout.write(`- ${what}: left out, ${lacking}\n`);
  return lacking !== undefined;
}

/** In words, that PATH does not have a command; undefined when it has. */
export function lackingCommand(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => isExecutable(join(folder, name))) ? undefined : `${name} is not on PATH`;
}

/** In words, why ssh-keygen would not run here. It refuses a user without an entry in /etc/passwd. */
export function lackingSshKeygen(): string | undefined {
  const command = lackingCommand('ssh-keygen');
  if (command !== undefined) return command;
  try {
    userInfo();
    return undefined;
  } catch {
    return `the user ${process.getuid?.()} has no name on this machine`;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
