import type { Command } from './command.ts';
import * as accounts from './commands/accounts.ts';
import * as addresses from './commands/addresses.ts';
import * as administration from './commands/administration.ts';
import * as affinityGroups from './commands/affinity-groups.ts';
import * as jobs from './commands/async-jobs.ts';
import * as catalogue from './commands/catalogue.ts';
import { deployVirtualMachine } from './commands/deploy-virtual-machine.ts';
import {
  destroyVirtualMachine,
  expungeVirtualMachine,
  recoverVirtualMachine,
} from './commands/destroy-virtual-machine.ts';
import * as discovery from './commands/discovery.ts';
import * as firewall from './commands/firewall.ts';
import { listNics, listVirtualMachines } from './commands/list-virtual-machines.ts';
import * as networks from './commands/networks.ts';
import * as forwarding from './commands/port-forwarding.ts';
import * as securityGroups from './commands/security-groups.ts';
import * as snapshots from './commands/snapshots.ts';
import * as sshKeys from './commands/ssh-keys.ts';
import * as tags from './commands/tags.ts';
import * as update from './commands/update-virtual-machine.ts';
import * as power from './commands/virtual-machine-power.ts';
import * as volumes from './commands/volumes.ts';

const { deleter: _, ...firewallCommands } = firewall;
const { addTags: __, ...tagCommands } = tags;

const all: readonly Command[] = [
  ...Object.values(accounts),
  ...Object.values(addresses),
  ...Object.values(administration),
  ...Object.values(affinityGroups),
  ...Object.values(jobs),
  ...Object.values(catalogue),
  deployVirtualMachine,
  destroyVirtualMachine,
  expungeVirtualMachine,
  recoverVirtualMachine,
  ...Object.values(discovery),
  ...Object.values(firewallCommands),
  listNics,
  listVirtualMachines,
  ...Object.values(networks),
  ...Object.values(forwarding),
  ...Object.values(securityGroups),
  ...Object.values(snapshots),
  ...Object.values(sshKeys),
  ...Object.values(tagCommands),
  ...Object.values(update),
  ...Object.values(power),
  ...Object.values(volumes),
];

/** Every command the simulator knows, by its exact name. */
export const commands: ReadonlyMap<string, Command> = new Map(all.map((command) => [command.name, command]));
