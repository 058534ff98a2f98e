import { parseMarker, type TenureIdentity } from '../../../award/identity.ts';
import type { Marked } from '../../port.ts';
import type { CloudStackClient } from '../api/client.ts';
import {
  type FirewallRule,
  type KeyPair,
  type Network,
  networkOf,
  type PortForwarding,
  type PublicAddress,
  type SecurityGroup,
  securityGroupOf,
  type VirtualMachine,
  type Volume,
  virtualMachineOf,
} from '../api/resources.ts';
import type { Parameters } from '../api/signing.ts';
import type { TenureMemo } from './memo.ts';
import {
  diskOfVolume,
  isMadeForAnother,
  isOurKeyPairName,
  isOurNetwork,
  isOurSecurityGroup,
  isOurVm,
  keyPairName,
  TENURE_TAG,
  volumeOwner,
} from './names.ts';
import type { ResourceReader } from './reader.ts';

/** The resources of a tenure in CloudStack. */
export interface FoundResources extends Connections {
  /** VMs of the tenure. More than one after deploys that raced. */
  readonly vms: readonly VirtualMachine[];
  /** VMs that have the tenure's name but are not marked as its own. */
  readonly foreignVms: readonly VirtualMachine[];
  readonly securityGroups: readonly SecurityGroup[];
  /** Data disks of the tenure, attached or not. */
  readonly volumes: readonly Volume[];
  /** Other data disks that are attached to its VMs. */
  readonly foreignVolumes: readonly Volume[];
  /** Key pairs with the consumer's key, whatever their names; undefined if they were not read. */
  readonly keyPairs: readonly KeyPair[] | undefined;
  /** Name of the tenure's key pair if no VM uses it any more: it then has to be removed, too. */
  readonly unusedKeyPair: string | undefined;
}

/** The tenure's own networks and their contents. */
export interface Connections {
  readonly networks: readonly Network[];
  readonly addresses: readonly PublicAddress[];
  readonly forwards: readonly PortForwarding[];
  readonly firewall: readonly FirewallRule[];
  readonly egress: readonly FirewallRule[];
}

/** The kinds of resources to look for, in addition to the VM. */
export interface Scope {
  readonly networks: boolean;
  readonly securityGroups: boolean;
  readonly volumes: boolean;
  /** Disks that others attached: free in a shared listing, otherwise one more call. */
  readonly attached: boolean;
  /** The fingerprint of the consumer's key; undefined if key pairs are not needed. */
  readonly fingerprint: string | undefined;
  /** Whether to look for an unused key pair of the tenure. */
  readonly unusedKeyPair: boolean;
}

/** Everything a tenure can have, whatever the Reactor says now: for removal and for the proof of absence. */
export const everything: Scope = {
  networks: true,
  securityGroups: true,
  volumes: true,
  attached: false,
  fingerprint: undefined,
  unusedKeyPair: true,
};

/** True if nothing of the tenure was found. */
export function isEmpty(found: FoundResources): boolean {
  const { vms, networks, securityGroups, volumes, unusedKeyPair } = found;
  return vms.length + networks.length + securityGroups.length + volumes.length === 0 && unusedKeyPair === undefined;
}

/** The parts of an order that decide which resources to look for. */
export interface Expected {
  readonly descriptorHash: string;
  readonly accessKey: string;
  /** Fingerprint of the access key. */
  readonly fingerprint: string;
  readonly dataDisks: number;
}

/** The resources needed to compare a VM with an order; without a VM, everything that may be left of it. */
export function scopeToCompare(
  { name }: TenureIdentity,
  expected: Expected | undefined,
  attached: boolean,
): (vms: readonly VirtualMachine[]) => Scope {
  return (vms) => {
    if (vms.length === 0) return everything;
    const changed = expected !== undefined && vms.some((vm) => isMadeForAnother(vm, expected.descriptorHash));
    const usualKey = expected === undefined || vms.every((vm) => vm.keyPairs.includes(keyPairName(expected.accessKey)));
    return {
      networks: vms.some((vm) => vm.nics.some((nic) => nic.networkName === name)),
      securityGroups: vms.some((vm) => vm.securityGroups.includes(name)),
      volumes: changed || (expected?.dataDisks ?? 1) > 0,
      attached,
      fingerprint: usualKey ? undefined : expected.fingerprint,
      unusedKeyPair: false,
    };
  };
}

/** The resources that a new VM may collide with. */
export function scopeToCreate(mode: 'Isolated' | 'Shared', securityGroups: boolean) {
  return (vms: readonly VirtualMachine[]): Scope => ({
    networks: mode === 'Isolated',
    securityGroups,
    volumes: vms.length > 0,
    attached: false,
    fingerprint: undefined,
    unusedKeyPair: false,
  });
}

/**
 * Finds the resources of a tenure in CloudStack. The scope beside the VM may depend on the VM. `known` are parts that
 * were read, or created by us, so recently that they need not be read again.
 */
export async function findResources(
  identity: TenureIdentity,
  memo: TenureMemo,
  scopeOf: (vms: readonly VirtualMachine[]) => Scope,
  reader: ResourceReader,
  signal: AbortSignal,
  known: Partial<Connections> = {},
): Promise<FoundResources> {
  const machines = await findVirtualMachines(identity, memo, reader, signal);
  const scope = scopeOf(machines.vms);
  const { fingerprint } = scope;
  const [networks, securityGroups, volumes, attached, keyPairs, unusedKeyPair] = await Promise.all([
    scope.networks ? (known.networks ?? reader.networks(identity.name, signal)) : [],
    scope.securityGroups ? reader.securityGroups(identity.name, signal) : [],
    scope.volumes ? reader.volumes(volumeOwner(identity), signal) : [],
    scope.attached ? Promise.all(machines.vms.map(({ id }) => reader.attached(id, signal))) : [],
    fingerprint === undefined ? undefined : reader.keyPairs({ fingerprint }, signal),
    scope.unusedKeyPair ? findUnusedKeyPair(memo.keyPair, reader, signal) : undefined,
  ]);
  const own = networks.filter((network) => isOwnNetwork(network, identity, memo, machines.vms));
  return {
    ...machines,
    networks: own,
    ...(await findConnections(own, reader, signal, known)),
    securityGroups: securityGroups.filter((group) => isOurSecurityGroup(group, identity)),
    volumes: volumes.filter((volume) => diskOfVolume(volume.name, identity) !== undefined),
    foreignVolumes: attached.flat().filter((volume) => diskOfVolume(volume.name, identity) === undefined),
    keyPairs: keyPairs?.filter((pair) => pair.fingerprint === fingerprint),
    unusedKeyPair,
  };
}

async function findVirtualMachines(
  identity: TenureIdentity,
  memo: TenureMemo,
  reader: ResourceReader,
  signal: AbortSignal,
): Promise<Pick<FoundResources, 'vms' | 'foreignVms'>> {
  // listVirtualMachines name= matches substrings before 4.20: compare exactly.
  const named = (await reader.virtualMachines(identity.name, signal)).filter((vm) => vm.name === identity.name);
  const vms = named.filter((vm) => isOurVm(vm, identity, memo.vm));
  const foreignVms = named.filter((vm) => !vms.includes(vm));
  if (vms.length > 0) return { vms, foreignVms };
  // It may have been renamed. Two tag filters would be joined by OR: compare here, too.
  const tagged = await reader.tagged(TENURE_TAG, identity.marker, signal);
  const marked = tagged.filter((vm) => isOurVm(vm, identity, memo.vm));
  if (marked.length > 0 || memo.vm === undefined) return { vms: marked, foreignVms };
  const known = await reader.virtualMachine(memo.vm, signal);
  return { vms: known !== undefined && isOurVm(known, identity, memo.vm) ? [known] : [], foreignVms };
}

/** A network may lose its description. Then the VM in it, or the memo, identifies it as the tenure's. */
function isOwnNetwork(
  network: Network,
  identity: TenureIdentity,
  memo: TenureMemo,
  vms: readonly VirtualMachine[],
): boolean {
  if (isOurNetwork(network, identity)) return true;
  if (network.name !== identity.name || network.displayText.startsWith('dinfra:')) return false;
  if (network.type !== 'Isolated') return false;
  return network.id === memo.network || vms.some((vm) => vm.nics.some((nic) => nic.network === network.id));
}

async function findConnections(
  networks: readonly Network[],
  reader: ResourceReader,
  signal: AbortSignal,
  known: Partial<Connections>,
): Promise<Omit<Connections, 'networks'>> {
  const of = async <T>(ask: (network: string, signal: AbortSignal) => Promise<readonly T[]>) =>
    (await Promise.all(networks.map(({ id }) => ask(id, signal)))).flat();
  const ids = new Set(networks.map(({ id }) => id));
  const ours = (row: { readonly network: string | undefined }) => row.network !== undefined && ids.has(row.network);
  const [addresses, forwards, firewall, egress] = await Promise.all([
    known.addresses ?? of((id, s) => reader.addresses(id, s)),
    known.forwards ?? of((id, s) => reader.forwards(id, s)),
    known.firewall ?? of((id, s) => reader.firewall(id, s)),
    known.egress ?? of((id, s) => reader.egress(id, s)),
  ]);
  return {
    addresses: addresses.filter(ours),
    forwards: forwards.filter(ours),
    firewall: firewall.filter(ours),
    egress: egress.filter(ours),
  };
}

async function findUnusedKeyPair(
  name: string | undefined,
  reader: ResourceReader,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (name === undefined || !isOurKeyPairName(name)) return undefined;
  const pairs = await reader.keyPairs({ name }, signal);
  if (pairs === undefined || !pairs.some((pair) => pair.name === name)) return undefined;
  return (await reader.isKeyPairUsed(name, signal)) ? undefined : name;
}

/** Lists everything in the account that has the marker of any tenure. `scope` is the project, or empty. */
export async function listMarked(
  client: CloudStackClient,
  scope: Parameters,
  signal: AbortSignal,
): Promise<readonly Marked[]> {
  const all = (command: string) => client.list(command, scope, signal);
  const [vms, networks, groups] = await Promise.all([
    all('listVirtualMachines'),
    all('listNetworks'),
    all('listSecurityGroups'),
  ]);
  return [
    ...vms.map(virtualMachineOf).map((vm) => ({ marker: markerOf(vm), what: `VM ${vm.name} (${vm.state})` })),
    ...networks.map(networkOf).map(({ name, displayText }) => ({ marker: displayText, what: `network ${name}` })),
    ...groups
      .map(securityGroupOf)
      .map(({ name, description }) => ({ marker: description, what: `security group ${name}` })),
  ].filter(({ marker }) => parseMarker(marker) !== undefined);
}

/** The marker of a VM: the tag has precedence, as everywhere. */
function markerOf({ tags, displayName }: VirtualMachine): string {
  return tags.get(TENURE_TAG) ?? displayName;
}
