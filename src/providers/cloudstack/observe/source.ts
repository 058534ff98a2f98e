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
} from '../api/shapes.ts';
import type { Parameters } from '../api/signing.ts';

/**
 * Where a tenure's things are read from. What comes back are candidates: servers differ in how they match names, so the
 * caller compares exactly.
 */
export interface Source {
  /** VMs of a name. */
  virtualMachines(name: string, signal: AbortSignal): Promise<readonly VirtualMachine[]>;
  /** VMs of a tag. */
  tagged(key: string, value: string, signal: AbortSignal): Promise<readonly VirtualMachine[]>;
  /** The VM of an id. */
  virtualMachine(id: string, signal: AbortSignal): Promise<VirtualMachine | undefined>;
  networks(name: string, signal: AbortSignal): Promise<readonly Network[]>;
  addresses(network: string, signal: AbortSignal): Promise<readonly PublicAddress[]>;
  forwards(network: string, signal: AbortSignal): Promise<readonly PortForwarding[]>;
  firewall(network: string, signal: AbortSignal): Promise<readonly FirewallRule[]>;
  egress(network: string, signal: AbortSignal): Promise<readonly FirewallRule[]>;
  securityGroups(name: string, signal: AbortSignal): Promise<readonly SecurityGroup[]>;
  /** Data disks whose name contains this. */
  volumes(part: string, signal: AbortSignal): Promise<readonly Volume[]>;
  /** Undefined when it was not looked: only a direct look does. */
  keyPairs(name: string, signal: AbortSignal): Promise<readonly KeyPair[] | undefined>;
}

/** Asks CloudStack itself, each time. */
export class DirectSource implements Source {
  readonly #client: CloudStackClient;
  readonly #scope: Parameters;

  /** `scope` is what every call carries: the project, or nothing. */
  constructor(client: CloudStackClient, scope: Parameters) {
    this.#client = client;
    this.#scope = scope;
  }

  async virtualMachines(name: string, signal: AbortSignal): Promise<readonly VirtualMachine[]> {
    return (await this.#list('listVirtualMachines', { name }, signal)).map(virtualMachineOf);
  }

  async tagged(key: string, value: string, signal: AbortSignal): Promise<readonly VirtualMachine[]> {
    const filter = { 'tags[0].key': key, 'tags[0].value': value };
    return (await this.#list('listVirtualMachines', filter, signal)).map(virtualMachineOf);
  }

  async virtualMachine(id: string, signal: AbortSignal): Promise<VirtualMachine | undefined> {
    const reply = await this.#client.attempt('listVirtualMachines', { id, ...this.#scope }, signal);
    if (reply.kind === 'Ok') return objects(reply.body['virtualmachine']).map(virtualMachineOf)[0];
    // An id that was never known is 431, one that is gone an empty list.
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

  async volumes(part: string, signal: AbortSignal): Promise<readonly Volume[]> {
    const rows = await this.#list('listVolumes', { keyword: part, type: 'DATADISK' }, signal);
    return rows.map(volumeOf);
  }

  /** All volumes of a VM, its root disk too. */
  async volumesOf(vm: string, signal: AbortSignal): Promise<readonly Volume[]> {
    return (await this.#list('listVolumes', { virtualmachineid: vm }, signal)).map(volumeOf);
  }

  async keyPairs(name: string, signal: AbortSignal): Promise<readonly KeyPair[]> {
    return (await this.#list('listSSHKeyPairs', { name }, signal)).map(keyPairOf);
  }

  async affinityGroups(parameters: Parameters, signal: AbortSignal): Promise<readonly AffinityGroup[]> {
    return (await this.#list('listAffinityGroups', parameters, signal)).map(affinityGroupOf);
  }

  #list(command: string, parameters: Parameters, signal: AbortSignal) {
    return this.#client.list(command, { ...parameters, ...this.#scope }, signal);
  }
}
