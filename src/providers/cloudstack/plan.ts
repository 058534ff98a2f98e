import type { ReasonOf } from '../../errors/catalogue.ts';
import type { Difference } from '../reactor.ts';
import type { CloudStackConfig } from './config.ts';
import type { Design } from './design.ts';
import type { Look } from './look.ts';
import { affinityGroupName, DESCRIPTOR_TAG, diskOfVolume, IMAGE_TAG, keyPairName, TENURE_TAG } from './names.ts';
import type {
  FirewallRule,
  Network,
  PortForwarding,
  PublicAddress,
  SecurityGroup,
  VirtualMachine,
  Volume,
} from './shapes.ts';
import type { DataDisk, Port } from './vm-order.ts';
import {
  compareEgress,
  compareForwards,
  compareGroup,
  compareIngress,
  egressRules,
  ingressRules,
  publicAddressFor,
  type WantedRule,
} from './wanted-rules.ts';

/** One thing that has to be done to make what is there what was ordered. */
export type Action =
  | { readonly do: 'registerKey' }
  | { readonly do: 'createNetwork' }
  | { readonly do: 'createSecurityGroup' }
  | { readonly do: 'createAffinityGroup' }
  | { readonly do: 'deploy' }
  | { readonly do: 'destroyDuplicate'; readonly vm: VirtualMachine }
  | { readonly do: 'deleteNetwork'; readonly network: Network }
  | { readonly do: 'deleteVolume'; readonly volume: Volume }
  | { readonly do: 'restoreName'; readonly vm: VirtualMachine }
  | { readonly do: 'associateAddress'; readonly network: Network }
  | { readonly do: 'enableStaticNat'; readonly address: PublicAddress; readonly vm: VirtualMachine }
  | { readonly do: 'openPort'; readonly address: PublicAddress; readonly rule: WantedRule }
  | { readonly do: 'closePort'; readonly rule: FirewallRule }
  | { readonly do: 'forwardPort'; readonly address: PublicAddress; readonly port: Port; readonly vm: VirtualMachine }
  | { readonly do: 'removeForward'; readonly rule: PortForwarding }
  | { readonly do: 'allowEgress'; readonly network: Network; readonly rule: WantedRule }
  | { readonly do: 'removeEgress'; readonly rule: FirewallRule }
  | {
      readonly do: 'authorize';
      readonly group: SecurityGroup;
      readonly direction: Direction;
      readonly rule: WantedRule;
    }
  | { readonly do: 'revoke'; readonly direction: Direction; readonly rule: string }
  | { readonly do: 'createVolume'; readonly disk: DataDisk; readonly zone: string }
  | { readonly do: 'attachVolume'; readonly volume: Volume; readonly vm: VirtualMachine }
  | { readonly do: 'growVolume'; readonly volume: Volume; readonly sizeGiB: number }
  | { readonly do: 'scale'; readonly vm: VirtualMachine }
  | { readonly do: 'resetKey'; readonly vm: VirtualMachine }
  | { readonly do: 'regroup'; readonly vm: VirtualMachine }
  /** What only a direct look can compare, because lists do not show it: user-data and the size of the root disk. */
  | { readonly do: 'applyChange'; readonly vm: VirtualMachine }
  | { readonly do: 'untag'; readonly vm: VirtualMachine; readonly keys: readonly string[] }
  | { readonly do: 'tag'; readonly vm: VirtualMachine; readonly tags: ReadonlyMap<string, string> }
  /** It cannot be done, or not without what is not allowed. */
  | { readonly do: 'refuse'; readonly reason: ReasonOf<'refused'>; readonly path: string };

type Direction = 'Ingress' | 'Egress';

/** An action with what is wrong while it is not done. */
export type Planned = Action & Difference;

const GIB = 1_073_741_824;

/** Actions that can only be done while the VM stands still. */
export function needsStop(action: Action): boolean {
  return action.do === 'scale' || action.do === 'resetKey' || action.do === 'regroup';
}

/** Whether two actions may be started in one step: they touch different things and need not wait for each other. */
export function mayShareStep(first: Action, other: Action): boolean {
  return stageOf(first) === stageOf(other);
}

/** The VM of a tenure that counts: the first one made; of several the one that is not broken. */
export function keeperOf(vms: readonly VirtualMachine[], known: string | undefined): VirtualMachine | undefined {
  const rank = (vm: VirtualMachine) => (vm.state === 'Error' ? 2 : 0) + (vm.id === known ? 0 : 1);
  return [...vms].sort((a, b) => rank(a) - rank(b) || compareText(a.created, b.created) || compareText(a.id, b.id))[0];
}

/**
 * Everything that has to be done, in order. Pure: the same look gives the same plan, and an empty plan means that what
 * is there is what was ordered.
 */
export function plan(
  design: Design,
  found: Look,
  known: string | undefined,
  config: CloudStackConfig,
): readonly Planned[] {
  const vm = keeperOf(found.vms, known);
  if (vm === undefined) return beforeDeploy(design, found, config);
  const changed = isChanged(design, vm);
  const work = [
    ...duplicates(found.vms, vm),
    ...names(design, vm),
    ...newImage(design, vm, changed),
    ...removalsFirst(connection(design, found, vm)),
    ...disks(design, found, vm),
    ...standstill(design, vm, changed, config),
    ...(changed ? [changedOrder(vm)] : []),
  ];
  // The tags say which descriptor the VM matches: not while a part of the change is refused.
  const refused = changed && work.some((action) => action.do === 'refuse');
  return refused ? work : [...work, ...tags(design, vm)];
}

function changedOrder(vm: VirtualMachine): Planned {
  return { do: 'applyChange', vm, what: 'descriptor', detail: 'the consumer changed the order' };
}

/** A rule in the way of another has to be gone first. */
function removalsFirst(planned: readonly Planned[]): readonly Planned[] {
  const removes = (action: Planned) => stageOf(action) === 'removals';
  return [...planned.filter(removes), ...planned.filter((action) => !removes(action))];
}

/** Whether the VM was made to match another descriptor than the order's. */
export function isChanged({ order }: Design, vm: VirtualMachine): boolean {
  const made = vm.tags.get(DESCRIPTOR_TAG);
  return made !== undefined && made !== order.descriptorHash;
}

function beforeDeploy({ order, vm }: Design, found: Look, { network }: CloudStackConfig): readonly Planned[] {
  const planned: Planned[] = [];
  if (found.keyPair === 'Absent') planned.push(missing({ do: 'registerKey' }, 'SSH key'));
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
    .filter((vm) => vm !== keeper)
    .map((vm) => ({ do: 'destroyDuplicate', vm, what: `VM ${vm.id}`, detail: `a second VM beside ${keeper.id}` }));
}

function names({ order }: Design, vm: VirtualMachine): readonly Planned[] {
  const { name, marker } = order.identity;
  if (vm.name === name && vm.displayName === marker) return [];
  return [{ do: 'restoreName', vm, what: 'VM name', detail: `"${vm.name}" (${vm.displayName}), expected "${name}"` }];
}

function newImage({ vm: wanted }: Design, vm: VirtualMachine, changed: boolean): readonly Planned[] {
  const image = vm.tags.get(IMAGE_TAG);
  if (!changed || image === undefined || image === wanted.image) return [];
  return [lossy('/image', 'image', `"${image}", ordered "${wanted.image}", which would need a new VM`)];
}

/** How the VM is connected is read off the VM itself: the Reactor may make new ones otherwise today. */
function connection(design: Design, found: Look, vm: VirtualMachine): readonly Planned[] {
  const { vm: wanted, publicAccess } = design;
  const network = found.networks.find(({ id }) => vm.nics.some((nic) => nic.network === id));
  if (network === undefined) return guarded(design, found, vm);
  const planned: Planned[] = found.networks
    .filter((other) => other !== network)
    .map((other) => ({ do: 'deleteNetwork', network: other, what: `network ${other.id}`, detail: 'a second network' }));
  const address = publicAddressFor(publicAccess, onlyIn(network, found.addresses));
  const isStatic = publicAccess === 'StaticNat';
  if (wanted.ports.length > 0 && isStatic && address === undefined) {
    planned.push({ do: 'associateAddress', network, what: 'public address', detail: 'missing' });
  }
  if (wanted.ports.length > 0 && isStatic && address !== undefined && address.vm !== vm.id) {
    planned.push({ do: 'enableStaticNat', address, vm, what: `static NAT of ${address.ip}`, detail: 'not to the VM' });
  }
  for (const own of onlyIn(network, found.addresses)) planned.push(...portsOf(design, found, vm, own, own === address));
  const egress = compareEgress(egressRules(wanted, network.egressAllowed), onlyIn(network, found.egress));
  planned.push(
    ...egress.extra.map((rule) => extra({ do: 'removeEgress', rule }, `egress rule ${rule.protocol}`)),
    ...egress.missing.map((rule) => missing({ do: 'allowEgress', network, rule }, rule.what)),
  );
  return planned;
}

function onlyIn<T extends { readonly network: string | undefined }>(
  network: Network,
  rows: readonly T[],
): readonly T[] {
  return rows.filter((row) => row.network === network.id);
}

/** What is open on one address; only the one that is the VM's has anything. */
function portsOf(
  { vm: wanted, publicAccess }: Design,
  found: Look,
  vm: VirtualMachine,
  address: PublicAddress,
  isPublic: boolean,
): readonly Planned[] {
  const onIt = (rule: { readonly address: string | undefined }) => rule.address === address.id;
  const ports = isPublic ? wanted.ports : [];
  const firewall = compareIngress(isPublic ? ingressRules(wanted) : [], found.firewall.filter(onIt));
  const forwarded = publicAccess === 'PortForwarding' ? ports : [];
  const forwards = compareForwards(forwarded, found.forwards.filter(onIt), vm.id);
  return [
    ...forwards.extra.map((rule) => extra({ do: 'removeForward', rule }, `forward of port ${rule.publicStart}`)),
    ...firewall.extra.map((rule) => extra({ do: 'closePort', rule }, `open port ${rule.startPort ?? 'any'}`)),
    ...firewall.missing.map((rule) => missing({ do: 'openPort', address, rule }, `firewall for ${rule.what}`)),
    ...forwards.missing.map((port) =>
      missing({ do: 'forwardPort', address, port, vm }, `forward of port ${port.port}`),
    ),
  ];
}

function guarded({ order, vm: wanted }: Design, found: Look, vm: VirtualMachine): readonly Planned[] {
  const group = found.securityGroups.find(({ name }) => vm.securityGroups.includes(name));
  if (group === undefined || group.name !== order.identity.name) return [];
  const { ingress, egress } = compareGroup(wanted, group);
  const both = [
    ['Ingress', ingress],
    ['Egress', egress],
  ] as const;
  return both.flatMap(([direction, difference]) => [
    ...difference.extra.map((rule) =>
      extra({ do: 'revoke', direction, rule: rule.id }, `${direction} from ${rule.cidr}`),
    ),
    ...difference.missing.map((rule) => missing({ do: 'authorize', group, direction, rule }, rule.what)),
  ]);
}

function disks({ order, vm: wanted }: Design, found: Look, vm: VirtualMachine): readonly Planned[] {
  const planned: Planned[] = [];
  for (const disk of wanted.dataDisks) {
    const what = `disk ${disk.name}`;
    const named = found.volumes.filter((row) => diskOfVolume(row.name, order.identity) === disk.name);
    const volume = named.find((row) => row.vm === vm.id) ?? named[0];
    // Twins come from a call that was sent twice; one that never held data can go.
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

/** Changes for which the VM has to be stopped: done when that is allowed, else said. */
function standstill(
  { order, vm: wanted, size }: Design,
  vm: VirtualMachine,
  changed: boolean,
  config: CloudStackConfig,
): readonly Planned[] {
  const planned: Planned[] = [];
  const tooSmall = vm.cpu < wanted.cpu || vm.memoryMiB < wanted.memoryMiB;
  // More than ordered is no difference, unless the consumer asked for less.
  if (tooSmall || (changed && size !== undefined && (vm.cpu !== size.cpu || vm.memoryMiB !== size.memoryMiB))) {
    const detail = `${vm.cpu} CPUs and ${vm.memoryMiB} MiB, ordered ${wanted.cpu} CPUs and ${wanted.memoryMiB} MiB`;
    planned.push({ do: 'scale', vm, what: 'VM size', detail });
  }
  const key = keyPairName(order.identity);
  if (!vm.keyPairs.includes(key)) {
    planned.push({ do: 'resetKey', vm, what: 'SSH key', detail: "the consumer's key is not in the VM" });
  }
  const group = wanted.affinity && affinityGroupName(order.identity, order.consumer, wanted.affinity.group);
  // Groups of other names are the provider's own business.
  const groups = vm.affinityGroups.filter((name) => name.startsWith('dinfra-'));
  if (groups.join() !== (group ?? '')) {
    const detail = `in ${groups.join(', ') || 'none'}, ordered ${group ?? 'none'}`;
    planned.push({ do: 'regroup', vm, what: 'affinity group', detail });
  }
  const { restart = 'Ordered' } = config;
  const allowed = vm.state === 'Stopped' || restart === 'Always' || (restart === 'Ordered' && changed);
  if (allowed) return planned;
  return planned.map(({ what, detail }) => ({ do: 'refuse', reason: 'VmRestartNeeded', path: '', what, detail }));
}

function tags({ order, vm: wanted }: Design, vm: VirtualMachine): readonly Planned[] {
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

/** What may be started together: rules of all kinds, disks of one step; everything else alone. */
function stageOf(action: Action): string {
  switch (action.do) {
    case 'closePort':
    case 'removeForward':
    case 'removeEgress':
    case 'revoke':
      return 'removals';
    case 'openPort':
    case 'forwardPort':
    case 'allowEgress':
    case 'authorize':
      return 'rules';
    default:
      return action.do;
  }
}

function missing(action: Action, what: string): Planned {
  return { ...action, what, detail: 'missing' };
}

function extra(action: Action, what: string): Planned {
  return { ...action, what, detail: 'was not ordered' };
}

function lossy(path: string, what: string, detail: string): Planned {
  return { do: 'refuse', reason: 'VmChangeRefused', path, what, detail };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
