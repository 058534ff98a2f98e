import { createHash } from 'node:crypto';
import type { TenureIdentity } from '../../../award/identity.ts';
import { openSshPublicKey } from '../../../ssh/openssh-public-key.ts';
import type { Network, SecurityGroup, VirtualMachine } from '../api/resources.ts';

/**
 * Tags of a VM. They are set last: a VM that has them was realised as ordered once. Until then its display name, which
 * the deploy itself sets, is its marker.
 */
export const TENURE_TAG = 'dinfra-tenure';
/** Hash of the descriptor that the VM was last changed to match. */
export const DESCRIPTOR_TAG = 'dinfra-descriptor';
/** The image that the consumer named: its template may be replaced without a change of the order. */
export const IMAGE_TAG = 'dinfra-image';

/** Whether a VM belongs to the tenure. `knownId` is the recorded id, for a VM that lost both its markers. */
export function isOurVm(vm: VirtualMachine, identity: TenureIdentity, knownId: string | undefined): boolean {
  const tag = vm.tags.get(TENURE_TAG);
  if (tag !== undefined) return tag === identity.marker;
  // A display name that is a marker decides; any other was edited and means nothing.
  if (vm.displayName.startsWith('dinfra:')) return vm.displayName === identity.marker;
  return vm.id === knownId;
}

/** Whether the VM was changed to match another descriptor. A value that is not a hash was written by others. */
export function isMadeForAnother(vm: VirtualMachine, descriptorHash: string): boolean {
  const made = vm.tags.get(DESCRIPTOR_TAG);
  return made !== undefined && /^0x[0-9a-f]{64}$/.test(made) && made !== descriptorHash;
}

/** Networks and security groups have the marker in their description, set by the call that creates them. */
export function isOurNetwork(network: Network, identity: TenureIdentity): boolean {
  return network.name === identity.name && network.displayText === identity.marker;
}

export function isOurSecurityGroup(group: SecurityGroup, identity: TenureIdentity): boolean {
  return group.name === identity.name && group.description === identity.marker;
}

/**
 * Volumes have no other field for the marker than their name, so the name contains 64 bits of its digest: enough to
 * identify one tenure of one chain.
 */
export function volumeName(identity: TenureIdentity, disk: string): string {
  return `${volumeOwner(identity)}-${disk}`;
}

/** The prefix of the names of a tenure's volumes. */
export function volumeOwner(identity: TenureIdentity): string {
  return `${identity.name}-${digest(identity.marker)}`;
}

/** The prefix in the name of any tenure's volume; undefined for other volumes. */
export function ownerOfVolume(name: string): string | undefined {
  return /^(dinfra-\d+-\d+-[0-9a-f]{10}-[0-9a-f]{16})-/.exec(name)?.[1];
}

/** The disk of the order that a volume realises; undefined if the volume does not belong to the tenure. */
export function diskOfVolume(name: string, identity: TenureIdentity): string | undefined {
  const prefix = `${volumeOwner(identity)}-`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

/**
 * CloudStack keeps one key pair for each public key and account, whatever its name: tenures of one access key share it.
 * A pair with the same key and another name, e.g. created by hand, is used as it is and never removed.
 */
export function keyPairName(accessKey: string): string {
  return `dinfra-key-${digest(accessKey.toLowerCase())}`;
}

/** Whether a key pair of this name was created by a dinfra operator, for any consumer. */
export function isOurKeyPairName(name: string): boolean {
  return /^dinfra-key-[0-9a-f]{16}$/.test(name);
}

/** A consumer's access key in OpenSSH's format. */
export function publicKeyOf(accessKey: string): string {
  return openSshPublicKey(Buffer.from(accessKey.replace(/^0x/, ''), 'hex'), 'dinfra');
}

/** The fingerprint by which CloudStack finds a public key: the MD5 of the key, in colon-separated hex pairs. */
export function fingerprintOf(publicKey: string): string {
  const key = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return createHash('md5')
    .update(key)
    .digest('hex')
    .replaceAll(/(..)(?=.)/g, '$1:');
}

/** The affinity group for a group that a consumer names, shared by that consumer's tenures of one chain. */
export function affinityGroupName(identity: TenureIdentity, consumer: string, group: string): string {
  return `dinfra-${digest(JSON.stringify([identity.tenure.genesis, consumer, group]))}`;
}

/** Whether an affinity group of this name was created by a dinfra operator, for any consumer and chain. */
export function isAffinityGroupName(name: string): boolean {
  return /^dinfra-[0-9a-f]{16}$/.test(name);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
