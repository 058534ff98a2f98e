import { ApiError, denied, internal, invalid } from '../api-error.ts';
import type { Arguments } from '../arguments.ts';
import type { AsyncCommand, Context } from '../command.ts';
import { checkLimit } from '../limits.ts';
import { isInside, isTaken, plug } from '../networking.ts';
import { customSizeOf } from '../offering-size.ts';
import { renderVm } from '../render-vm.ts';
import type { Template, Vm } from '../rows.ts';
import { storeUserData } from '../user-data.ts';
import { failStart, startVm } from '../vm-power.ts';
import { affinityGroupsOf, keysOf, networksOf, refuseTakenName, securityGroupsOf } from './deploy-surroundings.ts';

const GIB = 1_073_741_824;

export const deployVirtualMachine: AsyncCommand = {
  name: 'deployVirtualMachine',
  description:
    'Creates and automatically starts a virtual machine based on a service offering, disk offering, and template.',
  jobClass: 'user.vm.DeployVMCmd',
  adminJobClass: 'admin.vm.DeployVMCmdByAdmin',
  params: {
    serviceofferingid: { type: 'id', of: 'serviceOfferings', required: true },
    zoneid: { type: 'id', of: 'zones', required: true },
    templateid: { type: 'id', of: 'templates' },
    snapshotid: { type: 'id', of: 'snapshots' },
    volumeid: { type: 'id', of: 'volumes' },
    name: { type: 'hostname' },
    displayname: { type: 'string' },
    networkids: { type: 'ids', of: 'networks' },
    ipaddress: { type: 'string' },
    diskofferingid: { type: 'id', of: 'diskOfferings' },
    size: { type: 'integer' },
    rootdisksize: { type: 'integer' },
    userdata: { type: 'string' },
    keypair: { type: 'string' },
    keypairs: { type: 'list' },
    affinitygroupids: { type: 'ids', of: 'affinityGroups' },
    affinitygroupnames: { type: 'list' },
    securitygroupids: { type: 'ids', of: 'securityGroups' },
    group: { type: 'string' },
    details: { type: 'map' },
    startvm: { type: 'boolean' },
    customid: { type: 'string' },
    projectid: { type: 'string' },
  },
  start: (context, args) => {
    const vm = allocate(context, args);
    const starts = args.flag('startvm') !== false;
    return {
      created: vm.id,
      instance: { type: 'VirtualMachine', id: vm.id },
      lane: vm.id,
      takes: 'vm',
      begin: () => {
        if (!starts) return;
        try {
          startVm.begin(context, vm);
        } catch (error) {
          failStart(context, vm);
          throw error;
        }
      },
      abandon: () => {
        failStart(context, vm);
        for (const nic of vm.nics) nic.wired = false;
      },
      finish: () => {
        if (starts) startVm.finish(context, vm);
        return { virtualmachine: renderVm(context, vm) };
      },
    };
  },
};

/** Everything that is checked and created before the command responds. */
function allocate(context: Context, args: Arguments): Vm {
  const { world, account } = context;
  const zone = args.needRow('zoneid', 'zones');
  const offering = args.needRow('serviceofferingid', 'serviceOfferings');
  const template = templateOf(context, args);
  if (!offering.active) throw invalid(`Service offering is inactive: [${offering.id}].`);
  const size = customSizeOf(offering, args.maps('details'));
  const root = rootBytes(args, template);
  const data = dataBytes(args);
  const networks = networksOf(context, args, zone);
  const securityGroups = securityGroupsOf(context, args, zone, networks);
  const affinityGroups = affinityGroupsOf(context, args);
  const keys = keysOf(context, args);
  const userData = storeUserData(context, args.text('userdata'));
  const customId = customIdOf(context, args);
  const name = args.text('name');
  if (name !== undefined) refuseTakenName(context, name, networks);
  checkLimits(context, size, root + (data?.bytes ?? 0), data === undefined ? 1 : 2);

  const vm = world.tables.vms.add({
    ...(customId === undefined ? {} : { id: customId }),
    created: context.clock.now(),
    name: name ?? 'unnamed',
    displayName: args.text('displayname') ?? name ?? 'unnamed',
    account: account.id,
    user: context.user.id,
    zone: zone.id,
    template: template.id,
    offering: offering.id,
    ...size,
    customized: offering.customized,
    state: 'Stopped',
    everStarted: false,
    nics: [],
    ...(data === undefined ? {} : { diskOffering: data.offering }),
    keyPairs: keys.map((key) => key.name),
    ...(keys.length === 0 ? {} : { sshPublicKey: keys.map((key) => key.publicKey).join('\n') }),
    ...(userData === undefined ? {} : { userData }),
    details: {
      deployvm: 'true',
      ...settable(args.maps('details')),
      ...(offering.customized ? sizeDetails(args.maps('details')) : {}),
    },
    affinityGroups,
    securityGroups,
    deleteProtection: false,
  });
  if (name === undefined) {
    vm.name = `VM-${vm.id}`;
    vm.displayName = args.text('displayname') ?? vm.name;
  }
  joinGroup(context, vm, args.text('group'));
  addVolumes(context, vm, root, data);
  // A bad address is found only after the VM was stored: it stays behind, without a NIC.
  const ip = args.text('ipaddress');
  if (
    ip !== undefined &&
    networks[0] !== undefined &&
    (isTaken(world, networks[0], ip) || !isInside(networks[0], ip))
  ) {
    throw new ApiError(530, 0, internal().message);
  }
  vm.nics = networks.map((network, index) => plug(world, network, index, index === 0, index === 0 ? ip : undefined));
  return vm;
}

function templateOf(context: Context, args: Arguments): Template {
  const source = args.row('snapshotid', 'snapshots') ?? args.row('volumeid', 'volumes');
  const template = args.row('templateid', 'templates');
  if (template !== undefined && source !== undefined) throw internal();
  if (source !== undefined)
    throw invalid(`Deployment of virtual machine is supported only for Zone-wide storage pools`);
  if (template === undefined) throw internal();
  if (template.removed !== undefined || !template.ready) throw invalid(`Unable to use template ${template.seq}`);
  if (!template.public && template.account !== context.account.id && context.account.role !== 'Admin') {
    throw denied(`${context.account.name} has no permission to use template ${template.id}`);
  }
  return template;
}

function rootBytes(args: Arguments, template: Template): number {
  const asked = args.integer('rootdisksize');
  if (asked === undefined) return template.sizeBytes;
  if (asked <= 0) throw invalid('Root disk size should be a positive number.');
  return Math.max(asked * GIB, template.sizeBytes);
}

function dataBytes(args: Arguments): { bytes: number; offering: string } | undefined {
  const offering = args.row('diskofferingid', 'diskOfferings');
  if (offering === undefined) return undefined;
  const size = args.integer('size');
  if (offering.customized && size === undefined) throw invalid('This disk offering requires a custom size specified');
  // The size is ignored when the offering defines it.
  return { bytes: (offering.customized ? (size ?? 0) : offering.sizeGiB) * GIB, offering: offering.id };
}

function customIdOf(context: Context, args: Arguments): string | undefined {
  const id = args.text('customid');
  if (id === undefined) return undefined;
  if (context.account.role !== 'Admin') {
    throw denied('Please check your permissions, you are not allowed to create/update custom id');
  }
  if (context.world.tables.vms.get(id) !== undefined) {
    throw invalid(`UUID: ${id} already exists so can't create/update with custom id`);
  }
  return id;
}

function checkLimits(context: Context, size: Pick<Vm, 'cpu' | 'memoryMiB'>, bytes: number, volumes: number): void {
  checkLimit(context, 'user_vm', 1, 9999);
  checkLimit(context, 'cpu', size.cpu, 9999);
  checkLimit(context, 'memory', size.memoryMiB, 9999);
  checkLimit(context, 'volume', volumes, 9999);
  checkLimit(context, 'primary_storage', bytes, 9999);
}

/** The size chosen of a customised offering, as VMs show it. */
export function sizeDetails(maps: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const all: Record<string, string> = Object.assign({}, ...maps);
  return Object.fromEntries(Object.entries(all).filter(([name]) => ['cpuNumber', 'cpuSpeed', 'memory'].includes(name)));
}

/** Details a deployer may set that are not the size. */
function settable(maps: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const all: Record<string, string> = Object.assign({}, ...maps);
  for (const name of ['cpuNumber', 'cpuSpeed', 'memory']) delete all[name];
  return all;
}

/** Puts a VM into an instance group, which is created if needed. */
export function joinGroup(context: Context, vm: Vm, name: string | undefined): void {
  if (name === undefined) return;
  const { instanceGroups } = context.world.tables;
  const group =
    instanceGroups.find((row) => row.name === name && row.account === vm.account) ??
    instanceGroups.add({ created: context.clock.now(), name, account: vm.account });
  vm.group = group.id;
}

function addVolumes(
  context: Context,
  vm: Vm,
  root: number,
  data: { bytes: number; offering: string } | undefined,
): void {
  const { volumes } = context.world.tables;
  const common = { created: vm.created, zone: vm.zone, account: vm.account, state: 'Allocated', vm: vm.id } as const;
  volumes.add({ ...common, name: `ROOT-${vm.seq}`, type: 'ROOT', sizeBytes: root, device: 0, template: vm.template });
  if (data === undefined) return;
  volumes.add({
    ...common,
    name: `DATA-${vm.seq}`,
    type: 'DATADISK',
    sizeBytes: data.bytes,
    device: 1,
    diskOffering: data.offering,
  });
}
