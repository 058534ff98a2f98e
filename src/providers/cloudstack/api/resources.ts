import { RetryableError } from '../../../errors/dinfra-error.ts';
import { integer, isObject, type JsonObject, text, truth } from './reply.ts';

/** A virtual machine: the fields we use. */
export interface VirtualMachine {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  /** `Running`, `Stopped`, `Error`, …: CloudStack's own states. */
  readonly state: string;
  readonly zone: string;
  readonly template: string;
  readonly offering: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly nics: readonly Nic[];
  readonly keyPairs: readonly string[];
  /** Names. */
  readonly affinityGroups: readonly string[];
  readonly securityGroups: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
  /** `2026-11-21T02:39:07+0000`; sorts as text. */
  readonly created: string;
  /** The pending job of the VM. */
  readonly job: string | undefined;
}

export interface Nic {
  readonly network: string;
  readonly networkName: string;
  readonly ip: string | undefined;
  readonly isDefault: boolean;
}

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly displayText: string;
  readonly zone: string;
  readonly type: string;
  readonly state: string;
  /** Whether traffic that no egress rule names is allowed out. */
  readonly egressAllowed: boolean;
  readonly services: ReadonlySet<string>;
}

export interface PublicAddress {
  readonly id: string;
  readonly ip: string;
  readonly network: string | undefined;
  readonly sourceNat: boolean;
  readonly state: string;
  /** The VM it leads to by static NAT. */
  readonly vm: string | undefined;
}

/** A rule that allows traffic in or out. Without ports it applies to all of them. */
export interface FirewallRule {
  readonly id: string;
  readonly network: string | undefined;
  /** The public address; egress rules have none. */
  readonly address: string | undefined;
  readonly protocol: string;
  readonly startPort: number | undefined;
  readonly endPort: number | undefined;
  readonly cidrs: readonly string[];
  readonly destCidrs: readonly string[];
  readonly state: string;
}

export interface PortForwarding {
  readonly id: string;
  readonly network: string | undefined;
  readonly address: string | undefined;
  readonly vm: string | undefined;
  readonly protocol: string;
  readonly publicStart: number | undefined;
  readonly publicEnd: number | undefined;
  readonly privateStart: number | undefined;
  readonly state: string;
}

export interface Volume {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly sizeBytes: number;
  /** The VM it is attached to. */
  readonly vm: string | undefined;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly ingress: readonly SecurityGroupRule[];
  readonly egress: readonly SecurityGroupRule[];
}

export interface SecurityGroupRule {
  readonly id: string;
  readonly protocol: string;
  readonly startPort: number | undefined;
  readonly endPort: number | undefined;
  readonly cidr: string;
}

export interface AffinityGroup {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly members: readonly string[];
}

export interface KeyPair {
  readonly name: string;
  readonly fingerprint: string;
}

export function virtualMachineOf(row: JsonObject): VirtualMachine {
  return {
    id: id(row, 'virtual machine'),
    name: words(row['name']),
    displayName: words(row['displayname']),
    state: words(row['state']),
    zone: words(row['zoneid']),
    template: words(row['templateid']),
    offering: words(row['serviceofferingid']),
    cpu: integer(row['cpunumber']) ?? 0,
    memoryMiB: integer(row['memory']) ?? 0,
    nics: objects(row['nic']).map((nic) => ({
      network: words(nic['networkid']),
      networkName: words(nic['networkname']),
      ip: text(nic['ipaddress']),
      isDefault: truth(nic['isdefault']),
    })),
    keyPairs: keyPairsOf(row),
    affinityGroups: objects(row['affinitygroup']).map((group) => words(group['name'])),
    securityGroups: objects(row['securitygroup']).map((group) => words(group['name'])),
    tags: new Map(objects(row['tags']).map((tag) => [words(tag['key']), words(tag['value'])])),
    created: words(row['created']),
    job: integer(row['jobstatus']) === 0 ? text(row['jobid']) : undefined,
  };
}

export function networkOf(row: JsonObject): Network {
  return {
    id: id(row, 'network'),
    name: words(row['name']),
    displayText: words(row['displaytext']),
    zone: words(row['zoneid']),
    type: words(row['type']),
    state: words(row['state']),
    egressAllowed: truth(row['egressdefaultpolicy']),
    services: new Set(objects(row['service']).map((service) => words(service['name']))),
  };
}

export function publicAddressOf(row: JsonObject): PublicAddress {
  return {
    id: id(row, 'public address'),
    ip: words(row['ipaddress']),
    network: text(row['associatednetworkid']),
    sourceNat: truth(row['issourcenat']),
    state: words(row['state']),
    vm: text(row['virtualmachineid']),
  };
}

export function firewallRuleOf(row: JsonObject): FirewallRule {
  return {
    id: id(row, 'firewall rule'),
    network: text(row['networkid']),
    address: text(row['ipaddressid']),
    protocol: words(row['protocol']).toLowerCase(),
    startPort: integer(row['startport']),
    endPort: integer(row['endport']) ?? integer(row['startport']),
    cidrs: split(row['cidrlist']),
    destCidrs: split(row['destcidrlist']),
    state: words(row['state']),
  };
}

export function portForwardingOf(row: JsonObject): PortForwarding {
  const publicStart = integer(row['publicport']);
  return {
    id: id(row, 'port forwarding rule'),
    network: text(row['networkid']),
    address: text(row['ipaddressid']),
    vm: text(row['virtualmachineid']),
    protocol: words(row['protocol']).toLowerCase(),
    publicStart,
    publicEnd: integer(row['publicendport']) ?? publicStart,
    privateStart: integer(row['privateport']),
    state: words(row['state']),
  };
}

export function volumeOf(row: JsonObject): Volume {
  return {
    id: id(row, 'volume'),
    name: words(row['name']),
    type: words(row['type']),
    state: words(row['state']),
    sizeBytes: integer(row['size']) ?? 0,
    vm: text(row['virtualmachineid']),
  };
}

export function securityGroupOf(row: JsonObject): SecurityGroup {
  return {
    id: id(row, 'security group'),
    name: words(row['name']),
    description: words(row['description']),
    ingress: objects(row['ingressrule']).map(securityGroupRuleOf),
    egress: objects(row['egressrule']).map(securityGroupRuleOf),
  };
}

export function affinityGroupOf(row: JsonObject): AffinityGroup {
  const members = row['virtualmachineIds'];
  return {
    id: id(row, 'affinity group'),
    name: words(row['name']),
    type: words(row['type']),
    description: words(row['description']),
    members: Array.isArray(members) ? members.filter((member) => typeof member === 'string') : [],
  };
}

export function keyPairOf(row: JsonObject): KeyPair {
  return { name: words(row['name']), fingerprint: words(row['fingerprint']) };
}

/** The id of a row. A row without one is an invalid answer. */
export function id(row: JsonObject, what: string): string {
  const value = text(row['id']);
  if (value !== undefined) return value;
  throw new RetryableError('CloudStackBadReply', { message: `CloudStack listed a ${what} without an id` });
}

/** The objects of an optional list. */
export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A string; empty if it is missing. */
export function words(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function securityGroupRuleOf(row: JsonObject): SecurityGroupRule {
  return {
    id: words(row['ruleid']),
    protocol: words(row['protocol']).toLowerCase(),
    startPort: integer(row['startport']),
    endPort: integer(row['endport']),
    cidr: words(row['cidr']),
  };
}

/** Names, joined by commas since 4.17; before that a single one, under `keypair`. */
function keyPairsOf(row: JsonObject): readonly string[] {
  return [...new Set([...split(row['keypairs']), ...split(row['keypair'])])];
}

function split(value: unknown): readonly string[] {
  return words(value)
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
