import type { Context } from './command.ts';
import type { Json } from './json.ts';
import { inZone, moment, ownedBy, pendingJob, tagsOf } from './render.ts';
import type { ServiceOffering, Snapshot, Volume } from './rows.ts';

export function renderVolume(context: Context, volume: Volume): Json {
  const { world } = context;
  const vm = volume.vm === undefined ? undefined : world.tables.vms.must(volume.vm);
  const template = volume.template === undefined ? undefined : world.tables.templates.get(volume.template);
  const disk = volume.diskOffering === undefined ? undefined : world.tables.diskOfferings.get(volume.diskOffering);
  const service = volume.type === 'ROOT' || disk === undefined ? serviceOfferingOf(context, volume) : undefined;
  return {
    id: volume.id,
    name: volume.name,
    ...inZone(context, volume.zone),
    type: volume.type,
    ...(volume.device === undefined || vm === undefined ? {} : { deviceid: volume.device }),
    ...(vm === undefined ? {} : { virtualmachineid: vm.id }),
    ...(template === undefined
      ? {}
      : { templateid: template.id, templatename: template.name, templatedisplaytext: template.displayText }),
    ...(vm === undefined ? {} : { vmname: vm.name, vmdisplayname: vm.displayName, vmstate: vm.state, vmtype: 'User' }),
    provisioningtype: 'thin',
    size: volume.sizeBytes,
    created: moment(volume.created),
    state: volume.state,
    ...ownedBy(context, volume.account),
    ...(vm === undefined ? {} : { diskkbsread: 0, diskkbswrite: 0, diskioread: 0, diskiowrite: 0 }),
    ...(disk === undefined
      ? {}
      : { diskofferingid: disk.id, diskofferingname: disk.name, diskofferingdisplaytext: disk.displayText }),
    ...(volume.attached === undefined || vm === undefined ? {} : { attached: moment(volume.attached) }),
    destroyed: volume.state === 'Destroy',
    // The server puts the offering's database number here.
    ...(service === undefined
      ? {}
      : {
          serviceofferingid: String(service.seq),
          serviceofferingname: service.name,
          serviceofferingdisplaytext: service.displayText,
        }),
    isextractable: volume.type === 'DATADISK',
    quiescevm: false,
    supportsstoragesnapshot: false,
    deleteprotection: false,
    tags: tagsOf(context, 'Volume', volume.id),
    hasannotations: false,
    ...pendingJob(context, volume),
  };
}

function serviceOfferingOf({ world }: Context, volume: Volume): ServiceOffering | undefined {
  const vm = volume.vm === undefined ? undefined : world.tables.vms.get(volume.vm);
  return vm === undefined
    ? world.tables.serviceOfferings.find(() => true)
    : world.tables.serviceOfferings.get(vm.offering);
}

export function renderSnapshot(context: Context, snapshot: Snapshot): Json {
  const { world } = context;
  const volume = world.tables.volumes.must(snapshot.volume);
  const template = volume.template === undefined ? undefined : world.tables.templates.get(volume.template);
  const backedUp = snapshot.state === 'BackedUp';
  return {
    id: snapshot.id,
    ...ownedBy(context, snapshot.account),
    volumeid: volume.id,
    volumename: volume.name,
    volumetype: volume.type,
    volumestate: volume.state,
    created: moment(snapshot.created),
    name: snapshot.name,
    intervaltype: 'MANUAL',
    state: snapshot.state,
    physicalsize: backedUp ? snapshot.sizeBytes : 0,
    ...(backedUp ? inZone(context, volume.zone) : {}),
    revertable: false,
    ...(template === undefined ? {} : { ostypeid: template.osType }),
    virtualsize: snapshot.sizeBytes,
    tags: tagsOf(context, 'Snapshot', snapshot.id),
    hasannotations: false,
    ...(snapshot.state === 'Allocated' ? pendingJob(context, snapshot) : {}),
  };
}
