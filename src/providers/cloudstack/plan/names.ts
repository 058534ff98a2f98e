import { createHash } from 'node:crypto';
import type { TenureIdentity } from '../../../award/identity.ts';
import type { Network, SecurityGroup, VirtualMachine } from '../api/shapes.ts';

/**
 * Tags of a VM. They are set last: a VM that has them was realised as ordered once. Until then its display name, which is
 * set by the deploy itself, says whose it is.
 */
export const TENURE_TAG = 'dinfra-tenure';
/** Hash of the descriptor the VM was last made to match. */
export const DESCRIPTOR_TAG = 'dinfra-descriptor';
/** The image the consumer named: the template behind a name may change, which is no change of the order. */
export const IMAGE_TAG = 'dinfra-image';

/** Whether a VM is the tenure's. `knownId` is the id we wrote down ourselves, for a VM that lost both its marks. */
export function isOurVm(vm: VirtualMachine, identity: TenureIdentity, knownId: string | undefined): boolean {
  const tag = vm.tags.get(TENURE_TAG);
  if (tag !== undefined) return tag === identity.marker;
  // A display name that is a marker decides; any other was changed by somebody and says nothing.
  if (vm.displayName.startsWith('dinfra:')) return vm.displayName === identity.marker;
  return vm.id === knownId;
}

/** Networks and security groups carry the marker in their description, from the call that makes them. */
export function isOurNetwork(network: Network, identity: TenureIdentity): boolean {
  return network.name === identity.name && network.displayText === identity.marker;
}

export function isOurSecurityGroup(group: SecurityGroup, identity: TenureIdentity): boolean {
  return group.name === identity.name && group.description === identity.marker;
}

/**
 * Volumes and key pairs have no field for the marker but their name, so their name carries 64 bits of its digest: enough
 * to belong to one tenure of one chain.
 */
export function volumeName(identity: TenureIdentity, disk: string): string {
  return `${ownName(identity)}-${disk}`;
}

/** The disk a volume of the tenure is, or undefined when the volume is not the tenure's. */
export function diskOfVolume(name: string, identity: TenureIdentity): string | undefined {
  const prefix = `${ownName(identity)}-`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

export function keyPairName(identity: TenureIdentity): string {
  return ownName(identity);
}

/** One for each group a consumer names, shared by that consumer's tenures of one chain. */
export function affinityGroupName(identity: TenureIdentity, consumer: string, group: string): string {
  return `dinfra-${digest(JSON.stringify([identity.tenure.genesis, consumer, group]))}`;
}

/** Whether an affinity group of this name is a dinfra operator's, of whatever consumer and chain. */
export function isAffinityGroupName(name: string): boolean {
  return /^dinfra-[0-9a-f]{16}$/.test(name);
}

function ownName(identity: TenureIdentity): string {
  return `${identity.name}-${digest(identity.marker)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
