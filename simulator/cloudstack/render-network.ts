import type { Context } from './command.ts';
import type { Json } from './json.ts';
import { bareTagsOf, inZone, moment, ownedBy, tagsOf } from './render.ts';
import type { Address, Network, Rule } from './rows.ts';

export function renderNetwork(context: Context, network: Network, services: readonly Json[]): Json {
  const offering = context.world.tables.networkOfferings.must(network.offering);
  const layer3 = network.type !== 'L2';
  return {
    id: network.id,
    name: network.name,
    displaytext: network.displayText,
    broadcastdomaintype: 'Vlan',
    traffictype: 'Guest',
    ...(layer3 ? { gateway: network.gateway, netmask: network.netmask, cidr: network.cidr } : {}),
    ...inZone(context, network.zone),
    networkofferingid: offering.id,
    networkofferingname: offering.name,
    networkofferingdisplaytext: offering.displayText,
    networkofferingconservemode: true,
    networkofferingavailability: offering.availability,
    issystem: false,
    state: network.state,
    related: network.id,
    dns1: '10.147.28.6',
    type: network.type,
    acltype: network.type === 'Shared' ? 'Domain' : 'Account',
    ...ownedBy(context, network.account),
    service: services,
    ...(layer3 ? { networkdomain: network.domain ?? 'cs4sandbox.simulator' } : {}),
    physicalnetworkid: PHYSICAL_NETWORK,
    restartrequired: false,
    specifyvlan: offering.specifyVlan,
    specifyipranges: network.type === 'Shared',
    canusefordeploy: true,
    ispersistent: false,
    tags: bareTagsOf(context, 'Network', network.id),
    strechedl2subnet: false,
    redundantrouter: false,
    supportsvmautoscaling: network.type === 'Isolated',
    created: moment(network.created),
    receivedbytes: 0,
    sentbytes: 0,
    ...(network.type === 'Isolated' ? { egressdefaultpolicy: offering.egressAllowed } : {}),
    publicmtu: 1500,
    privatemtu: 1500,
    hasannotations: false,
  };
}

/** The one physical network there is. */
const PHYSICAL_NETWORK = '1cedc1ff-e6d4-489d-94d5-ed77ad94dfdc';
/** The public network all addresses come from. */
const PUBLIC_NETWORK = '56b5b864-79ae-4824-9d00-1f7f512fd278';

export function renderAddress(context: Context, address: Address): Json {
  const { world } = context;
  const network = address.network === undefined ? undefined : world.tables.networks.get(address.network);
  const vm = address.staticNatVm === undefined ? undefined : world.tables.vms.get(address.staticNatVm);
  return {
    id: address.id,
    ipaddress: address.ip,
    ...(address.allocated === undefined ? {} : { allocated: moment(address.allocated) }),
    ...inZone(context, address.zone),
    issourcenat: address.sourceNat,
    ...(address.account === undefined ? {} : ownedBy(context, address.account)),
    forvirtualnetwork: true,
    isstaticnat: vm !== undefined,
    issystem: false,
    ...(vm === undefined
      ? {}
      : {
          virtualmachineid: vm.id,
          vmipaddress: address.staticNatIp,
          virtualmachinename: vm.name,
          virtualmachinedisplayname: vm.displayName,
          virtualmachinetype: 'User',
        }),
    ...(network === undefined ? {} : { associatednetworkid: network.id, associatednetworkname: network.name }),
    networkid: PUBLIC_NETWORK,
    state: address.allocated === undefined ? 'Free' : 'Allocated',
    physicalnetworkid: PHYSICAL_NETWORK,
    tags: bareTagsOf(context, 'PublicIpAddress', address.id),
    isportable: false,
    hasrules: world.tables.rules.find((rule) => rule.address === address.id) !== undefined,
    forsystemvms: false,
    forprovider: false,
    hasannotations: false,
  };
}

export function renderFirewallRule(context: Context, rule: Rule): Json {
  const address = rule.address === undefined ? undefined : context.world.tables.addresses.must(rule.address);
  return {
    id: rule.id,
    protocol: rule.protocol,
    ...(rule.startPort === undefined ? {} : { startport: rule.startPort, endport: rule.endPort }),
    ...(address === undefined ? {} : { ipaddressid: address.id }),
    networkid: rule.network,
    ...(address === undefined ? {} : { ipaddress: address.ip }),
    state: 'Active',
    cidrlist: rule.cidrs.join(','),
    ...(rule.icmpType === undefined ? {} : { icmptype: rule.icmpType, icmpcode: rule.icmpCode }),
    tags: tagsOf(context, 'FirewallRule', rule.id),
    destcidrlist: rule.destCidrs.join(','),
    traffictype: rule.traffic,
  };
}

/** Ports are strings here, numbers in firewall rules. */
export function renderPortForwarding(context: Context, rule: Rule): Json {
  const { world } = context;
  const vm = world.tables.vms.must(rule.vm ?? '');
  const address = world.tables.addresses.must(rule.address ?? '');
  return {
    id: rule.id,
    privateport: String(rule.privateStart),
    privateendport: String(rule.privateEnd),
    protocol: rule.protocol,
    publicport: String(rule.startPort),
    publicendport: String(rule.endPort),
    virtualmachineid: vm.id,
    virtualmachinename: vm.name,
    virtualmachinedisplayname: vm.displayName,
    ipaddressid: address.id,
    ipaddress: address.ip,
    state: 'Active',
    cidrlist: rule.cidrs.join(','),
    tags: tagsOf(context, 'PortForwardingRule', rule.id),
    vmguestip: vm.nics.find((nic) => nic.network === rule.network)?.ip,
    networkid: rule.network,
  };
}
