import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import type { Network, VirtualMachine } from '../api/resources.ts';
import type { Parameters } from '../api/signing.ts';
import type { CloudCatalogue, ZoneEntry } from '../observe/cloud-catalogue.ts';
import type { FoundResources } from '../observe/found.ts';
import type { TenureMemo } from '../observe/memo.ts';
import type { Planned } from './action.ts';
import { encodeUserData } from './user-data.ts';
import { ANYWHERE, type VmOrder } from './vm-order.ts';
import type { WantedVm } from './wanted-vm.ts';

/** CloudStack's own isolated network offering. */
const DEFAULT_OFFERING = 'DefaultIsolatedNetworkOfferingWithSourceNatService';

/** CloudStack's code for a deploy that found no host. */
const NO_ROOM = 533;

/** The ids of everything that a new VM is created from. */
export interface DeployInputs {
  readonly zone: string;
  readonly template: string;
  /** Size of the template in GiB, which is the size of the root disk unless a larger one is ordered. */
  readonly templateGiB: number;
  readonly offering: Offering;
  readonly connection: Connection;
  readonly userData: string | undefined;
}

/** A service offering, with the parameters of a customised one. */
export interface Offering {
  readonly id: string;
  /** `details[0].…`: CloudStack expects all of them at the same index. */
  readonly details: Parameters;
}

/** How a new VM is connected. */
export type Connection =
  | { readonly kind: 'Isolated'; readonly offering: string }
  | { readonly kind: 'Shared'; readonly network: string; readonly securityGroup: boolean };

/**
 * Finds the inputs of a new VM in the cloud, by reading only. Throws a TerminalError that names the field of the
 * descriptor or of the Reactor that cannot be satisfied.
 */
export async function findDeployInputs(
  wanted: WantedVm,
  config: CloudStackConfig,
  zone: string,
  catalogue: CloudCatalogue,
  signal: AbortSignal,
): Promise<DeployInputs> {
  const { vm } = wanted;
  const userData = encodeUserData(vm);
  const image = imageOf(vm, config);
  checkRootDisk(vm, config);
  checkDataDisks(vm, config);
  const found = await catalogue.zone(zone, signal);
  const [offering, template, connection] = await Promise.all([
    findOffering(wanted, catalogue, signal),
    catalogue.template(image, found.id, signal),
    findConnection(vm, config, found, catalogue, signal),
    findDiskOffering(vm, config, catalogue, signal),
  ]);
  const templateGiB = Math.ceil((template.sizeBytes ?? 0) / 2 ** 30);
  return { zone: found.id, template: template.id, templateGiB, offering, connection, userData };
}

/**
 * Checks, by reading only, that the planned changes of a VM are possible. What the VM was created from may be gone.
 * Throws as findDeployInputs does.
 */
export async function checkChangeInputs(
  { wanted, found, vm, planned }: ChangeAsked,
  config: CloudStackConfig,
  catalogue: CloudCatalogue,
  signal: AbortSignal,
): Promise<void> {
  const order = wanted.vm;
  encodeUserData(order);
  const network = found.networks.find(({ id }) => vm.nics.some((nic) => nic.network === id));
  if (network === undefined) checkShared(order, found.securityGroups.length > 0);
  else checkEgress(order, network.egressAllowed);
  checkRootDisk(order, config);
  if (planned.some((action) => action.do === 'createVolume' || action.do === 'growVolume')) {
    checkDataDisks(order, config);
    await findDiskOffering(order, config, catalogue, signal);
  }
  if (planned.some((action) => action.do === 'scale')) await findOffering(wanted, catalogue, signal);
}

/** An existing VM, and its new order. */
export interface ChangeAsked {
  readonly wanted: WantedVm;
  readonly found: FoundResources;
  readonly vm: VirtualMachine;
  readonly planned: readonly Planned[];
}

/** The offering for a size. Throws VmSizeNotOffered if there is none. */
export async function findOffering(
  { vm, size }: WantedVm,
  catalogue: CloudCatalogue,
  signal: AbortSignal,
): Promise<Offering> {
  if (size === undefined) {
    throw notOffered(`cpu is ${vm.cpu} and memoryMiB is ${vm.memoryMiB}; no size offered has that much`, '/cpu');
  }
  const { id, name, customized } = await catalogue.serviceOffering(size.offering, signal);
  if (size.custom === undefined && !customized) return { id, details: {} };
  if (size.custom === undefined || !customized) {
    const is = customized ? 'customised; name it as customSize' : 'of a fixed size; name it among sizes';
    throw new TerminalError('CloudStackOfferingUnknown', { message: `the service offering "${name}" is ${is}` });
  }
  const { cpuSpeedMHz } = size.custom;
  const details = {
    'details[0].cpuNumber': String(size.cpu),
    'details[0].memory': String(size.memoryMiB),
    ...(cpuSpeedMHz === undefined ? {} : { 'details[0].cpuSpeed': String(cpuSpeedMHz) }),
  };
  return { id, details };
}

/** The offering for data disks; undefined if none are ordered. */
export async function findDiskOffering(
  vm: VmOrder,
  config: CloudStackConfig,
  catalogue: CloudCatalogue,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (vm.dataDisks.length === 0 || config.dataDisks === undefined) return undefined;
  const offering = await catalogue.diskOffering(config.dataDisks.offering, signal);
  if (offering.customized) return offering.id;
  throw new TerminalError('CloudStackOfferingUnknown', {
    message: `the disk offering "${offering.name}" has a fixed size; dataDisks needs a customised one`,
  });
}

function imageOf(vm: VmOrder, config: CloudStackConfig): string {
  const image = config.images.find(({ name }) => name === vm.image);
  if (image !== undefined) return image.template;
  const offered = config.images.map(({ name }) => name).join(', ');
  throw new TerminalError('VmImageNotOffered', {
    message: `image is "${vm.image}"; offered are ${offered}`,
    path: '/image',
  });
}

function checkRootDisk({ rootDiskGiB }: VmOrder, { maxRootDiskGiB: max = 100 }: CloudStackConfig): void {
  if (rootDiskGiB === undefined || rootDiskGiB <= max) return;
  throw notOffered(`rootDiskGiB is ${rootDiskGiB}; at most ${max} is offered`, '/rootDiskGiB');
}

function checkDataDisks(vm: VmOrder, config: CloudStackConfig): void {
  if (vm.dataDisks.length > 0 && config.dataDisks === undefined) {
    throw notOffered('dataDisks are not offered', '/dataDisks');
  }
  const maxData = config.dataDisks?.maxGiB ?? 1_000;
  for (const [index, { sizeGiB }] of vm.dataDisks.entries()) {
    if (sizeGiB <= maxData) continue;
    const path = `/dataDisks/${index}/sizeGiB`;
    throw notOffered(`dataDisks.${index}.sizeGiB is ${sizeGiB}; at most ${maxData} is offered`, path);
  }
}

async function findConnection(
  vm: VmOrder,
  config: CloudStackConfig,
  zone: ZoneEntry,
  catalogue: CloudCatalogue,
  signal: AbortSignal,
): Promise<Connection> {
  const { network } = config;
  if (network.mode === 'Isolated') {
    const offering = await catalogue.networkOffering(network.offering ?? DEFAULT_OFFERING, signal);
    if (offering.guestType !== 'Isolated') {
      throw badNetwork(
        `the network offering "${offering.name}" makes ${offering.guestType} networks, not isolated ones`,
      );
    }
    checkEgress(vm, offering.egressAllowed);
    return { kind: 'Isolated', offering: offering.id };
  }
  const scope: Parameters = config.project === undefined ? {} : { projectid: config.project };
  const shared = await catalogue.sharedNetwork(network.network, scope, signal);
  if (shared.zone !== zone.id) throw badNetwork(`the network "${network.network}" is not in the zone "${zone.name}"`);
  const securityGroup = network.securityGroups ?? true;
  if (securityGroup && !shared.services.has('SecurityGroup')) {
    throw badNetwork(
      `the network "${network.network}" has no security groups; set network.securityGroups to false to do without`,
    );
  }
  checkShared(vm, securityGroup);
  return { kind: 'Shared', network: shared.id, securityGroup };
}

/** Rejects what an isolated network cannot provide. */
function checkEgress({ egress }: VmOrder, open: boolean): void {
  if (open && egress !== 'All') throw unconnectable('networks of this provider allow all egress', '/network/egress');
}

/** Rejects what a shared network cannot provide. */
function checkShared(vm: VmOrder, securityGroup: boolean): void {
  const why = 'VMs of this provider share a network, which cannot be closed for one of them';
  if (vm.egress === 'None' || (!securityGroup && vm.egress !== 'All')) throw unconnectable(why, '/network/egress');
  const guarded = vm.ports.findIndex(({ from }) => from.some((cidr) => cidr !== ANYWHERE));
  if (!securityGroup && guarded >= 0) throw unconnectable(why, `/network/ports/${guarded}/from`);
}

function notOffered(message: string, path: string): TerminalError {
  return new TerminalError('VmSizeNotOffered', { message, path });
}

function badNetwork(message: string): TerminalError {
  return new TerminalError('CloudStackNetworkUnknown', { message });
}

function unconnectable(why: string, path: string): TerminalError {
  const field = path.slice(1).replaceAll('/', '.');
  return new TerminalError('VmNetworkNotOffered', { message: `${field} cannot be kept: ${why}`, path });
}

/**
 * Name or id of the zone for a new VM: the next one after each deploy that found no capacity. A shared network has a
 * single zone.
 */
export function zoneFor({ zones, network }: CloudStackConfig, { failure }: TenureMemo): string {
  const attempt = network.mode === 'Isolated' && failure?.code === NO_ROOM ? failure.count : 0;
  return zones[attempt % zones.length] ?? '';
}

/**
 * Networks of a tenure in the wrong zone after its VM moved to another one for lack of capacity: networks cannot move.
 */
export async function networksToLeave(
  { vms, networks }: FoundResources,
  memo: TenureMemo,
  config: CloudStackConfig,
  catalogue: CloudCatalogue,
  signal: AbortSignal,
): Promise<readonly Network[]> {
  if (vms.length > 0 || networks.length === 0 || memo.failure?.code !== NO_ROOM) return [];
  const zone = await catalogue.zone(zoneFor(config, memo), signal);
  return networks.filter((network) => network.zone !== zone.id);
}
