import { ApiError, denied, invalid } from '../api-error.ts';
import type { AsyncCommand, Context, SyncCommand } from '../command.ts';
import { mayChange } from '../find.ts';
import { checkLimit } from '../limits.ts';
import { forgetVm } from '../networking.ts';
import { mayCall } from '../permissions.ts';
import { expungedVm, renderVm } from '../render-vm.ts';
import type { Vm, Volume } from '../rows.ts';

export const destroyVirtualMachine: AsyncCommand = {
  name: 'destroyVirtualMachine',
  description: 'Destroys a virtual machine.',
  jobClass: 'user.vm.DestroyVMCmd',
  adminJobClass: 'admin.vm.DestroyVMCmdByAdmin',
  params: {
    id: { type: 'id', of: 'vms', required: true },
    expunge: { type: 'boolean' },
    volumeids: { type: 'ids', of: 'volumes' },
  },
  start: (context, args) => {
    const vm = args.needRow('id', 'vms');
    if (vm.removed !== undefined) throw invalid(`Unable to find UUID for id [${vm.seq}] of type [VirtualMachine]`);
    mayChange(context, vm.account);
    const expunge = args.flag('expunge') === true;
    const volumes = args.rows('volumeids', 'volumes');
    return {
      instance: { type: 'VirtualMachine', id: vm.id },
      lane: vm.id,
      takes: 'vm',
      begin: () => {
        checkDestroy(context, vm, expunge, volumes);
        if (vm.state === 'Running') vm.state = 'Stopping';
      },
      finish: () => {
        // A VM that never ran is not kept, whoever destroys it.
        if (vm.state === 'Error' && !expunge) {
          vm.state = 'Expunging';
          const row = renderVm(context, vm);
          expungeVm(context, vm);
          return { virtualmachine: row };
        }
        destroy(context, vm);
        for (const volume of volumes) removeVolume(context, volume);
        if (!expunge) {
          expungeLater(context, vm);
          return { virtualmachine: renderVm(context, vm) };
        }
        expungeVm(context, vm);
        return { virtualmachine: expungedVm };
      },
    };
  },
};

/** Expunges a VM that was destroyed before. */
export const expungeVirtualMachine: AsyncCommand = {
  name: 'expungeVirtualMachine',
  description: 'Expunge a virtual machine. Once expunged, it cannot be recoverd.',
  jobClass: 'admin.vm.ExpungeVMCmd',
  params: { id: { type: 'id', of: 'vms', required: true } },
  start: (context, args) => {
    const vm = args.needRow('id', 'vms');
    if (vm.removed !== undefined) throw invalid(`Unable to find UUID for id [${vm.seq}] of type [VirtualMachine]`);
    mayChange(context, vm.account);
    return {
      instance: { type: 'VirtualMachine', id: vm.id },
      lane: vm.id,
      takes: 'vm',
      begin: () => {
        if (vm.state !== 'Destroyed' && vm.state !== 'Expunging' && vm.state !== 'Error') {
          throw new ApiError(431, undefined, 'Please destroy vm with specified vmId before expunge');
        }
      },
      finish: () => {
        expungeVm(context, vm);
        return { success: true };
      },
    };
  },
};

/** Recovers a destroyed VM; users may do so only where they may also expunge. */
export const recoverVirtualMachine: SyncCommand = {
  name: 'recoverVirtualMachine',
  description: 'Recovers a virtual machine.',
  params: { id: { type: 'id', of: 'vms', required: true } },
  run: (context, args) => {
    const vm = args.needRow('id', 'vms');
    mayChange(context, vm.account);
    if (!mayExpunge(context)) {
      throw denied(
        'Recovering a vm can only be done by an Admin. Or when the allow.user.expunge.recover.vm key is set.',
      );
    }
    if (vm.state !== 'Destroyed') throw invalid(`vm with id ${vm.id} is not in the right state`);
    checkLimit(context, 'user_vm', 1);
    vm.state = 'Stopped';
    return { virtualmachine: renderVm(context, vm) };
  },
};

/** Removes the VM, its root disk and its entries in rules. Data disks and firewall rules stay. */
function expungeVm(place: Place, vm: Vm): void {
  const { world, clock } = place;
  forgetVm(world, vm);
  for (const volume of world.tables.volumes.filter((row) => row.vm === vm.id)) {
    if (volume.type === 'ROOT') removeVolume(place, volume);
    else detach(volume);
  }
  for (const tag of world.tables.tags.filter((row) => row.resource === vm.id)) world.tables.tags.drop(tag.id);
  vm.removed = clock.now();
}

/** Detaches a volume. */
export function detach(volume: Volume): void {
  delete volume.vm;
  delete volume.device;
  delete volume.attached;
}

/** Destroys a volume for good. */
export function removeVolume({ clock }: Pick<Context, 'clock'>, volume: Volume): void {
  detach(volume);
  volume.state = 'Expunged';
  volume.removed = clock.now();
}

function destroy(context: Context, vm: Vm): void {
  if (vm.state === 'Destroyed') return;
  vm.state = 'Destroyed';
  vm.lastUpdated = context.clock.now();
  delete vm.host;
  for (const nic of vm.nics) nic.wired = false;
}

function expungeLater(place: Place, vm: Vm): void {
  const { world, clock } = place;
  const due = (vm.lastUpdated ?? clock.now()) + Number(world.setting('expunge.delay')) * 1_000;
  clock.after(Math.max(0, due - clock.now()), () => {
    if (vm.state === 'Destroyed' && vm.removed === undefined) expungeVm(place, vm);
  });
}

/** After a restart: schedules the expunge of VMs destroyed before it. */
export function expungeDestroyed(place: Place): void {
  for (const vm of place.world.tables.vms.live()) if (vm.state === 'Destroyed') expungeLater(place, vm);
}

type Place = Pick<Context, 'world' | 'clock'>;

function checkDestroy(context: Context, vm: Vm, expunge: boolean, volumes: readonly Volume[]): void {
  if (vm.removed !== undefined) {
    throw new ApiError(431, undefined, `Unable to find a virtual machine with specified vmId`);
  }
  if (vm.deleteProtection) {
    throw new ApiError(
      431,
      undefined,
      `Instance [id = ${vm.id}, name = i-2-${vm.seq}-VM] has delete protection enabled and cannot be deleted.`,
    );
  }
  if (expunge && !mayExpunge(context)) {
    throw new ApiError(530, undefined, 'Account does not have permission for expunging.');
  }
  const strangers = volumes.filter((volume) => volume.vm !== vm.id || volume.type !== 'DATADISK');
  if (strangers.length > 0) {
    const listed = strangers.map(
      (row) =>
        `Volume {"id":${row.seq},"instanceId":${vm.seq},"name":"${row.name}","uuid":"${row.id}","volumeType":"${row.type}"}; `,
    );
    throw new ApiError(
      431,
      undefined,
      `The following supplied volumes are not DATADISK attached to the VM: ${listed.join('')}`,
    );
  }
}

/**
 * UserVmManagerImpl.checkExpungeVmPermission: besides the setting, the role must allow expungeVirtualMachine, although
 * another command is called.
 */
function mayExpunge({ account, world }: Context): boolean {
  if (account.role === 'Admin') return true;
  return (
    world.setting('allow.user.expunge.recover.vm') === 'true' && mayCall(account, { name: 'expungeVirtualMachine' })
  );
}
