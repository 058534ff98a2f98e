import { ApiError, invalid } from '../api-error.ts';
import { type Arguments, listParams } from '../arguments.ts';
import { type AsyncCommand, type Context, listOf, type SyncCommand } from '../command.ts';
import { matches, mayChange, named, newestFirst, success, tagged } from '../find.ts';
import type { Json } from '../json.ts';
import { checkLimit } from '../limits.ts';
import { release } from '../networking.ts';
import { renderNetwork } from '../render-network.ts';
import type { Network, NetworkOffering } from '../rows.ts';
import { networkServices } from '../services.ts';

export const createNetwork: SyncCommand = {
  name: 'createNetwork',
  description: 'Creates a network',
  params: {
    name: { type: 'string', required: true },
    displaytext: { type: 'string' },
    networkofferingid: { type: 'id', of: 'networkOfferings', required: true },
    zoneid: { type: 'id', of: 'zones', required: true },
    gateway: { type: 'string' },
    netmask: { type: 'string' },
    vlan: { type: 'string' },
    networkdomain: { type: 'string' },
    projectid: { type: 'string' },
    vpcid: { type: 'string' },
  },
  run: (context, args) => {
    const offering = args.needRow('networkofferingid', 'networkOfferings');
    const zone = args.needRow('zoneid', 'zones');
    checkOffering(context, args, offering);
    const subnet = subnetOf(args);
    checkLimit(context, 'network', 1);
    const name = args.need('name');
    const domain = args.text('networkdomain');
    const network = context.world.tables.networks.add({
      created: context.clock.now(),
      name,
      displayText: args.text('displaytext') ?? name,
      zone: zone.id,
      account: context.account.id,
      offering: offering.id,
      type: offering.guestType,
      state: 'Allocated',
      ...subnet,
      vlan: 100 + (context.world.tables.networks.toJSON().nextSeq % 900),
      securityGroups: false,
      ...(domain === undefined ? {} : { domain }),
      nextHost: 2,
      nextMac: 1,
    });
    return { network: show(context, network) };
  },
};

export const listNetworks: SyncCommand = {
  name: 'listNetworks',
  description: 'Lists all available networks.',
  params: {
    ...listParams,
    id: { type: 'id', of: 'networks' },
    name: { type: 'string' },
    type: { type: 'string' },
    zoneid: { type: 'id', of: 'zones' },
    networkfilter: { type: 'string' },
    candeployonly: { type: 'boolean' },
    supportedservices: { type: 'list' },
    tags: { type: 'map' },
    projectid: { type: 'string' },
    vpcid: { type: 'string' },
  },
  run: (context, args) => {
    const id = args.row('id', 'networks');
    const tag = tagged(context, args, 'Network');
    const type = args.text('type')?.toLowerCase();
    const inProject = args.text('projectid') !== undefined || args.text('vpcid') !== undefined;
    const rows = context.world.tables.networks.filter(
      (network) =>
        !inProject &&
        visible(context, args, network) &&
        (id === undefined || network === id) &&
        named(args.text('name'), network.name) &&
        (type === undefined || network.type.toLowerCase() === type) &&
        (args.row('zoneid', 'zones') === undefined || network.zone === args.row('zoneid', 'zones')?.id) &&
        matches(args, network.name, network.displayText) &&
        tag(network),
    );
    return listOf(
      'network',
      args,
      newestFirst(rows).map((network) => show(context, network)),
    );
  },
};

export const updateNetwork: AsyncCommand = {
  name: 'updateNetwork',
  description: 'Updates a network',
  jobClass: 'user.network.UpdateNetworkCmd',
  params: {
    id: { type: 'id', of: 'networks', required: true },
    name: { type: 'string' },
    displaytext: { type: 'string' },
    networkofferingid: { type: 'id', of: 'networkOfferings' },
    networkdomain: { type: 'string' },
    guestvmcidr: { type: 'string' },
  },
  start: (context, args) => {
    const network = own(context, args.needRow('id', 'networks'));
    return {
      instance: { type: 'Network', id: undefined },
      lane: network.id,
      takes: 'other',
      begin: () => {
        if (args.text('guestvmcidr') !== undefined) {
          throw new ApiError(
            431,
            undefined,
            `Invalid value of Guest VM CIDR. For IP Reservation, Guest VM CIDR  should be a subset of network CIDR :  ${network.cidr}`,
          );
        }
      },
      finish: () => {
        network.name = args.text('name') ?? network.name;
        network.displayText = args.text('displaytext') ?? network.displayText;
        const domain = args.text('networkdomain');
        if (domain !== undefined) network.domain = domain;
        return { network: show(context, network) };
      },
    };
  },
};

export const restartNetwork: AsyncCommand = {
  name: 'restartNetwork',
  description:
    'Restarts the network; includes 1) restarting network elements 2) reapplying all public IPs 3) reapplying rules',
  jobClass: 'user.network.RestartNetworkCmd',
  params: { id: { type: 'id', of: 'networks', required: true }, cleanup: { type: 'boolean' } },
  start: (context, args) => {
    const network = own(context, args.needRow('id', 'networks'));
    return {
      instance: { type: 'Network', id: undefined },
      lane: network.id,
      takes: 'other',
      begin: () => {
        if (network.state !== 'Allocated') return;
        throw new ApiError(
          431,
          undefined,
          'Network is not in the right state to be restarted. Correct states are: Implemented, Setup',
        );
      },
      finish: () => ({ ...success }),
    };
  },
};

export const deleteNetwork: AsyncCommand = {
  name: 'deleteNetwork',
  description: 'Deletes a network',
  jobClass: 'user.network.DeleteNetworkCmd',
  params: { id: { type: 'id', of: 'networks', required: true }, forced: { type: 'boolean' } },
  start: (context, args) => {
    const network = own(context, args.needRow('id', 'networks'));
    const forced = args.flag('forced') === true;
    return {
      instance: { type: 'Network', id: undefined },
      lane: network.id,
      takes: 'other',
      begin: () => {
        if (forced && context.account.role !== 'Admin') {
          throw new ApiError(431, undefined, "Delete network with 'forced' option can only be called by root admins");
        }
        // Any VM blocks it, even a destroyed one, and the server does not say which.
        const used = context.world.tables.vms.find((vm) => vm.nics.some((nic) => nic.network === network.id));
        if (used !== undefined) throw new ApiError(530, undefined, 'Failed to delete network');
      },
      finish: () => {
        remove(context, network);
        return { ...success };
      },
    };
  },
};

function remove(context: Context, network: Network): void {
  const { world, clock } = context;
  for (const address of world.tables.addresses.filter((row) => row.network === network.id)) release(world, address);
  for (const rule of world.tables.rules.filter((row) => row.network === network.id)) world.tables.rules.drop(rule.id);
  for (const tag of world.tables.tags.filter((row) => row.resource === network.id)) world.tables.tags.drop(tag.id);
  network.removed = clock.now();
}

function show(context: Context, network: Network): Json {
  const offering = context.world.tables.networkOfferings.must(network.offering);
  return renderNetwork(context, network, networkServices(offering, network));
}

function own(context: Context, network: Network): Network {
  if (network.removed !== undefined) throw invalid(`Network ID=${network.seq} doesn't exist`);
  mayChange(context, network.account);
  return network;
}

function visible(context: Context, args: Arguments, network: Network): boolean {
  if (network.account === context.account.id) return true;
  if (network.type === 'Shared') return args.text('networkfilter') !== 'account';
  return context.account.role === 'Admin' && args.flag('listall') === true;
}

function checkOffering(context: Context, args: Arguments, offering: NetworkOffering): void {
  if (context.account.role === 'Admin') return;
  if (offering.guestType === 'Shared') {
    throw invalid(
      'This user can only create an Isolated network, a L2 network or a Shared network with specifyVlan=false.',
    );
  }
  if (args.text('vlan') !== undefined) {
    throw invalid('Only ROOT admin is allowed to specify vlanId or bypass vlan overlap check');
  }
}

/** Every isolated network gets the same range by default: they are not connected. */
function subnetOf(args: Arguments): Pick<Network, 'gateway' | 'netmask' | 'cidr'> {
  const gateway = args.text('gateway');
  if (gateway === undefined) return { gateway: '10.1.1.1', netmask: '255.255.255.0', cidr: '10.1.1.0/24' };
  if (args.text('netmask') !== '255.255.255.0') {
    throw invalid('Invalid gateway IP provided. Either the IP is broadcast or network IP.');
  }
  const cidr = `${gateway.split('.').slice(0, 3).join('.')}.0/24`;
  if (!/^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(gateway)) {
    throw invalid(`Virtual Guest Cidr ${cidr} is not RFC 1918 or 6598 compliant`);
  }
  return { gateway, netmask: '255.255.255.0', cidr };
}
