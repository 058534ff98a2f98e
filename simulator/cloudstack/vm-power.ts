import { ApiError, invalid } from './api-error.ts';
import type { Context } from './command.ts';
import { implement } from './networking.ts';
import { described, place } from './placement.ts';
import type { Vm } from './rows.ts';

/** Starting a VM: the network comes up, a host is found, the disks are made. */
export const startVm = {
  begin: (context: Context, vm: Vm): void => {
    const { world } = context;
    refuseRunning(vm);
    if (vm.state !== 'Stopped') throw invalid(`Unable to start ${described(vm)} in state ${vm.state}`);
    // The host is chosen before anything is started.
    const host = place(world, vm);
    for (const nic of vm.nics) {
      const network = world.tables.networks.must(nic.network);
      try {
        implement(context, network, vm.account);
      } catch {
        throw new ApiError(
          530,
          undefined,
          `Unable to orchestrate the start of VM instance {"instanceName":"i-2-${vm.seq}-VM","uuid":"${vm.id}"}.`,
        );
      }
    }
    vm.host = host.id;
    vm.state = 'Starting';
    vm.lastUpdated = context.clock.now();
  },
  finish: (context: Context, vm: Vm): void => {
    vm.state = 'Running';
    vm.everStarted = true;
    vm.lastUpdated = context.clock.now();
    delete vm.details['deployvm'];
    for (const nic of vm.nics) nic.wired = true;
    for (const volume of context.world.tables.volumes.filter((row) => row.vm === vm.id)) volume.state = 'Ready';
  },
};

/** A first start that failed leaves the VM in `Error`; it has to be destroyed. */
export function failStart(context: Context, vm: Vm): void {
  vm.state = 'Error';
  vm.lastUpdated = context.clock.now();
  delete vm.host;
}

/** Checked when the call arrives, not when the job starts: concurrent calls are not checked against each other. */
export function refuseRunning(vm: Vm): void {
  if (vm.state !== 'Running') return;
  throw new ApiError(431, undefined, `The virtual machine ${vm.id} (${vm.name}) is already running`);
}

/** Stops a VM; for a stopped one the job succeeds as well. */
export const stopVm = {
  begin: (context: Context, vm: Vm): void => {
    if (vm.state !== 'Running') return;
    vm.state = 'Stopping';
    vm.lastUpdated = context.clock.now();
  },
  finish: (context: Context, vm: Vm): void => {
    if (vm.state !== 'Stopping') return;
    vm.state = 'Stopped';
    delete vm.host;
    vm.lastUpdated = context.clock.now();
    for (const nic of vm.nics) nic.wired = false;
  },
};
