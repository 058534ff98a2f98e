import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { isExecutable } from '../../dev/binaries.ts';

/** For `skipIf`: true if this machine lacks something; then prints a line with what is skipped and why. */
export function leftOut(what: string, lacking: string | undefined): boolean {
  if (lacking !== undefined) process.stdout.write(`- ${what}: left out, ${lacking}\n`);
  return lacking !== undefined;
}

/** A description of the problem if a command is not on PATH; undefined if it is. */
export function lackingCommand(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => isExecutable(join(folder, name))) ? undefined : `${name} is not on PATH`;
}

/** A description of the problem if ssh-keygen cannot run here: it refuses a user without an entry in /etc/passwd. */
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
