import { ApiError, invalid } from '../api-error.ts';
import { listParams } from '../arguments.ts';
import { type AsyncCommand, listOf, type SyncCommand } from '../command.ts';
import { matches, mayChange, named, sees, success, tagged } from '../find.ts';
import { checkLimit } from '../limits.ts';
import { bareTagsOf } from '../render.ts';
import { renderSnapshot } from '../render-storage.ts';
import { addTags } from './tags.ts';

export const createSnapshot: AsyncCommand = {
  name: 'createSnapshot',
  description: 'Creates an instant snapshot of a volume.',
  jobClass: 'user.snapshot.CreateSnapshotCmd',
  params: {
    volumeid: { type: 'id', of: 'volumes', required: true },
    name: { type: 'string' },
    asyncbackup: { type: 'boolean' },
    tags: { type: 'map' },
  },
  start: (context, args) => {
    const volume = args.needRow('volumeid', 'volumes');
    mayChange(context, volume.account);
    if (volume.state !== 'Ready') {
      throw invalid(
        `Volume: Volume {"id":${volume.seq},"instanceId":0,"name":"${volume.name}","uuid":"${volume.id}","volumeType":"${volume.type}"} is not in Ready state but ${volume.state}. Cannot take snapshot.`,
      );
    }
    checkLimit(context, 'snapshot', 1);
    checkLimit(context, 'secondary_storage', volume.sizeBytes);
    const vm = volume.vm === undefined ? undefined : context.world.tables.vms.must(volume.vm);
    const now = context.clock.now();
    const stamp = new Date(now).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
    const snapshot = context.world.tables.snapshots.add({
      created: now,
      name: args.text('name') ?? `${vm?.name ?? 'detached'}_${volume.name}_${stamp}`,
      volume: volume.id,
      account: context.account.id,
      state: 'Allocated',
      sizeBytes: volume.sizeBytes,
    });
    addTags(context, 'Snapshot', [snapshot.id], args.maps('tags'));
    return {
      created: snapshot.id,
      instance: { type: 'Snapshot', id: snapshot.id },
      takes: 'other',
      // A failed one stays, to be deleted.
      abandon: () => {
        snapshot.state = 'Error';
      },
      finish: () => {
        snapshot.state = 'BackedUp';
        const root = volume.template === undefined ? undefined : context.world.tables.templates.get(volume.template);
        const osName = root === undefined ? {} : { osdisplayname: root.osName };
        const tags = bareTagsOf(context, 'Snapshot', snapshot.id);
        const row = { ...renderSnapshot(context, snapshot), tags, snapshottype: 'MANUAL', ...osName };
        return { snapshot: args.flag('asyncbackup') === true ? { ...row, state: 'BackingUp' } : row };
      },
    };
  },
};

export const listSnapshots: SyncCommand = {
  name: 'listSnapshots',
  description: 'Lists all available snapshots for the account.',
  params: {
    ...listParams,
    id: { type: 'id', of: 'snapshots' },
    ids: { type: 'ids', of: 'snapshots' },
    name: { type: 'string' },
    volumeid: { type: 'id', of: 'volumes' },
    intervaltype: { type: 'string' },
    tags: { type: 'map' },
    projectid: { type: 'string' },
  },
  run: (context, args) => {
    const id = args.row('id', 'snapshots');
    const ids = args.rows('ids', 'snapshots');
    const volume = args.row('volumeid', 'volumes');
    const tag = tagged(context, args, 'Snapshot');
    const rows = context.world.tables.snapshots.filter(
      (snapshot) =>
        sees(context, args, snapshot.account) &&
        (id === undefined || snapshot === id) &&
        (ids.length === 0 || ids.includes(snapshot)) &&
        (volume === undefined || snapshot.volume === volume.id) &&
        named(args.text('name'), snapshot.name) &&
        matches(args, snapshot.name) &&
        tag(snapshot),
    );
    return listOf(
      'snapshot',
      args,
      rows.map((snapshot) => renderSnapshot(context, snapshot)),
    );
  },
};

export const deleteSnapshot: AsyncCommand = {
  name: 'deleteSnapshot',
  description: 'Deletes a snapshot of a disk volume.',
  jobClass: 'user.snapshot.DeleteSnapshotCmd',
  params: { id: { type: 'id', of: 'snapshots', required: true } },
  start: (context, args) => {
    const snapshot = args.needRow('id', 'snapshots');
    mayChange(context, snapshot.account);
    return {
      instance: { type: 'Snapshot', id: snapshot.id },
      takes: 'other',
      begin: () => {
        if (snapshot.removed === undefined) return;
        const volume = context.world.tables.volumes.must(snapshot.volume);
        throw new ApiError(
          431,
          undefined,
          `Snapshot [Snapshot {"id":${snapshot.seq},"name":"${snapshot.name}","state":"Destroyed","uuid":"${snapshot.id}","version":"2.2","volumeId":${volume.seq}}] is already destroyed`,
        );
      },
      finish: () => {
        snapshot.state = 'Destroyed';
        snapshot.removed = context.clock.now();
        return { ...success };
      },
    };
  },
};
