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

/** What CloudStack has of a tenure. */
export interface FoundResources extends Connections {
  /** Ours. More than one when deploys raced. */
  readonly vms: readonly VirtualMachine[];
  /** VMs that have our name and are not ours. */
  readonly foreignVms: readonly VirtualMachine[];
  readonly securityGroups: readonly SecurityGroup[];
  /** Our data disks, attached or not. */
  readonly volumes: readonly Volume[];
  /** Data disks attached to our VMs that are not ours. */
  readonly foreignVolumes: readonly Volume[];
  /** Pairs with the consumer's key, whatever their names; undefined when nobody looked. */
  readonly keyPairs: readonly KeyPair[] | undefined;
  /** Name of the tenure's key pair when no VM uses it any more: part of what has to be removed. */
  readonly unusedKeyPair: string | undefined;
}

/** The tenure's own networks and what is in them. */
export interface Connections {
  readonly networks: readonly Network[];
  readonly addresses: readonly PublicAddress[];
  readonly forwards: readonly PortForwarding[];
  readonly firewall: readonly FirewallRule[];
  readonly egress: readonly FirewallRule[];
}

/** Which kinds of resources to look for, beside the VM. */
export interface Scope {
  readonly networks: boolean;
  readonly securityGroups: boolean;
  readonly volumes: boolean;
  /** Disks others attached: free in a shared listing, a call by itself. */
  readonly attached: boolean;
  /** The fingerprint of the consumer's key; undefined when pairs need not be found by it. */
  readonly fingerprint: string | undefined;
  /** Whether a key pair that nobody uses may be left of the tenure. */
  readonly unusedKeyPair: boolean;
}

/** Everything a tenure can have, whatever the Reactor says today: what removal and the proof of absence look for. */
export const everything: Scope = {
  networks: true,
  securityGroups: true,
  volumes: true,
  attached: false,
  fingerprint: undefined,
  unusedKeyPair: true,
};

/** Whether nothing of the tenure was found. */
export function isEmpty(found: FoundResources): boolean {
  const { vms, networks, securityGroups, volumes, unusedKeyPair } = found;
  return vms.length + networks.length + securityGroups.length + volumes.length === 0 && unusedKeyPair === undefined;
}

/** What of an order decides what has to be looked for. */
export interface Expected {
  readonly descriptorHash: string;
  readonly accessKey: string;
  /** Fingerprint of the access key. */
  readonly fingerprint: string;
  readonly dataDisks: number;
}

/** What has to be found to compare a VM with an order; without a VM, everything that may be left of it. */
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

/** What a new VM may collide with. */
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
 * Finds what CloudStack has of a tenure. What is looked for beside the VM may depend on the VM. `known` are parts that
 * were read, or made by us, so recently that they need not be read again.
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
  // Somebody may have renamed it; two tag filters would be joined by OR, so compare here, too.
  const tagged = await reader.tagged(TENURE_TAG, identity.marker, signal);
  const marked = tagged.filter((vm) => isOurVm(vm, identity, memo.vm));
  if (marked.length > 0 || memo.vm === undefined) return { vms: marked, foreignVms };
  const known = await reader.virtualMachine(memo.vm, signal);
  return { vms: known !== undefined && isOurVm(known, identity, memo.vm) ? [known] : [], foreignVms };
}

/** A network may lose its description; then the VM that is in it, or our own memo, says that it is ours. */
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

/** Everything of the account that carries the marker of a tenure, whichever it is. `scope` is the project, or nothing. */
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

/** The tag decides, as it does when a tenure's VM is looked for. */
function markerOf({ tags, displayName }: VirtualMachine): string {
  return tags.get(TENURE_TAG) ?? displayName;
}
