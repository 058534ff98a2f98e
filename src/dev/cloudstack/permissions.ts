import type { Command } from './command.ts';
import type { Account } from './rows.ts';

/** Whether an account's role has a command. */
export function mayCall(account: Account, command: Command): boolean {
  if (account.role === 'Admin') return true;
  return command.admin !== true && !account.forbidden.includes(command.name);
}
