import { freeOn } from './placement.ts';
import type { World } from './world.ts';

/** The resources of an account: everything that costs something or could be left over. */
export interface Holdings {
  readonly vms: readonly { readonly id: string; readonly name: string; readonly state: string }[];
  readonly volumes: readonly { readonly id: string; readonly name: string; readonly vm: string | undefined }[];
  readonly networks: readonly { readonly id: string; readonly name: string }[];
  readonly addresses: readonly string[];
  readonly rules: number;
  readonly keyPairs: readonly string[];
  readonly affinityGroups: readonly string[];
  /** Without the `default` one. */
  readonly securityGroups: readonly string[];
  readonly snapshots: number;
  readonly tags: number;
  readonly pendingJobs: number;
}

/** The simulator's own record of the cloud, for tests to compare with a client's view. */
export interface Books {
  /** By name of the account. */
  readonly accounts: Readonly<Record<string, Holdings>>;
  /** CPU and memory that VMs take on hosts. */
  readonly used: { readonly cpuMHz: number; readonly memoryMiB: number };
}

/** Reads the books. */
export function booksOf(world: World): Books {
  const accounts: Record<string, Holdings> = {};
  for (const account of world.tables.accounts.live()) accounts[account.name] = holdingsOf(world, account.id);
  const used = { cpuMHz: 0, memoryMiB: 0 };
  for (const host of world.tables.hosts.live()) {
    const free = freeOn(world, host);
    used.cpuMHz += host.cpuMHz - free.cpuMHz;
    used.memoryMiB += host.memoryMiB - free.memoryMiB;
  }
  return { accounts, used };
}

function holdingsOf({ tables }: World, account: string): Holdings {
  const mine = (row: { account?: string }) => row.account === account;
  return {
    vms: tables.vms.filter(mine).map(({ id, name, state }) => ({ id, name, state })),
    volumes: tables.volumes.filter(mine).map(({ id, name, vm }) => ({ id, name, vm })),
    networks: tables.networks.filter((row) => mine(row) && row.type !== 'Shared').map(({ id, name }) => ({ id, name })),
    addresses: tables.addresses.filter(mine).map(({ ip }) => ip),
    rules: tables.rules.filter(mine).length,
    keyPairs: tables.keyPairs.filter(mine).map(({ name }) => name),
    affinityGroups: tables.affinityGroups.filter(mine).map(({ name }) => name),
    securityGroups: tables.securityGroups.filter((row) => mine(row) && row.name !== 'default').map(({ name }) => name),
    snapshots: tables.snapshots.filter(mine).length,
    tags: tables.tags.filter(mine).length,
    pendingJobs: tables.jobs.filter((row) => mine(row) && row.status === 0).length,
  };
}
