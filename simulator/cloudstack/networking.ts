import { randomUUID } from 'node:crypto';
import { ApiError, invalid } from './api-error.ts';
import type { Context } from './command.ts';
import type { Address, Network, Nic, Vm } from './rows.ts';
import type { World } from './world.ts';

/** A NIC on a network, with an address where the network has addresses. */
export function plug(world: World, network: Network, device: number, isDefault: boolean, wanted?: string): Nic {
  const mac = `02:01:00:${hex(network.seq)}:${hex(network.nextMac >> 8)}:${hex(network.nextMac)}`;
  network.nextMac += 1;
  const ip = network.type === 'L2' ? undefined : (wanted ?? nextIp(world, network));
  return {
    id: randomUUID(),
    seq: Number(`${network.seq}${network.nextMac}`),
    network: network.id,
    ...(ip === undefined ? {} : { ip }),
    mac,
    isDefault,
    device,
    wired: network.state !== 'Allocated',
    secondary: [],
  };
}

/** Whether a VM uses an address of a network. */
export function isTaken(world: World, network: Network, ip: string): boolean {
  return (
    world.tables.vms.find((vm) => vm.nics.some((nic) => nic.network === network.id && nic.ip === ip)) !== undefined
  );
}

/** Whether an address belongs to a network. */
export function isInside(network: Network, ip: string): boolean {
  const width = network.netmask === '255.255.255.0' ? 3 : 2;
  const prefix = (text: string) => text.split('.').slice(0, width).join('.');
  return prefix(ip) === prefix(network.gateway);
}

/** Implements a network, when its first VM starts. An isolated one gets its source NAT address then. */
export function implement(context: Context, network: Network, owner: string): void {
  if (network.state !== 'Allocated') return;
  const { world } = context;
  if (world.tables.networkOfferings.must(network.offering).sourceNat && sourceNatOf(world, network) === undefined) {
    const address = freeAddress(world, network.zone);
    if (address === undefined) throw new ApiError(533, undefined, 'Insufficient address capacity');
    const limit = world.tables.accounts.must(owner).limits['1'] ?? -1;
    const used = world.tables.addresses.filter((row) => row.account === owner).length;
    if (limit !== -1 && used >= limit) throw new ApiError(530, undefined, 'no public address within the limit');
    take(context, address, owner, network, true);
  }
  network.state = 'Implemented';
}

/** The source NAT address of a network. */
function sourceNatOf(world: World, network: Network): Address | undefined {
  return world.tables.addresses.find((address) => address.network === network.id && address.sourceNat);
}

/** A free public address. */
export function freeAddress(world: World, zone: string, ip?: string): Address | undefined {
  return world.tables.addresses.find(
    (address) => address.zone === zone && address.allocated === undefined && (ip === undefined || address.ip === ip),
  );
}

/** Allocates an address to an account and a network. */
export function take(context: Context, address: Address, account: string, network: Network, sourceNat: boolean): void {
  address.allocated = context.clock.now();
  address.account = account;
  address.network = network.id;
  address.sourceNat = sourceNat;
}

/** Releases an address. Its id and tags stay: its next owner sees them. */
export function release(world: World, address: Address): void {
  for (const rule of world.tables.rules.filter((row) => row.address === address.id)) world.tables.rules.drop(rule.id);
  delete address.allocated;
  delete address.account;
  delete address.network;
  delete address.staticNatVm;
  delete address.staticNatIp;
  address.sourceNat = false;
}

/** Removes port forwarding and static NAT of an expunged VM; firewall rules stay. */
export function forgetVm(world: World, vm: Vm): void {
  for (const rule of world.tables.rules.filter((row) => row.vm === vm.id)) world.tables.rules.drop(rule.id);
  for (const address of world.tables.addresses.filter((row) => row.staticNatVm === vm.id)) {
    delete address.staticNatVm;
    delete address.staticNatIp;
  }
}

function nextIp(world: World, network: Network): string {
  const wide = network.netmask !== '255.255.255.0';
  const [a, b, c] = network.gateway.split('.');
  const size = wide ? 65_000 : 254;
  for (let tried = 0; tried < size; tried++) {
    const host = 2 + ((network.nextHost - 2 + tried) % (size - 2));
    const ip = wide ? `${a}.${b}.${host >> 8}.${host & 255}` : `${a}.${b}.${c}.${host}`;
    if (ip === network.gateway || isTaken(world, network, ip)) continue;
    network.nextHost = host + 1;
    return ip;
  }
  throw new ApiError(533, 9999, 'Unable to acquire Guest IP address for the network');
}

/** The network an id names, for a caller who may use it. */
export function usableNetwork(context: Context, network: Network): Network {
  if (network.removed !== undefined) throw invalid(`Unable to find network by id ${network.seq}`);
  const mine = network.type === 'Shared' || network.account === context.account.id;
  if (mine || context.account.role === 'Admin') return network;
  throw new ApiError(531, 4365, `Unable to use network with id= ${network.id}, permission denied`);
}

function hex(number: number): string {
  return (number & 255).toString(16).padStart(2, '0');
}
