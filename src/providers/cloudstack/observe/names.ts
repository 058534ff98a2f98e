import { createHash } from 'node:crypto';
import type { TenureIdentity } from '../../../award/identity.ts';
import { openSshPublicKey } from '../../../ssh/openssh-public-key.ts';
import type { Network, SecurityGroup, VirtualMachine } from '../api/resources.ts';

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

/** Whether the VM was made to match another descriptor than this. What is no hash, somebody else has written. */
export function isMadeForAnother(vm: VirtualMachine, descriptorHash: string): boolean {
  const made = vm.tags.get(DESCRIPTOR_TAG);
  return made !== undefined && /^0x[0-9a-f]{64}$/.test(made) && made !== descriptorHash;
}

/** Networks and security groups carry the marker in their description, from the call that makes them. */
export function isOurNetwork(network: Network, identity: TenureIdentity): boolean {
  return network.name === identity.name && network.displayText === identity.marker;
}

export function isOurSecurityGroup(group: SecurityGroup, identity: TenureIdentity): boolean {
  return group.name === identity.name && group.description === identity.marker;
}

/**
 * Volumes have no field for the marker but their name, so the name carries 64 bits of its digest: enough to belong to one
 * tenure of one chain.
 */
export function volumeName(identity: TenureIdentity, disk: string): string {
  return `${volumeOwner(identity)}-${disk}`;
}

/** What the names of a tenure's volumes begin with. */
export function volumeOwner(identity: TenureIdentity): string {
  return `${identity.name}-${digest(identity.marker)}`;
}

/** What the name of a tenure's volume begins with, whichever tenure's; undefined for other volumes. */
export function ownerOfVolume(name: string): string | undefined {
  return /^(dinfra-\d+-\d+-[0-9a-f]{10}-[0-9a-f]{16})-/.exec(name)?.[1];
}

/** The disk a volume of the tenure is, or undefined when the volume is not the tenure's. */
export function diskOfVolume(name: string, identity: TenureIdentity): string | undefined {
  const prefix = `${volumeOwner(identity)}-`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

/**
 * CloudStack keeps one key pair for each public key and account, whatever its name: tenures of one access key share it.
 * A pair with the same key and another name, made by hand for instance, is used as it is and never removed.
 */
export function keyPairName(accessKey: string): string {
  return `dinfra-key-${digest(accessKey.toLowerCase())}`;
}

/** Whether a key pair of this name was made by a dinfra operator, for whichever consumer. */
export function isOurKeyPairName(name: string): boolean {
  return /^dinfra-key-[0-9a-f]{16}$/.test(name);
}

/** A consumer's access key as OpenSSH writes it. */
export function publicKeyOf(accessKey: string): string {
  return openSshPublicKey(Buffer.from(accessKey.replace(/^0x/, ''), 'hex'), 'dinfra');
}

/** The fingerprint by which CloudStack finds a public key in OpenSSH's form: MD5 of the key, in pairs. */
export function fingerprintOf(publicKey: string): string {
  const key = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return createHash('md5')
    .update(key)
    .digest('hex')
    .replaceAll(/(..)(?=.)/g, '$1:');
}

/** One for each group a consumer names, shared by that consumer's tenures of one chain. */
export function affinityGroupName(identity: TenureIdentity, consumer: string, group: string): string {
  return `dinfra-${digest(JSON.stringify([identity.tenure.genesis, consumer, group]))}`;
}

/** Whether an affinity group of this name is a dinfra operator's, of whatever consumer and chain. */
export function isAffinityGroupName(name: string): boolean {
  return /^dinfra-[0-9a-f]{16}$/.test(name);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
