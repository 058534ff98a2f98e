import { ApiError, invalid } from '../api-error.ts';
import type { AsyncCommand, Context } from '../command.ts';
import { mayChange } from '../find.ts';
import { described } from '../placement.ts';
import { renderVm } from '../render-vm.ts';
import type { Vm } from '../rows.ts';
import { refuseRunning, startVm, stopVm } from '../vm-power.ts';

const params = { id: { type: 'id', of: 'vms', required: true }, forced: { type: 'boolean' } } as const;

function jobOn(context: Context, vm: Vm, work: { check?: () => void; begin?: () => void; finish: () => void }) {
  if (vm.removed !== undefined) throw invalid(`Unable to find UUID for id [${vm.seq}] of type [VirtualMachine]`);
  mayChange(context, vm.account);
  return {
    instance: { type: 'VirtualMachine', id: vm.id },
    lane: vm.id,
    takes: 'vm' as const,
    ...(work.check === undefined ? {} : { check: work.check }),
    ...(work.begin === undefined ? {} : { begin: work.begin }),
    finish: () => {
      work.finish();
      return { virtualmachine: renderVm(context, vm) };
    },
  };
}

export const startVirtualMachine: AsyncCommand = {
  name: 'startVirtualMachine',
  description: 'Starts a virtual machine.',
  jobClass: 'user.vm.StartVMCmd',
  adminJobClass: 'admin.vm.StartVMCmdByAdmin',
  params,
  start: (context, args) => {
    const vm = args.needRow('id', 'vms');
    return jobOn(context, vm, {
      check: () => refuseRunning(vm),
      begin: () => startVm.begin(context, vm),
      finish: () => startVm.finish(context, vm),
    });
  },
};

export const stopVirtualMachine: AsyncCommand = {
  name: 'stopVirtualMachine',
  description: 'Stops a virtual machine.',
  jobClass: 'user.vm.StopVMCmd',
  adminJobClass: 'admin.vm.StopVMCmdByAdmin',
  params,
  start: (context, args) => {
    const vm = args.needRow('id', 'vms');
    return jobOn(context, vm, { begin: () => stopVm.begin(context, vm), finish: () => stopVm.finish(context, vm) });
  },
};

export const rebootVirtualMachine: AsyncCommand = {
  name: 'rebootVirtualMachine',
  description: 'Reboots a virtual machine.',
  jobClass: 'user.vm.RebootVMCmd',
  params,
  start: (context, args) => {
    const vm = args.needRow('id', 'vms');
    return jobOn(context, vm, {
      begin: () => {
        if (vm.state === 'Running') return;
        throw new ApiError(431, undefined, `The VM ${vm.id} (${vm.name}) is not running, unable to reboot it`);
      },
      finish: () => {
        vm.lastUpdated = context.clock.now();
      },
    });
  },
};

/** Reinstalls the root disk. */
export const restoreVirtualMachine: AsyncCommand = {
  name: 'restoreVirtualMachine',
  answersAs: 'restorevm',
  description: 'Restore a VM to original template/ISO or new template/ISO',
  jobClass: 'user.vm.RestoreVMCmd',
  params: {
    virtualmachineid: { type: 'id', of: 'vms', required: true },
    templateid: { type: 'id', of: 'templates' },
  },
  start: (context, args) => {
    const vm = args.needRow('virtualmachineid', 'vms');
    const template = args.row('templateid', 'templates');
    return jobOn(context, vm, {
      begin: () => {
        if (template !== undefined) vm.template = template.id;
      },
      // A new root disk is created when the VM starts.
      finish: () => {
        vm.everStarted = false;
      },
    });
  },
};

/** Responds 200 even on failure: see `success`. */
export const createConsoleEndpoint = {
  name: 'createConsoleEndpoint',
  description: 'Create a console endpoint to connect to a VM console',
  params: { virtualmachineid: { type: 'id', of: 'vms', required: true } },
  run: (context: Context, args: Parameters<AsyncCommand['start']>[1]) => {
    const vm = args.needRow('virtualmachineid', 'vms');
    mayChange(context, vm.account);
    if (vm.state !== 'Running') {
      const details = `Server Internal Error: VM ${described(vm)} must be running to connect console, sending blank response for console access request`;
      return { consoleendpoint: { success: false, details } };
    }
    const url = `http://console.invalid/resource/noVNC/vnc.html?autoconnect=true&token=${vm.id}`;
    const websocket = { token: vm.id, host: 'console.invalid', port: '8080', path: 'websockify' };
    return { consoleendpoint: { success: true, url, websocket } };
  },
} as const;
