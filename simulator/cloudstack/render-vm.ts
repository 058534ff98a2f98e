import type { Context } from './command.ts';
import type { Json } from './json.ts';
import { inDomain, inZone, moment, ownedBy, pendingJob, tagsOf } from './render.ts';
import type { Nic, Vm } from './rows.ts';

/** Parts of a VM's row that `details=` on listVirtualMachines can leave out. */
export const detailNames = [
  'all',
  'group',
  'nics',
  'stats',
  'secgrp',
  'tmpl',
  'servoff',
  'diskoff',
  'backoff',
  'iso',
  'volume',
  'min',
  'affgrp',
  'vnfnics',
] as const;

/** A VM as lists and jobs show it. `details` undefined shows everything but statistics. */
export function renderVm(context: Context, vm: Vm, details?: ReadonlySet<string>): Json {
  const { world } = context;
  const shows = (detail: string) => details === undefined || details.has('all') || details.has(detail);
  const template = world.tables.templates.must(vm.template);
  const offering = world.tables.serviceOfferings.must(vm.offering);
  const group = vm.group === undefined ? undefined : world.tables.instanceGroups.get(vm.group);
  const user = world.tables.users.must(vm.user);
  const groups = vm.affinityGroups.flatMap((id) => world.tables.affinityGroups.get(id) ?? []);
  const first = vm.nics.find((nic) => nic.isDefault);
  return {
    id: vm.id,
    name: vm.name,
    displayname: vm.displayName,
    account: ownedBy(context, vm.account)['account'],
    userid: user.id,
    username: user.name,
    ...inDomain,
    created: moment(vm.created),
    ...(vm.lastUpdated === undefined ? {} : { lastupdated: moment(vm.lastUpdated) }),
    state: vm.state,
    haenable: false,
    ...(group === undefined || !shows('group') ? {} : { groupid: group.id, group: group.name }),
    ...inZone(context, vm.zone),
    ...(vm.host === undefined ? {} : { hostcontrolstate: 'Enabled' }),
    ...(shows('tmpl')
      ? {
          templateid: template.id,
          templatename: template.name,
          templatetype: template.type,
          templateformat: template.format,
          templatedisplaytext: template.displayText,
          passwordenabled: false,
        }
      : {}),
    ...(shows('servoff') ? { serviceofferingid: offering.id, serviceofferingname: offering.name } : {}),
    ...diskOfferingOf(context, vm),
    ...(shows('servoff') || shows('stats') ? { cpunumber: vm.cpu, cpuspeed: vm.cpuSpeed, memory: vm.memoryMiB } : {}),
    guestosid: template.osType,
    ...(shows('volume') ? { rootdeviceid: 0, rootdevicetype: 'ROOT' } : {}),
    securitygroup: shows('secgrp') ? securityGroups(context, vm) : [],
    nic: shows('nics') ? vm.nics.map((nic) => ({ ...renderNic(context, nic), ...publicIpOf(context, vm, nic) })) : [],
    hypervisor: template.hypervisor,
    ...(first?.ip === undefined || !shows('nics') ? {} : { ipaddress: first.ip, ...publicIpOf(context, vm, first) }),
    // Only admins see the name on the hypervisor.
    ...(context.account.role === 'Admin' ? { instancename: `i-2-${vm.seq}-VM` } : {}),
    details: detailsOf(vm),
    readonlydetails: 'dataDiskController, rootDiskController',
    ...(vm.keyPairs.length === 0 ? {} : { keypairs: vm.keyPairs.join(',') }),
    affinitygroup: shows('affgrp')
      ? groups.map((one) => ({
          id: one.id,
          name: one.name,
          ...(one.description === undefined ? {} : { description: one.description }),
          account: ownedBy(context, one.account)['account'],
        }))
      : [],
    isdynamicallyscalable: false,
    deleteprotection: vm.deleteProtection,
    ostypeid: template.osType,
    osdisplayname: template.osName,
    ...(vm.everStarted ? { pooltype: 'NetworkFilesystem' } : {}),
    receivedbytes: 0,
    sentbytes: 0,
    tags: tagsOf(context, 'UserVm', vm.id),
    hasannotations: false,
    ...pendingJob(context, vm),
  };
}

/** A VM in the result of the job that expunged it: no id, no state. */
export const expungedVm: Json = { securitygroup: [], nic: [], affinitygroup: [], deleteprotection: false, tags: [] };

export function renderNic(context: Context, nic: Nic): Json {
  const network = context.world.tables.networks.must(nic.network);
  const wire = nic.wired ? { isolationuri: `vlan://${network.vlan}`, broadcasturi: `vlan://${network.vlan}` } : {};
  return {
    id: nic.id,
    networkid: network.id,
    networkname: network.name,
    ...(nic.ip === undefined ? {} : { netmask: network.netmask, gateway: network.gateway, ipaddress: nic.ip }),
    ...wire,
    traffictype: 'Guest',
    type: network.type,
    isdefault: nic.isDefault,
    macaddress: nic.mac,
    secondaryip: nic.secondary.map(({ id, ip }) => ({ id, ipaddress: ip })),
    extradhcpoption: [],
    deviceid: String(nic.device),
  };
}

/** The address static NAT gives a NIC. */
function publicIpOf({ world }: Context, vm: Vm, nic: Nic): Json {
  const address = world.tables.addresses.find((row) => row.staticNatVm === vm.id && row.network === nic.network);
  return address === undefined ? {} : { publicipid: address.id, publicip: address.ip };
}

function diskOfferingOf({ world }: Context, vm: Vm): Json {
  const offering = vm.diskOffering === undefined ? undefined : world.tables.diskOfferings.get(vm.diskOffering);
  return offering === undefined ? {} : { diskofferingid: offering.id, diskofferingname: offering.name };
}

function detailsOf(vm: Vm): Json {
  return {
    ...vm.details,
    ...(vm.sshPublicKey === undefined
      ? {}
      : { 'SSH.PublicKey': vm.sshPublicKey, 'SSH.KeyPairNames': vm.keyPairs.join(',') }),
  };
}

function securityGroups({ world }: Context, vm: Vm): Json[] {
  return vm.securityGroups.flatMap((id) => {
    const group = world.tables.securityGroups.get(id);
    return group === undefined ? [] : [{ id: group.id, name: group.name, ingressrule: [], egressrule: [], tags: [] }];
  });
}
