import { ApiError, internal, invalid } from '../api-error.ts';
import { listParams } from '../arguments.ts';
import { type AsyncCommand, type Context, listOf, type SyncCommand } from '../command.ts';
import { matches, mayChange, sees, success, tagged } from '../find.ts';
import { freeAddress, release, take, usableNetwork } from '../networking.ts';
import { renderAddress } from '../render-network.ts';
import type { Address } from '../rows.ts';

export const listPublicIpAddresses: SyncCommand = {
  name: 'listPublicIpAddresses',
  description: 'Lists all public ip addresses',
  params: {
    ...listParams,
    id: { type: 'id', of: 'addresses' },
    ipaddress: { type: 'string' },
    zoneid: { type: 'id', of: 'zones' },
    associatednetworkid: { type: 'id', of: 'networks' },
    allocatedonly: { type: 'boolean' },
    issourcenat: { type: 'boolean' },
    isstaticnat: { type: 'boolean' },
    state: { type: 'string' },
    tags: { type: 'map' },
    projectid: { type: 'string' },
    vpcid: { type: 'string' },
  },
  run: (context, args) => {
    const id = args.row('id', 'addresses');
    const network = args.row('associatednetworkid', 'networks');
    const sourceNat = args.flag('issourcenat');
    const tag = tagged(context, args, 'PublicIpAddress');
    const free = args.text('state')?.toLowerCase() === 'free';
    const elsewhere = args.text('projectid') !== undefined || args.text('vpcid') !== undefined;
    const rows = context.world.tables.addresses.filter(
      (address) =>
        !elsewhere &&
        (free ? address.allocated === undefined : sees(context, args, address.account)) &&
        (id === undefined || address === id) &&
        (network === undefined || address.network === network.id) &&
        (sourceNat === undefined || address.sourceNat === sourceNat) &&
        (args.flag('isstaticnat') === undefined || (address.staticNatVm !== undefined) === args.flag('isstaticnat')) &&
        (args.text('ipaddress') === undefined || address.ip === args.text('ipaddress')) &&
        (args.row('zoneid', 'zones') === undefined || address.zone === args.row('zoneid', 'zones')?.id) &&
        matches(args, address.ip) &&
        tag(address),
    );
    return listOf(
      'publicipaddress',
      args,
      rows.map((address) => renderAddress(context, address)),
    );
  },
};

export const associateIpAddress: AsyncCommand = {
  name: 'associateIpAddress',
  description: 'Acquires and associates a public IP to an account.',
  jobClass: 'user.address.AssociateIPAddrCmd',
  params: {
    networkid: { type: 'id', of: 'networks' },
    zoneid: { type: 'id', of: 'zones' },
    ipaddress: { type: 'string' },
    projectid: { type: 'string' },
    vpcid: { type: 'string' },
  },
  start: (context, args) => {
    const given = args.row('networkid', 'networks');
    if (given === undefined) throw invalid('One of the following parameters is required: networkId or vpcId');
    const network = usableNetwork(context, given);
    const { account, world } = context;
    const address = freeAddress(world, network.zone, args.text('ipaddress'));
    if (address === undefined) throw new ApiError(533, 9999, 'Insufficient address capacity');
    const limit = account.limits['1'] ?? -1;
    // This is the only limit with its own error code.
    if (limit !== -1 && world.tables.addresses.filter((row) => row.account === account.id).length >= limit) {
      throw new ApiError(
        532,
        4280,
        `Maximum number of public IP addresses for account: ${account.name} has been exceeded.`,
      );
    }
    take(context, address, account.id, network, false);
    return {
      created: address.id,
      instance: { type: 'IpAddress', id: address.id },
      lane: network.id,
      takes: 'other',
      // The job returns its intermediate state.
      finish: () => ({ ipaddress: { ...renderAddress(context, address), state: 'Allocating' } }),
    };
  },
};

export const disassociateIpAddress: AsyncCommand = {
  name: 'disassociateIpAddress',
  description: 'Disassociates an IP address from the account.',
  jobClass: 'user.address.DisassociateIPAddrCmd',
  params: { id: { type: 'id', of: 'addresses' }, ipaddress: { type: 'string' } },
  start: (context, args) => {
    const byText = context.world.tables.addresses.find((row) => row.ip === args.text('ipaddress'));
    const address = args.row('id', 'addresses') ?? byText;
    if (address === undefined) throw invalid('Either id or ipaddress must be specified');
    // For one that is already free the server fails with an unhandled error.
    if (address.allocated === undefined) throw internal();
    mayChange(context, address.account);
    return {
      instance: { type: 'IpAddress', id: address.id },
      lane: address.network ?? address.id,
      takes: 'other',
      begin: () => {
        if (!address.sourceNat) return;
        throw new ApiError(530, undefined, 'ip address is used for source nat purposes and can not be disassociated.');
      },
      finish: () => {
        release(context.world, address);
        return { ...success };
      },
    };
  },
};

export const enableStaticNat: SyncCommand = {
  name: 'enableStaticNat',
  description: 'Enables static NAT for given IP address',
  params: {
    ipaddressid: { type: 'id', of: 'addresses', required: true },
    virtualmachineid: { type: 'id', of: 'vms', required: true },
    networkid: { type: 'id', of: 'networks' },
  },
  run: (context, args) => {
    const { world } = context;
    const address = ready(args.needRow('ipaddressid', 'addresses'));
    const vm = args.needRow('virtualmachineid', 'vms');
    mayChange(context, address.account);
    mayChange(context, vm.account);
    if (address.sourceNat)
      throw invalid(`Can't enable static, ip address ${describe(address)} is a sourceNat ip address`);
    if (
      world.tables.rules.find((rule) => rule.address === address.id && rule.purpose === 'PortForwarding') !== undefined
    ) {
      throw new ApiError(
        537,
        9999,
        `Failed to enable static nat for the ip address ${describe(address)} as it already has PortForwarding rules assigned`,
      );
    }
    const held = world.tables.addresses.find((row) => row.staticNatVm === vm.id);
    if (held !== undefined) {
      throw invalid(
        `Failed to enable static nat on the  ip ${address.ip} with Id ${address.id} as the vm i-2-${vm.seq}-VM with Id ${vm.id} is already associated with another public ip ${held.ip} with id ${held.id}`,
      );
    }
    if (address.staticNatVm !== undefined) {
      throw new ApiError(
        537,
        9999,
        `Failed to enable static for the ip address ${describe(address)} and vm id=${vm.seq} as it's already assigned to antoher vm`,
      );
    }
    const nic = vm.nics.find((one) => one.network === address.network);
    if (nic?.ip === undefined) throw invalid("Vm doesn't belong to the network associated with the ip address");
    address.staticNatVm = vm.id;
    address.staticNatIp = nic.ip;
    return { ...success };
  },
};

export const disableStaticNat: AsyncCommand = {
  name: 'disableStaticNat',
  description: 'Disables static rule for given IP address',
  jobClass: 'user.nat.DisableStaticNatCmd',
  params: { ipaddressid: { type: 'id', of: 'addresses', required: true } },
  start: (context, args) => {
    const address = ready(args.needRow('ipaddressid', 'addresses'));
    mayChange(context, address.account);
    return {
      lane: address.network ?? address.id,
      takes: 'other',
      begin: () => notStatic(context, address),
      finish: () => {
        delete address.staticNatVm;
        delete address.staticNatIp;
        return { ...success };
      },
    };
  },
};

function notStatic(_context: Context, address: Address): void {
  if (address.staticNatVm !== undefined) return;
  throw new ApiError(431, undefined, `Specified IP address id is not associated with any vm Id`);
}

function describe(address: Address): string {
  return `IPAddress {"address":"${address.ip}","dataCenterId":1,"id":${address.seq},"uuid":"${address.id}"}`;
}

function ready(address: Address): Address {
  if (address.network === undefined) throw invalid(`Ip address id=${address.seq} not ready for firewall rules yet`);
  return address;
}
