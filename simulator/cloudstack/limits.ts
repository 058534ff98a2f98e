import { ApiError } from './api-error.ts';
import type { Context } from './command.ts';
import type { Account } from './rows.ts';
import { ROOT_DOMAIN } from './seed.ts';
import type { World } from './world.ts';

const GIB = 1_073_741_824;

/** The resource types that are limited, with CloudStack's number, name and factor from our units to those of limits. */
export const resourceTypes = {
  user_vm: { number: '0', unit: 1 },
  public_ip: { number: '1', unit: 1 },
  volume: { number: '2', unit: 1 },
  snapshot: { number: '3', unit: 1 },
  template: { number: '4', unit: 1 },
  project: { number: '5', unit: 1 },
  network: { number: '6', unit: 1 },
  vpc: { number: '7', unit: 1 },
  cpu: { number: '8', unit: 1 },
  memory: { number: '9', unit: 1 },
  /** Bytes here, GiB in limits. */
  primary_storage: { number: '10', unit: GIB },
  secondary_storage: { number: '11', unit: GIB },
  backup: { number: '12', unit: 1 },
  backup_storage: { number: '13', unit: GIB },
  bucket: { number: '14', unit: 1 },
  object_storage: { number: '15', unit: GIB },
  gpu: { number: '16', unit: 1 },
} as const;

/** A limited resource. */
export type ResourceType = keyof typeof resourceTypes;

/** What an account uses, by resource type number and in the limits' units. */
export function usageOf(world: World, account: Account): Map<string, number> {
  const { tables } = world;
  const mine = (row: { account?: string }) => row.account === account.id;
  const vms = tables.vms.filter((vm) => mine(vm) && vm.state !== 'Destroyed' && vm.state !== 'Expunging');
  const volumes = tables.volumes.filter((volume) => mine(volume) && volume.state !== 'Destroy');
  const snapshots = tables.snapshots.filter((snapshot) => mine(snapshot) && snapshot.state !== 'Error');
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  return new Map([
    ['0', vms.length],
    ['1', tables.addresses.filter(mine).length],
    ['2', volumes.length],
    ['3', snapshots.length],
    ['4', tables.templates.filter(mine).length],
    ['5', 0],
    ['6', tables.networks.filter((network) => mine(network) && network.type !== 'Shared').length],
    ['7', 0],
    ['8', sum(vms.map((vm) => vm.cpu))],
    ['9', sum(vms.map((vm) => vm.memoryMiB))],
    ['10', sum(volumes.map((volume) => volume.sizeBytes)) / GIB],
    ['11', sum(snapshots.map((snapshot) => snapshot.sizeBytes)) / GIB],
  ]);
}

/** Throws 535 when the account may not have `amount` more of it; amounts of storage are bytes. */
export function checkLimit(context: Context, type: ResourceType, amount: number, csCode = 4370): void {
  const { account, world } = context;
  const { number, unit } = resourceTypes[type];
  const limit = account.limits[number] ?? -1;
  if (limit === -1) return;
  const used = usageOf(world, account).get(number) ?? 0;
  if (used + amount / unit <= limit) return;
  const shown = (units: number) => (unit === 1 ? String(units) : `(${gibibytes(units)}) ${units * unit}`);
  throw new ApiError(
    535,
    csCode,
    `Maximum amount of resources of Type = '${type}', tag = 'null' for Account Name = ${account.name} in Domain Id = 1 is exceeded: Account Resource Limit = ${shown(limit)}, Current Account Resource Amount = ${shown(used)}, Current Account Resource Reservation = ${shown(0)}, Requested Resource Amount = ${shown(amount / unit)}.`,
  );
}

function gibibytes(amount: number): string {
  return amount === 0 ? '0 bytes' : `${amount.toFixed(2)} GB`;
}

/** The rows of listResourceLimits. */
export function limitRows(account: Account): object[] {
  return Object.entries(resourceTypes).map(([name, { number }]) => ({
    account: account.name,
    domainid: ROOT_DOMAIN.id,
    domain: ROOT_DOMAIN.name,
    domainpath: ROOT_DOMAIN.path,
    resourcetype: number,
    resourcetypename: name,
    max: account.limits[number] ?? -1,
  }));
}
