import type { TenureIdentity } from '../../../award/identity.ts';
import type {
  FirewallRule,
  KeyPair,
  Network,
  PortForwarding,
  PublicAddress,
  SecurityGroup,
  VirtualMachine,
  Volume,
} from '../api/shapes.ts';
import type { Notes } from '../plan/memo.ts';
import {
  diskOfVolume,
  isOurNetwork,
  isOurSecurityGroup,
  isOurVm,
  keyPairName,
  TENURE_TAG,
  volumeName,
} from '../plan/names.ts';
import type { Source } from './source.ts';

/** What there is of a tenure. */
export interface Look {
  /** Ours. More than one when deploys raced. */
  readonly vms: readonly VirtualMachine[];
  /** VMs that have our name and are not ours. */
  readonly strangers: readonly VirtualMachine[];
  readonly networks: readonly Network[];
  /** Of our networks. */
  readonly addresses: readonly PublicAddress[];
  readonly forwards: readonly PortForwarding[];
  readonly firewall: readonly FirewallRule[];
  readonly egress: readonly FirewallRule[];
  readonly securityGroups: readonly SecurityGroup[];
  /** Our data disks, attached or not. */
  readonly volumes: readonly Volume[];
  /** Undefined when nobody looked. */
  readonly keyPair: KeyPair | 'Absent' | undefined;
}

/** Which kinds of things to look for, beside the VM. */
export interface Scope {
  readonly networks: boolean;
  readonly securityGroups: boolean;
  readonly volumes: boolean;
  readonly keyPairs: boolean;
}

/** Everything a tenure can have, whatever the Reactor says today: what removal and the proof of absence look for. */
export const everything: Scope = { networks: true, securityGroups: true, volumes: true, keyPairs: true };

/** Looks for what a tenure has. What is looked for beside the VM may depend on the VM. */
export async function look(
  identity: TenureIdentity,
  notes: Notes,
  scopeOf: (vms: readonly VirtualMachine[]) => Scope,
  source: Source,
  signal: AbortSignal,
): Promise<Look> {
  const machines = await virtualMachines(identity, notes, source, signal);
  const scope = scopeOf(machines.vms);
  const [networks, securityGroups, volumes, keyPair] = await Promise.all([
    scope.networks ? source.networks(identity.name, signal) : [],
    scope.securityGroups ? source.securityGroups(identity.name, signal) : [],
    scope.volumes ? source.volumes(volumeName(identity, ''), signal) : [],
    scope.keyPairs ? keyPairNamed(keyPairName(identity), source, signal) : undefined,
  ]);
  const own = networks.filter((network) => isOurs(network, identity, notes, machines.vms));
  return {
    ...machines,
    networks: own,
    ...(await connections(own, source, signal)),
    securityGroups: securityGroups.filter((group) => isOurSecurityGroup(group, identity)),
    volumes: volumes.filter((volume) => diskOfVolume(volume.name, identity) !== undefined),
    keyPair,
  };
}

/** Whether nothing at all was found. */
export function isEmpty(found: Look): boolean {
  return (
    found.vms.length === 0 &&
    found.networks.length === 0 &&
    found.securityGroups.length === 0 &&
    found.volumes.length === 0 &&
    (found.keyPair === 'Absent' || found.keyPair === undefined)
  );
}

async function virtualMachines(
  identity: TenureIdentity,
  notes: Notes,
  source: Source,
  signal: AbortSignal,
): Promise<Pick<Look, 'vms' | 'strangers'>> {
  // `name` matches substrings before 4.20, and case nowhere: compare exactly.
  const named = (await source.virtualMachines(identity.name, signal)).filter((vm) => vm.name === identity.name);
  const vms = named.filter((vm) => isOurVm(vm, identity, notes.vm));
  const strangers = named.filter((vm) => !vms.includes(vm));
  if (vms.length > 0) return { vms, strangers };
  // Somebody may have renamed it; two tag filters would be joined by OR, so compare here, too.
  const tagged = await source.tagged(TENURE_TAG, identity.marker, signal);
  const marked = tagged.filter((vm) => isOurVm(vm, identity, notes.vm));
  if (marked.length > 0 || notes.vm === undefined) return { vms: marked, strangers };
  const known = await source.virtualMachine(notes.vm, signal);
  return { vms: known !== undefined && isOurVm(known, identity, notes.vm) ? [known] : [], strangers };
}

/** A network may lose its description; then the VM that is in it, or our own note, says that it is ours. */
function isOurs(network: Network, identity: TenureIdentity, notes: Notes, vms: readonly VirtualMachine[]): boolean {
  if (isOurNetwork(network, identity)) return true;
  if (network.name !== identity.name || network.displayText.startsWith('dinfra:')) return false;
  if (network.type !== 'Isolated') return false;
  return network.id === notes.network || vms.some((vm) => vm.nics.some((nic) => nic.network === network.id));
}

async function connections(
  networks: readonly Network[],
  source: Source,
  signal: AbortSignal,
): Promise<Pick<Look, 'addresses' | 'forwards' | 'firewall' | 'egress'>> {
  const of = async <T>(ask: (network: string, signal: AbortSignal) => Promise<readonly T[]>) =>
    (await Promise.all(networks.map(({ id }) => ask(id, signal)))).flat();
  const ids = new Set(networks.map(({ id }) => id));
  const ours = (row: { readonly network: string | undefined }) => row.network !== undefined && ids.has(row.network);
  const [addresses, forwards, firewall, egress] = await Promise.all([
    of((id, s) => source.addresses(id, s)),
    of((id, s) => source.forwards(id, s)),
    of((id, s) => source.firewall(id, s)),
    of((id, s) => source.egress(id, s)),
  ]);
  return {
    addresses: addresses.filter(ours),
    forwards: forwards.filter(ours),
    firewall: firewall.filter(ours),
    egress: egress.filter(ours),
  };
}

async function keyPairNamed(name: string, source: Source, signal: AbortSignal): Promise<Look['keyPair']> {
  const pairs = await source.keyPairs(name, signal);
  return pairs === undefined ? undefined : (pairs.find((pair) => pair.name === name) ?? 'Absent');
}
