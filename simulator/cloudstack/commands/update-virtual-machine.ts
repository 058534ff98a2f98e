import { ApiError, internal, invalid } from '../api-error.ts';
import type { AsyncCommand, Context, SyncCommand } from '../command.ts';
import { mayChange } from '../find.ts';
import { checkLimit } from '../limits.ts';
import { customSizeOf } from '../offering-size.ts';
import { described } from '../placement.ts';
import { renderVm } from '../render-vm.ts';
import type { Vm } from '../rows.ts';
import { storeUserData } from '../user-data.ts';
import { joinGroup, sizeDetails } from './deploy-virtual-machine.ts';

const vmParam = { id: { type: 'id', of: 'vms', required: true } } as const;

export const updateVirtualMachine: SyncCommand = {
  name: 'updateVirtualMachine',
  description: 'Updates properties of a virtual machine.',
  params: {
    ...vmParam,
    name: { type: 'hostname' },
    displayname: { type: 'string' },
    userdata: { type: 'string' },
    group: { type: 'string' },
    details: { type: 'map' },
    cleanupdetails: { type: 'boolean' },
    deleteprotection: { type: 'boolean' },
    isdynamicallyscalable: { type: 'boolean' },
  },
  run: (context, args) => {
    const vm = present(context, args.needRow('id', 'vms'));
    const name = args.text('name');
    const userData = storeUserData(context, args.text('userdata'));
    if (args.flag('isdynamicallyscalable') === true && vm.state === 'Running') throw internal();
    if (name !== undefined && nameTaken(context, vm, name)) throw internal();
    if (name !== undefined) vm.name = name;
    vm.displayName = args.text('displayname') ?? vm.displayName;
    if (userData !== undefined) vm.userData = userData;
    joinGroup(context, vm, args.text('group'));
    const details = args.maps('details');
    if (args.flag('cleanupdetails') === true) vm.details = {};
    // The whole map is replaced.
    if (details.some((map) => 'cpuOvercommitRatio' in map)) throw internal();
    if (details.length > 0) vm.details = Object.assign({}, ...details);
    vm.deleteProtection = args.flag('deleteprotection') ?? vm.deleteProtection;
    return { virtualmachine: renderVm(context, vm) };
  },
};

export const getVirtualMachineUserData: SyncCommand = {
  name: 'getVirtualMachineUserData',
  description: 'Returns user data associated with the VM',
  params: { virtualmachineid: { type: 'id', of: 'vms', required: true } },
  run: (context, args) => {
    const vm = args.needRow('virtualmachineid', 'vms');
    mayChange(context, vm.account);
    const userdata = vm.userData === undefined ? {} : { userdata: vm.userData };
    return { virtualmachineuserdata: { virtualmachineid: vm.id, ...userdata } };
  },
};

const sizeParams = {
  ...vmParam,
  serviceofferingid: { type: 'id', of: 'serviceOfferings', required: true },
  details: { type: 'map' },
} as const;

export const scaleVirtualMachine: AsyncCommand = {
  name: 'scaleVirtualMachine',
  description: 'Scales the virtual machine to a new service offering.',
  jobClass: 'user.vm.ScaleVMCmd',
  params: sizeParams,
  start: (context, args) => {
    const vm = present(context, args.needRow('id', 'vms'));
    const offering = args.needRow('serviceofferingid', 'serviceOfferings');
    const details = args.maps('details');
    return changeVm(context, vm, () => {
      if (vm.offering === offering.id && !offering.customized) {
        throw new ApiError(
          431,
          undefined,
          `Not upgrading vm ${described(vm)} since it already has the requested service offering (${offering.name})`,
        );
      }
      if (!offering.active) throw invalid(`Service offering is inactive: [${offering.id}].`);
      if (vm.state === 'Running') {
        throw new ApiError(
          530,
          undefined,
          `Unable to scale ${described(vm)} as it does not have tools to support dynamic scaling.`,
        );
      }
      const size = customSizeOf(offering, details);
      inJob(() => checkLimit(context, 'cpu', size.cpu - vm.cpu));
      inJob(() => checkLimit(context, 'memory', size.memoryMiB - vm.memoryMiB));
      if (offering.customized) Object.assign(vm.details, sizeDetails(details));
      Object.assign(vm, size, { offering: offering.id, customized: offering.customized });
    });
  },
};

export const resetSSHKeyForVirtualMachine: AsyncCommand = {
  name: 'resetSSHKeyForVirtualMachine',
  answersAs: 'resetSSHKeyforvirtualmachine',
  description: 'Resets the SSH Key for virtual machine.',
  jobClass: 'user.vm.ResetVMSSHKeyCmd',
  params: { ...vmParam, keypair: { type: 'string' }, keypairs: { type: 'list' } },
  start: (context, args) => {
    const vm = present(context, args.needRow('id', 'vms'));
    const names = [args.text('keypair') ?? '', ...args.list('keypairs')].filter((name) => name !== '');
    return changeVm(context, vm, () => {
      const pairs = names.map((name) =>
        context.world.tables.keyPairs.find((row) => row.name === name && row.account === vm.account),
      );
      const found = pairs.flatMap((pair) => pair ?? []);
      if (found.length < names.length || found.length === 0) {
        throw new ApiError(431, undefined, 'Not all specified keypairs exist');
      }
      if (vm.state !== 'Stopped') {
        throw new ApiError(431, undefined, `Vm ${described(vm)} should be stopped to do SSH Key reset`);
      }
      vm.keyPairs = found.map((pair) => pair.name);
      vm.sshPublicKey = found.map((pair) => pair.publicKey).join('\n');
    });
  },
};

export const updateVMAffinityGroup: AsyncCommand = {
  name: 'updateVMAffinityGroup',
  answersAs: 'updatevirtualmachine',
  description: 'Updates the affinity/anti-affinity group associations of a virtual machine.',
  jobClass: 'user.affinitygroup.UpdateVMAffinityGroupCmd',
  params: { ...vmParam, affinitygroupids: { type: 'ids', of: 'affinityGroups' } },
  start: (context, args) => {
    const vm = present(context, args.needRow('id', 'vms'));
    const groups = args.rows('affinitygroupids', 'affinityGroups').map((group) => group.id);
    const work = changeVm(context, vm, () => {
      if (vm.state !== 'Stopped') {
        throw new ApiError(
          431,
          undefined,
          `Unable update affinity groups of the virtual machine ${described(vm)} in state ${vm.state}; make sure the virtual machine is stopped and not in an error state before updating.`,
        );
      }
      vm.affinityGroups = groups;
    });
    // The job does not say what it worked on, and its result leaves most of the VM out.
    return {
      lane: work.lane,
      takes: work.takes,
      begin: work.begin,
      finish: () => {
        return { virtualmachine: renderVm(context, vm, new Set(['affgrp', 'servoff'])) };
      },
    };
  },
};

function present(context: Context, vm: Vm): Vm {
  if (vm.removed !== undefined) throw invalid(`Unable to find UUID for id [${vm.seq}] of type [VirtualMachine]`);
  mayChange(context, vm.account);
  return vm;
}

function changeVm(context: Context, vm: Vm, change: () => void) {
  return {
    instance: { type: 'VirtualMachine', id: vm.id },
    lane: vm.id,
    takes: 'other' as const,
    begin: change,
    finish: () => ({ virtualmachine: renderVm(context, vm) }),
  };
}

/** Limits found inside a job of a VM come as 530. */
function inJob(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new ApiError(530, undefined, error instanceof Error ? error.message : String(error));
  }
}

function nameTaken({ world }: Context, vm: Vm, name: string): boolean {
  const networks = new Set(vm.nics.map((nic) => nic.network));
  return (
    world.tables.vms.find(
      (other) => other.id !== vm.id && other.name === name && other.nics.some((nic) => networks.has(nic.network)),
    ) !== undefined
  );
}
