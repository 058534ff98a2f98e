import { ApiError, internal, invalid } from '../api-error.ts';
import { type Arguments, listParams } from '../arguments.ts';
import { type AsyncCommand, type Context, listOf, type SyncCommand } from '../command.ts';
import { matches, mayChange, named, sees, success, tagged } from '../find.ts';
import { checkLimit } from '../limits.ts';
import { renderVolume } from '../render-storage.ts';
import type { Vm, Volume } from '../rows.ts';
import { detach, removeVolume } from './destroy-virtual-machine.ts';

const GIB = 1_073_741_824;
/** CloudStack's default bound of a customised disk. */
const MAX_GIB = 1_024;

const one = { id: { type: 'id', of: 'volumes', required: true } } as const;

export const listVolumes: SyncCommand = {
  name: 'listVolumes',
  description: 'Lists all volumes.',
  params: {
    ...listParams,
    id: { type: 'id', of: 'volumes' },
    ids: { type: 'ids', of: 'volumes' },
    name: { type: 'string' },
    type: { type: 'string' },
    virtualmachineid: { type: 'id', of: 'vms' },
    zoneid: { type: 'id', of: 'zones' },
    tags: { type: 'map' },
    projectid: { type: 'string' },
  },
  run: (context, args) => {
    const id = args.row('id', 'volumes');
    const ids = args.rows('ids', 'volumes');
    const vm = args.row('virtualmachineid', 'vms');
    const type = args.text('type');
    const tag = tagged(context, args, 'Volume');
    const inProject = args.text('projectid') !== undefined;
    const rows = context.world.tables.volumes.filter(
      (volume) =>
        !inProject &&
        sees(context, args, volume.account) &&
        (id === undefined || volume === id) &&
        (ids.length === 0 || ids.includes(volume)) &&
        (vm === undefined || volume.vm === vm.id) &&
        (type === undefined || volume.type === type) &&
        named(args.text('name'), volume.name) &&
        matches(args, volume.name) &&
        tag(volume),
    );
    // By type, data disks first unless a VM is asked for.
    const order = (row: Volume) => (row.type === 'DATADISK' ? 0 : 1);
    const sorted = vm === undefined ? [...rows].sort((a, b) => order(a) - order(b)) : rows;
    return listOf(
      'volume',
      args,
      sorted.map((volume) => renderVolume(context, volume)),
    );
  },
};

export const createVolume: AsyncCommand = {
  name: 'createVolume',
  description:
    'Creates a disk volume from a disk offering. This disk volume must still be attached to a virtual machine to make use of it.',
  jobClass: 'user.volume.CreateVolumeCmd',
  params: {
    name: { type: 'string' },
    diskofferingid: { type: 'id', of: 'diskOfferings' },
    snapshotid: { type: 'id', of: 'snapshots' },
    size: { type: 'integer' },
    zoneid: { type: 'id', of: 'zones' },
    virtualmachineid: { type: 'id', of: 'vms' },
    projectid: { type: 'string' },
  },
  start: (context, args) => {
    const vm = args.row('virtualmachineid', 'vms');
    const volume = context.world.tables.volumes.add({
      created: context.clock.now(),
      name: args.text('name') ?? `vol-${context.clock.now()}`,
      account: context.account.id,
      type: 'DATADISK',
      state: 'Allocated',
      ...sourceOf(context, args),
    });
    return {
      created: volume.id,
      instance: { type: 'Volume', id: volume.id },
      takes: 'other',
      finish: () => {
        if (volume.snapshot !== undefined) volume.state = 'Ready';
        if (vm !== undefined) attach(context, volume, vm, undefined);
        const source = volume.snapshot === undefined ? {} : { snapshotid: volume.snapshot };
        return { volume: { ...renderVolume(context, volume), ...source } };
      },
    };
  },
};

export const attachVolume: AsyncCommand = {
  name: 'attachVolume',
  description: 'Attaches a disk volume to a virtual machine.',
  jobClass: 'user.volume.AttachVolumeCmd',
  params: {
    ...one,
    virtualmachineid: { type: 'id', of: 'vms', required: true },
    deviceid: { type: 'integer' },
  },
  start: (context, args) => {
    const volume = own(context, args);
    const vm = args.needRow('virtualmachineid', 'vms');
    mayChange(context, vm.account);
    return changed(context, volume, () => attach(context, volume, vm, args.integer('deviceid')), vm.id);
  },
};

export const detachVolume: AsyncCommand = {
  name: 'detachVolume',
  description: 'Detaches a disk volume from a virtual machine.',
  jobClass: 'user.volume.DetachVolumeCmd',
  params: one,
  start: (context, args) => {
    const volume = own(context, args);
    return changed(context, volume, () => {
      const vm = volume.vm === undefined ? undefined : context.world.tables.vms.must(volume.vm);
      if (vm === undefined) throw new ApiError(431, undefined, 'The specified volume is not attached to a VM.');
      if (volume.type === 'ROOT' && vm.state !== 'Stopped' && vm.state !== 'Destroyed') {
        throw new ApiError(
          431,
          undefined,
          'Root volume detach can happen only when vm is in states: Stopped or Destroyed',
        );
      }
      detach(volume);
    });
  },
};

export const resizeVolume: AsyncCommand = {
  name: 'resizeVolume',
  description: 'Resizes a volume',
  jobClass: 'user.volume.ResizeVolumeCmd',
  params: {
    ...one,
    size: { type: 'integer' },
    diskofferingid: { type: 'id', of: 'diskOfferings' },
    shrinkok: { type: 'boolean' },
  },
  start: (context, args) => {
    const volume = own(context, args);
    const offering = args.row('diskofferingid', 'diskOfferings');
    const work = changed(context, volume, () => {
      const size = offering === undefined || offering.customized ? args.integer('size') : offering.sizeGiB;
      const bytes = size === undefined ? volume.sizeBytes : size * GIB;
      if (bytes < volume.sizeBytes && args.flag('shrinkok') !== true) {
        throw new ApiError(
          432,
          undefined,
          `Going from existing size of ${volume.sizeBytes} to size of ${bytes} would shrink the volume.Need to sign off by supplying the shrinkok parameter with value of true.`,
        );
      }
      if (bytes < volume.sizeBytes) {
        throw new ApiError(
          530,
          undefined,
          `Failed to resize volume operation of volume UUID: [${volume.id}] due to - Failed to resize`,
        );
      }
      checkLimit(context, 'primary_storage', bytes - volume.sizeBytes);
      volume.sizeBytes = bytes;
    });
    return {
      ...work,
      finish: () => {
        // The job still returns the old offering.
        const row = work.finish();
        if (offering !== undefined) volume.diskOffering = offering.id;
        return row;
      },
    };
  },
};

export const deleteVolume: SyncCommand = {
  name: 'deleteVolume',
  description: 'Deletes a detached disk volume.',
  params: one,
  run: (context, args) => {
    const volume = own(context, args);
    if (volume.vm !== undefined) throw invalid('Please specify a volume that is not attached to any VM.');
    removeVolume(context, volume);
    return { ...success };
  },
};

export const destroyVolume: AsyncCommand = {
  name: 'destroyVolume',
  description: 'Destroys a Volume.',
  jobClass: 'user.volume.DestroyVolumeCmd',
  params: { ...one, expunge: { type: 'boolean' } },
  start: (context, args) => {
    const volume = own(context, args);
    return changed(context, volume, () => {
      if (volume.vm !== undefined) {
        throw new ApiError(431, undefined, 'Please specify a volume that is not attached to any VM.');
      }
      if (args.flag('expunge') === true || volume.state === 'Allocated') removeVolume(context, volume);
      else volume.state = 'Destroy';
    });
  },
};

function own(context: Context, args: Arguments): Volume {
  const volume = args.needRow('id', 'volumes');
  if (volume.removed !== undefined) throw invalid(`Unable to find UUID for id [${volume.seq}] of type [Volume]`);
  mayChange(context, volume.account);
  return volume;
}

/** A job on a volume, in the lane of the VM that holds it. */
function changed(context: Context, volume: Volume, change: () => void, lane = volume.vm ?? volume.id) {
  return {
    instance: { type: 'Volume', id: volume.id },
    lane,
    takes: 'other' as const,
    begin: change,
    finish: () => ({ volume: renderVolume(context, volume) }),
  };
}

function attach(context: Context, volume: Volume, vm: Vm, device: number | undefined): void {
  if (volume.vm !== undefined) {
    throw new ApiError(431, undefined, 'Please specify a volume that is not attached to any VM.');
  }
  if (vm.state !== 'Running' && vm.state !== 'Stopped') {
    throw new ApiError(431, undefined, 'Please specify a VM that is either running or stopped.');
  }
  const used = new Set(context.world.tables.volumes.filter((row) => row.vm === vm.id).map((row) => row.device));
  let next = 1;
  // Device 3 is the CD drive's.
  while (used.has(next) || next === 3) next += 1;
  volume.vm = vm.id;
  volume.device = device ?? next;
  volume.attached = context.clock.now();
  if (vm.everStarted) volume.state = 'Ready';
}

function sourceOf(
  context: Context,
  args: Arguments,
): Pick<Volume, 'zone' | 'sizeBytes' | 'diskOffering' | 'snapshot' | 'template'> {
  const snapshot = args.row('snapshotid', 'snapshots');
  const offering = args.row('diskofferingid', 'diskOfferings');
  if (snapshot !== undefined) {
    const source = context.world.tables.volumes.must(snapshot.volume);
    if (snapshot.state !== 'BackedUp') {
      throw invalid(
        `Snapshot Snapshot {"id":${snapshot.seq},"name":"${snapshot.name}","state":"${snapshot.state}","uuid":"${snapshot.id}","version":"2.2","volumeId":${source.seq}} is not in BackedUp state yet and can't be used for volume creation`,
      );
    }
    if (offering !== undefined && source.type !== 'ROOT') {
      throw invalid(
        'Disk Offering ID cannot be passed whilst creating volume from snapshot other than ROOT disk snapshots',
      );
    }
    return {
      zone: source.zone,
      sizeBytes: snapshot.sizeBytes,
      snapshot: snapshot.id,
      ...(source.diskOffering === undefined ? {} : { diskOffering: source.diskOffering }),
      ...(source.template === undefined ? {} : { template: source.template }),
    };
  }
  if (offering === undefined) {
    throw invalid('At least one of disk Offering ID or snapshot ID must be passed whilst creating volume');
  }
  const size = args.integer('size');
  if (offering.customized && size === undefined) throw invalid('This disk offering requires a custom size specified');
  if (offering.customized && size !== undefined && (size < 1 || size > MAX_GIB)) {
    throw invalid(`Volume size: ${size} GB is out of allowed range. Min: 1. Max: ${MAX_GIB}`);
  }
  const zone = args.row('zoneid', 'zones');
  if (zone === undefined) throw internal();
  const sizeBytes = (offering.customized ? (size ?? 0) : offering.sizeGiB) * GIB;
  checkLimit(context, 'volume', 1);
  checkLimit(context, 'primary_storage', sizeBytes);
  return { zone: zone.id, sizeBytes, diskOffering: offering.id };
}
