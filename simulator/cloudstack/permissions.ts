import type { Command } from './command.ts';
import type { Account } from './rows.ts';

/** Whether an account's role has a command. */
export function mayCall(account: Account, command: Pick<Command, 'name' | 'admin'>): boolean {
  if (account.role === 'Admin') return true;
  if (account.allowed !== undefined && !account.allowed.includes(command.name)) return false;
  return command.admin !== true && !account.forbidden.includes(command.name);
}

/** Commands a real server has and the simulator does not: they are refused as by a role that lacks them. */
export const elsewhere: ReadonlySet<string> = new Set([
  'addHost',
  'listClusters',
  'listDomains',
  'listPods',
  'listRouters',
  'listStoragePools',
  'listSystemVms',
  'resetUserDataForVirtualMachine',
  'updateResourceCount',
  'updateVolume',
]);
