import type { CloudStackClient } from '../api/client.ts';
import { errorOf } from '../api/failure.ts';
import {
  type AffinityGroup,
  affinityGroupOf,
  type FirewallRule,
  firewallRuleOf,
  type KeyPair,
  keyPairOf,
  type Network,
  networkOf,
  objects,
  type PortForwarding,
  type PublicAddress,
  portForwardingOf,
  publicAddressOf,
  type SecurityGroup,
  securityGroupOf,
  type VirtualMachine,
  type Volume,
  virtualMachineOf,
  volumeOf,
} from '../api/resources.ts';
import type { Parameters } from '../api/signing.ts';

/**
 * Reads a tenure's resources. The results are candidates: servers match names in different ways, so the caller has to
 * compare exactly.
 */
export interface ResourceReader {
  /** VMs by name. */
  virtualMachines(name: string, signal: AbortSignal): Promise<readonly VirtualMachine[]>;
  /** VMs by tag. */
  tagged(key: string, value: string, signal: AbortSignal): Promise<readonly VirtualMachine[]>;
  /** The VM with an id. */
  virtualMachine(id: string, signal: AbortSignal): Promise<VirtualMachine | undefined>;
  networks(name: string, signal: AbortSignal): Promise<readonly Network[]>;
  addresses(network: string, signal: AbortSignal): Promise<readonly PublicAddress[]>;
  forwards(network: string, signal: AbortSignal): Promise<readonly PortForwarding[]>;
  firewall(network: string, signal: AbortSignal): Promise<readonly FirewallRule[]>;
  egress(network: string, signal: AbortSignal): Promise<readonly FirewallRule[]>;
  securityGroups(name: string, signal: AbortSignal): Promise<readonly SecurityGroup[]>;
  /** Data disks by prefix of their name. */
  volumes(owner: string, signal: AbortSignal): Promise<readonly Volume[]>;
  /** All data disks of a VM. */
  attached(vm: string, signal: AbortSignal): Promise<readonly Volume[]>;
  /** Undefined if this reader does not read key pairs. */
  keyPairs(filter: KeyPairFilter, signal: AbortSignal): Promise<readonly KeyPair[] | undefined>;
  /** Whether any VM of the account uses the key pair. */
  isKeyPairUsed(name: string, signal: AbortSignal): Promise<boolean>;
}

/** By name, by the fingerprint of the public key, or all. */
export type KeyPairFilter = { readonly name?: string; readonly fingerprint?: string };

/** Reads from CloudStack, without a cache. */
export class DirectReader implements ResourceReader {
  readonly #client: CloudStackClient;
  readonly #scope: Parameters;

  /** `scope` is added to every call: the project, or empty. */
  constructor(client: CloudStackClient, scope: Parameters) {
    this.#client = client;
    this.#scope = scope;
  }

  async virtualMachines(name: string, signal: AbortSignal): Promise<readonly VirtualMachine[]> {
    return (await this.#list('listVirtualMachines', { name }, signal)).map(virtualMachineOf);
  }

  async allVirtualMachines(signal: AbortSignal): Promise<readonly VirtualMachine[]> {
    return (await this.#list('listVirtualMachines', {}, signal)).map(virtualMachineOf);
  }

  async tagged(key: string, value: string, signal: AbortSignal): Promise<readonly VirtualMachine[]> {
    const filter = { 'tags[0].key': key, 'tags[0].value': value };
    return (await this.#list('listVirtualMachines', filter, signal)).map(virtualMachineOf);
  }

  async virtualMachine(id: string, signal: AbortSignal): Promise<VirtualMachine | undefined> {
    const reply = await this.#client.attempt('listVirtualMachines', { id, ...this.#scope }, signal);
    if (reply.kind === 'Ok') return objects(reply.body['virtualmachine']).map(virtualMachineOf)[0];
    // An unknown id is answered with 431, the id of a removed VM with an empty list.
    if (reply.failure.kind === 'Rejected') return undefined;
    throw errorOf(reply.failure);
  }

  async networks(name: string, signal: AbortSignal): Promise<readonly Network[]> {
    return (await this.#list('listNetworks', { name }, signal)).map(networkOf);
  }

  async addresses(network: string, signal: AbortSignal): Promise<readonly PublicAddress[]> {
    const rows = await this.#list('listPublicIpAddresses', { associatednetworkid: network }, signal);
    return rows.map(publicAddressOf);
  }

  async forwards(network: string, signal: AbortSignal): Promise<readonly PortForwarding[]> {
    const rows = await this.#list('listPortForwardingRules', { networkid: network }, signal);
    return rows.map(portForwardingOf);
  }

  async firewall(network: string, signal: AbortSignal): Promise<readonly FirewallRule[]> {
    const rows = await this.#list('listFirewallRules', { networkid: network }, signal);
    return rows.map(firewallRuleOf);
  }

  async egress(network: string, signal: AbortSignal): Promise<readonly FirewallRule[]> {
    const rows = await this.#list('listEgressFirewallRules', { networkid: network }, signal);
    return rows.map(firewallRuleOf);
  }

  async securityGroups(name: string, signal: AbortSignal): Promise<readonly SecurityGroup[]> {
    const rows = await this.#list('listSecurityGroups', { securitygroupname: name }, signal);
    return rows.map(securityGroupOf);
  }

  async volumes(owner: string, signal: AbortSignal): Promise<readonly Volume[]> {
    const rows = await this.#list('listVolumes', { keyword: owner, type: 'DATADISK' }, signal);
    return rows.map(volumeOf);
  }

  async attached(vm: string, signal: AbortSignal): Promise<readonly Volume[]> {
    const rows = await this.#list('listVolumes', { virtualmachineid: vm, type: 'DATADISK' }, signal);
    return rows.map(volumeOf);
  }

  /** All volumes of a VM, including its root disk. */
  async volumesOf(vm: string, signal: AbortSignal): Promise<readonly Volume[]> {
    return (await this.#list('listVolumes', { virtualmachineid: vm }, signal)).map(volumeOf);
  }

  async keyPairs(filter: KeyPairFilter, signal: AbortSignal): Promise<readonly KeyPair[]> {
    return (await this.#list('listSSHKeyPairs', { ...filter }, signal)).map(keyPairOf);
  }

  async isKeyPairUsed(name: string, signal: AbortSignal): Promise<boolean> {
    // Servers before 4.3 do not know the filter and list every VM.
    const rows = await this.#list('listVirtualMachines', { keypair: name }, signal);
    return rows.map(virtualMachineOf).some((vm) => vm.keyPairs.includes(name));
  }

  async affinityGroups(parameters: Parameters, signal: AbortSignal): Promise<readonly AffinityGroup[]> {
    return (await this.#list('listAffinityGroups', parameters, signal)).map(affinityGroupOf);
  }

  #list(command: string, parameters: Parameters, signal: AbortSignal) {
    return this.#client.list(command, { ...parameters, ...this.#scope }, signal);
  }
}
