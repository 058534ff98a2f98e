import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';
import type { VirtualMachine } from '../api/resources.ts';
import type { FoundResources } from '../observe/found.ts';
import {
  affinityGroupName,
  DESCRIPTOR_TAG,
  diskOfVolume,
  IMAGE_TAG,
  isAffinityGroupName,
  isMadeForAnother,
  keyPairName,
  TENURE_TAG,
} from '../observe/names.ts';
import { extra, foreign, lossy, missing, type Planned, stageOf } from './action.ts';
import { connection } from './network-plan.ts';
import type { WantedVm } from './wanted-vm.ts';

const GIB = 1_073_741_824;

/**
 * The VM of a tenure to keep: preferably one that is not broken, then one that was completed, then the oldest. The
 * choice must not depend on the memory of an operator: two operators have to agree, or each would destroy the other's
 * VM.
 */
export function primaryVm(vms: readonly VirtualMachine[]): VirtualMachine | undefined {
  const broken = new Set(['Error', 'Destroyed', 'Expunging']);
  const rank = (vm: VirtualMachine) => (broken.has(vm.state) ? 2 : 0) + (vm.tags.has(TENURE_TAG) ? 0 : 1);
  return [...vms].sort((a, b) => rank(a) - rank(b) || compareText(a.created, b.created) || compareText(a.id, b.id))[0];
}

/**
 * All actions that are needed, in order. Pure: the same resources give the same plan. An empty plan means that
 * everything is as ordered.
 */
export function plan(wanted: WantedVm, found: FoundResources, config: CloudStackConfig): readonly Planned[] {
  const vm = primaryVm(found.vms);
  if (vm === undefined) return beforeDeploy(wanted, found, config);
  const changed = isMadeForAnother(vm, wanted.order.descriptorHash);
  const work = [
    ...duplicates(found.vms, vm),
    ...names(wanted, vm),
    ...newImage(wanted, vm, changed),
    ...removalsFirst(connection(wanted, found, vm)),
    ...disks(wanted, found, vm),
    ...foreignParts(found, vm),
    ...changesWithStop(wanted, found, vm, changed, config),
    ...(changed ? [changedOrder(vm)] : []),
  ];
  // The tags name the descriptor that the VM matches, so they are not set while a part of the change is refused.
  const refused = changed && work.some((action) => action.do === 'refuse' && action.reason !== 'VmForeignPart');
  return refused ? work : [...work, ...tags(wanted, vm)];
}

function changedOrder(vm: VirtualMachine): Planned {
  return { do: 'applyChange', vm, what: 'descriptor', detail: 'the consumer changed the order' };
}

/** A rule that blocks another one is removed first. */
function removalsFirst(planned: readonly Planned[]): readonly Planned[] {
  const removes = (action: Planned) => stageOf(action) === 'removals';
  return [...planned.filter(removes), ...planned.filter((action) => !removes(action))];
}

function beforeDeploy(
  { order, vm }: WantedVm,
  found: FoundResources,
  { network }: CloudStackConfig,
): readonly Planned[] {
  // Registering an existing key returns its name: no lookup is needed before.
  const planned: Planned[] = [missing({ do: 'registerKey' }, 'SSH key')];
  if (network.mode === 'Isolated' && found.networks.length === 0) {
    planned.push(missing({ do: 'createNetwork' }, `network ${order.identity.name}`));
  }
  if (network.mode === 'Shared' && (network.securityGroups ?? true) && found.securityGroups.length === 0) {
    planned.push(missing({ do: 'createSecurityGroup' }, `security group ${order.identity.name}`));
  }
  if (vm.affinity !== undefined) planned.push(missing({ do: 'createAffinityGroup' }, 'affinity group'));
  return [...planned, missing({ do: 'deploy' }, `VM ${order.identity.name}`)];
}

function duplicates(vms: readonly VirtualMachine[], keeper: VirtualMachine): readonly Planned[] {
  return vms
    .filter((vm) => vm !== keeper && vm.state !== 'Expunging')
    .map((vm) => ({ do: 'destroyDuplicate', vm, what: `VM ${vm.id}`, detail: `a second VM beside ${keeper.id}` }));
}

function names({ order }: WantedVm, vm: VirtualMachine): readonly Planned[] {
  const { name, marker } = order.identity;
  if (vm.name === name && vm.displayName === marker) return [];
  return [{ do: 'restoreName', vm, what: 'VM name', detail: `"${vm.name}" (${vm.displayName}), expected "${name}"` }];
}

function newImage({ vm: wanted }: WantedVm, vm: VirtualMachine, changed: boolean): readonly Planned[] {
  const image = vm.tags.get(IMAGE_TAG);
  if (!changed || image === undefined || image === wanted.image) return [];
  return [lossy('/image', 'image', `"${image}", ordered "${wanted.image}", which would need a new VM`)];
}

function disks({ order, vm: wanted }: WantedVm, found: FoundResources, vm: VirtualMachine): readonly Planned[] {
  const planned: Planned[] = [];
  for (const disk of wanted.dataDisks) {
    const what = `disk ${disk.name}`;
    const named = found.volumes.filter((row) => diskOfVolume(row.name, order.identity) === disk.name);
    const volume = named.find((row) => row.vm === vm.id) ?? named[0];
    // Duplicates come from a call that was sent twice; one that never held data can be removed.
    const twins = named.filter((row) => row !== volume && row.vm === undefined && row.state === 'Allocated');
    planned.push(...twins.map((twin) => extra({ do: 'deleteVolume', volume: twin }, `second ${what}`)));
    if (volume === undefined) {
      planned.push({ do: 'createVolume', disk, zone: vm.zone, what, detail: 'missing' });
    } else if (volume.vm === undefined) {
      planned.push({ do: 'attachVolume', volume, vm, what, detail: 'not attached' });
    } else {
      const sizeGiB = Math.round(volume.sizeBytes / GIB);
      const detail = `${sizeGiB} GiB, ordered ${disk.sizeGiB} GiB`;
      if (sizeGiB < disk.sizeGiB) planned.push({ do: 'growVolume', volume, sizeGiB: disk.sizeGiB, what, detail });
      else if (sizeGiB > disk.sizeGiB) planned.push(lossy('/dataDisks', what, `${detail}; disks do not shrink`));
    }
  }
  for (const volume of found.volumes) {
    const name = diskOfVolume(volume.name, order.identity);
    if (name === undefined || wanted.dataDisks.some((disk) => disk.name === name)) continue;
    planned.push(lossy('/dataDisks', `disk ${name}`, 'is no longer ordered; removing it would lose its data'));
  }
  return planned;
}

/** Networks and disks that others attached to the VM. */
function foreignParts(found: FoundResources, vm: VirtualMachine): readonly Planned[] {
  const expected = vm.nics.find((nic) => nic.isDefault)?.network ?? vm.nics[0]?.network;
  const nics = vm.nics.filter(({ network }) => network !== expected);
  const disks = found.foreignVolumes.filter((volume) => volume.vm === vm.id);
  return [
    ...nics.map(({ networkName, network }) => foreign(`NIC in ${networkName || network}`, 'added to the VM by others')),
    ...disks.map(({ name }) => foreign(`disk ${name}`, 'attached to the VM by others')),
  ];
}

/** Changes that need the VM to be stopped: planned if that is allowed, otherwise refused. */
function changesWithStop(
  { order, vm: wanted, size }: WantedVm,
  found: FoundResources,
  vm: VirtualMachine,
  changed: boolean,
  config: CloudStackConfig,
): readonly Planned[] {
  const planned: Planned[] = [];
  const tooSmall = vm.cpu < wanted.cpu || vm.memoryMiB < wanted.memoryMiB;
  // More than ordered is not a difference, unless the consumer ordered less by an update.
  if (tooSmall || (changed && size !== undefined && (vm.cpu !== size.cpu || vm.memoryMiB !== size.memoryMiB))) {
    const detail = `${vm.cpu} CPUs and ${vm.memoryMiB} MiB, ordered ${wanted.cpu} CPUs and ${wanted.memoryMiB} MiB`;
    planned.push({ do: 'scale', vm, what: 'VM size', detail });
  }
  // A pair with the same key may have another name.
  const names = [keyPairName(order.accessKey), ...(found.keyPairs ?? []).map((pair) => pair.name)];
  if (!names.some((name) => vm.keyPairs.includes(name))) {
    planned.push({ do: 'resetKey', vm, what: 'SSH key', detail: "the consumer's key is not in the VM" });
  }
  const group = wanted.affinity && affinityGroupName(order.identity, order.consumer, wanted.affinity.group);
  // Groups with other names belong to the provider.
  const groups = vm.affinityGroups.filter(isAffinityGroupName);
  if (groups.join() !== (group ?? '')) {
    const detail = `in ${groups.join(', ') || 'none'}, ordered ${group ?? 'none'}`;
    planned.push({ do: 'regroup', vm, what: 'affinity group', detail });
  }
  const { restart = 'Ordered' } = config;
  const allowed = vm.state === 'Stopped' || restart === 'Always' || (restart === 'Ordered' && changed);
  if (allowed) return planned;
  return planned.map(({ what, detail }) => ({ do: 'refuse', reason: 'VmRestartNeeded', path: '', what, detail }));
}

function tags({ order, vm: wanted }: WantedVm, vm: VirtualMachine): readonly Planned[] {
  const expected = new Map([
    [TENURE_TAG, order.identity.marker],
    [DESCRIPTOR_TAG, order.descriptorHash],
    [IMAGE_TAG, wanted.image],
  ]);
  const wrong = [...expected].filter(([key, value]) => vm.tags.has(key) && vm.tags.get(key) !== value);
  const absent = [...expected].filter(([key]) => !vm.tags.has(key));
  const what = 'VM tags';
  if (wrong.length > 0) {
    const keys = wrong.map(([key]) => key);
    return [{ do: 'untag', vm, keys, what, detail: `${keys.join(', ')} of an earlier order` }];
  }
  if (absent.length === 0) return [];
  return [{ do: 'tag', vm, tags: new Map(absent), what, detail: `${absent.map(([key]) => key).join(', ')} missing` }];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
