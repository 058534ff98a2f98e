import type { TenureIdentity } from '../../../award/identity.ts';
import type { Clock } from '../../../base/clock.ts';
import { abortable } from '../../../base/deadline.ts';
import type { CloudStackClient } from '../api/client.ts';
import type { JsonObject } from '../api/reply.ts';
import {
  type FirewallRule,
  firewallRuleOf,
  type Network,
  networkOf,
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
import { type Expected, type FoundResources, findResources, scopeToCompare } from './found.ts';
import type { TenureMemo } from './memo.ts';
import { ownerOfVolume } from './names.ts';
import type { ResourceReader } from './reader.ts';

/** Time limit of a complete listing, in milliseconds. */
const LISTING_DEADLINE_MS = 120_000;

/** One listing of all resources of a kind. */
interface Listing<T> {
  readonly at: number;
  readonly rows: Promise<readonly T[]>;
  /** The rows indexed by one of their fields, built on first use. */
  readonly indexes: Map<string, Promise<ReadonlyMap<string, readonly T[]>>>;
}

/** How to list and index a kind. */
interface Kind<T> {
  readonly command: string;
  readonly parameters?: Parameters;
  readonly parse: (row: JsonObject) => T;
}

const virtualMachines: Kind<VirtualMachine> = { command: 'listVirtualMachines', parse: virtualMachineOf };
const networks: Kind<Network> = { command: 'listNetworks', parse: networkOf };
const addresses: Kind<PublicAddress> = { command: 'listPublicIpAddresses', parse: publicAddressOf };
const forwards: Kind<PortForwarding> = { command: 'listPortForwardingRules', parse: portForwardingOf };
const firewall: Kind<FirewallRule> = { command: 'listFirewallRules', parse: firewallRuleOf };
const egress: Kind<FirewallRule> = { command: 'listEgressFirewallRules', parse: firewallRuleOf };
const securityGroups: Kind<SecurityGroup> = { command: 'listSecurityGroups', parse: securityGroupOf };
const dataDisks: Kind<Volume> = { command: 'listVolumes', parameters: { type: 'DATADISK' }, parse: volumeOf };

/**
 * Complete listings of the account, shared by all tenures for a short time: a thousand VMs at rest cost the calls of a
 * few pages. The data may be as old as `maxAgeMs`, so it only serves to find that a tenure is still as ordered. Before
 * anything is created, changed or taken as gone, CloudStack is asked about that resource directly.
 */
export class Inventory implements ResourceReader {
  readonly #client: CloudStackClient;
  readonly #scope: Parameters;
  readonly #clock: Clock;
  readonly #maxAgeMs: number;
  readonly #listings = new Map<string, Listing<unknown>>();

  constructor(client: CloudStackClient, scope: Parameters, clock: Clock, maxAgeMs: number) {
    this.#client = client;
    this.#scope = scope;
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Whether every listing that would be used now was requested after `since`, in monotonic milliseconds. */
  isNewerThan(since: number): boolean {
    const now = this.#clock.monotonic();
    return [...this.#listings.values()].every(({ at }) => at > since || now - at >= this.#maxAgeMs);
  }

  virtualMachines(name: string, signal: AbortSignal): Promise<readonly VirtualMachine[]> {
    return this.#find(virtualMachines, 'name', (vm) => vm.name, name, signal);
  }

  /** For a tenure at rest names are enough. */
  async tagged(): Promise<readonly VirtualMachine[]> {
    return [];
  }

  async virtualMachine(): Promise<undefined> {
    return undefined;
  }

  networks(name: string, signal: AbortSignal): Promise<readonly Network[]> {
    return this.#find(networks, 'name', (network) => network.name, name, signal);
  }

  addresses(network: string, signal: AbortSignal): Promise<readonly PublicAddress[]> {
    return this.#find(addresses, 'network', (address) => address.network, network, signal);
  }

  forwards(network: string, signal: AbortSignal): Promise<readonly PortForwarding[]> {
    return this.#find(forwards, 'network', (rule) => rule.network, network, signal);
  }

  firewall(network: string, signal: AbortSignal): Promise<readonly FirewallRule[]> {
    return this.#find(firewall, 'network', (rule) => rule.network, network, signal);
  }

  egress(network: string, signal: AbortSignal): Promise<readonly FirewallRule[]> {
    return this.#find(egress, 'network', (rule) => rule.network, network, signal);
  }

  securityGroups(name: string, signal: AbortSignal): Promise<readonly SecurityGroup[]> {
    return this.#find(securityGroups, 'name', (group) => group.name, name, signal);
  }

  volumes(owner: string, signal: AbortSignal): Promise<readonly Volume[]> {
    return this.#find(dataDisks, 'owner', (volume) => ownerOfVolume(volume.name), owner, signal);
  }

  attached(vm: string, signal: AbortSignal): Promise<readonly Volume[]> {
    return this.#find(dataDisks, 'vm', (volume) => volume.vm, vm, signal);
  }

  async keyPairs(): Promise<undefined> {
    return undefined;
  }

  isKeyPairUsed(name: string, signal: AbortSignal): Promise<boolean> {
    const rows = abortable(this.#listing(virtualMachines).rows, signal);
    return rows.then((vms) => vms.some((vm) => vm.keyPairs.includes(name)));
  }

  async #find<T>(
    kind: Kind<T>,
    by: string,
    keyOf: (one: T) => string | undefined,
    key: string,
    signal: AbortSignal,
  ): Promise<readonly T[]> {
    const { rows, indexes } = this.#listing(kind);
    const index = indexes.get(by) ?? rows.then((all) => Map.groupBy(all, (one) => keyOf(one) ?? ''));
    // A failed listing is dropped as a whole, so its indexes need no error handler of their own.
    index.catch(() => undefined);
    indexes.set(by, index);
    return (await abortable(index, signal)).get(key) ?? [];
  }

  #listing<T>({ command, parameters, parse }: Kind<T>): Listing<T> {
    const now = this.#clock.monotonic();
    const known = this.#listings.get(command) as Listing<T> | undefined;
    if (known !== undefined && now - known.at < this.#maxAgeMs) return known;
    // Shared by many callers, so it must not abort with the first of them.
    const signal = AbortSignal.timeout(LISTING_DEADLINE_MS);
    const rows = this.#client.listOf(command, { ...parameters, ...this.#scope }, parse, signal);
    const listing: Listing<T> = { at: now, rows, indexes: new Map() };
    this.#listings.set(command, listing);
    rows.catch(() => {
      if (this.#listings.get(command) === listing) this.#listings.delete(command);
    });
    return listing;
  }
}

/** Tenures that were as ordered at the last observation: they are looked up in the shared listings. */
export class RestingTenures {
  readonly #inventory: Inventory;
  readonly #clock: Clock;
  /** When we last changed each tenure, in monotonic milliseconds: listings from before that do not count for it. */
  readonly #changed = new Map<string, number>();

  constructor(inventory: Inventory, clock: Clock) {
    this.#inventory = inventory;
    this.#clock = clock;
  }

  /** Records the end of a change to a tenure. */
  trackChange<T>({ name }: TenureIdentity, change: Promise<T>): Promise<T> {
    return change.finally(() => this.#changed.set(name, this.#clock.monotonic()));
  }

  /** Forgets a tenure that is being removed. */
  forget({ name }: TenureIdentity): void {
    this.#changed.delete(name);
  }

  /** The resources of a tenure in the listings; undefined if they cannot show that it is at rest. */
  async find(
    identity: TenureIdentity,
    expected: Expected,
    memo: TenureMemo,
    signal: AbortSignal,
  ): Promise<FoundResources | undefined> {
    if (memo.settled === undefined || memo.jobs.length > 0) return undefined;
    if (!this.#inventory.isNewerThan(this.#changed.get(identity.name) ?? Number.NEGATIVE_INFINITY)) return undefined;
    this.#changed.delete(identity.name);
    const scopeOf = scopeToCompare(identity, expected, true);
    const found = await findResources(identity, memo, scopeOf, this.#inventory, signal);
    return found.vms.length === 1 && found.vms[0]?.state === memo.settled ? found : undefined;
  }
}
