import type { Clock } from '../../../base/clock.ts';
import type { CloudStackClient } from '../api/client.ts';
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
} from '../api/shapes.ts';
import type { Parameters } from '../api/signing.ts';
import type { Source } from './source.ts';

/** One listing of everything the account has of a kind, arranged for looking up. */
interface Listing<T> {
  readonly at: number;
  readonly groups: Promise<ReadonlyMap<string, readonly T[]>>;
}

/**
 * Everything the account has, listed whole and shared by all tenures for a short while: a thousand VMs at rest cost the
 * calls of a few pages. What is read here may be as old as `maxAgeMs`, so it is good for "still as ordered" only; nothing
 * is made, mended or believed to be gone before CloudStack itself was asked about that one thing.
 */
export class Inventory implements Source {
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

  /** Whether every listing that would be read now was asked for after `since`, in monotonic milliseconds. */
  isNewerThan(since: number): boolean {
    const now = this.#clock.monotonic();
    return [...this.#listings.values()].every(({ at }) => at > since || now - at >= this.#maxAgeMs);
  }

  virtualMachines(name: string): Promise<readonly VirtualMachine[]> {
    return this.#of('listVirtualMachines', {}, virtualMachineOf, (vm) => vm.name, name);
  }

  /** Names are enough for what is at rest. */
  async tagged(): Promise<readonly VirtualMachine[]> {
    return [];
  }

  async virtualMachine(): Promise<undefined> {
    return undefined;
  }

  networks(name: string): Promise<readonly Network[]> {
    return this.#of('listNetworks', {}, networkOf, (network) => network.name, name);
  }

  addresses(network: string): Promise<readonly PublicAddress[]> {
    return this.#of('listPublicIpAddresses', {}, publicAddressOf, (address) => address.network, network);
  }

  forwards(network: string): Promise<readonly PortForwarding[]> {
    return this.#of('listPortForwardingRules', {}, portForwardingOf, (rule) => rule.network, network);
  }

  firewall(network: string): Promise<readonly FirewallRule[]> {
    return this.#of('listFirewallRules', {}, firewallRuleOf, (rule) => rule.network, network);
  }

  egress(network: string): Promise<readonly FirewallRule[]> {
    return this.#of('listEgressFirewallRules', {}, firewallRuleOf, (rule) => rule.network, network);
  }

  securityGroups(name: string): Promise<readonly SecurityGroup[]> {
    return this.#of('listSecurityGroups', {}, securityGroupOf, (group) => group.name, name);
  }

  async volumes(part: string): Promise<readonly Volume[]> {
    const all = await this.#all('listVolumes', { type: 'DATADISK' }, volumeOf, () => '');
    return (all.get('') ?? []).filter((volume) => volume.name.includes(part));
  }

  async keyPairs(): Promise<undefined> {
    return undefined;
  }

  async #of<T>(
    command: string,
    parameters: Parameters,
    parse: (row: { readonly [key: string]: unknown }) => T,
    keyOf: (one: T) => string | undefined,
    key: string,
  ): Promise<readonly T[]> {
    return (await this.#all(command, parameters, parse, keyOf)).get(key) ?? [];
  }

  #all<T>(
    command: string,
    parameters: Parameters,
    parse: (row: { readonly [key: string]: unknown }) => T,
    keyOf: (one: T) => string | undefined,
  ): Promise<ReadonlyMap<string, readonly T[]>> {
    const now = this.#clock.monotonic();
    const known = this.#listings.get(command) as Listing<T> | undefined;
    if (known !== undefined && now - known.at < this.#maxAgeMs) return known.groups;
    // Shared by many callers: it must not end with the one that happened to come first.
    const signal = AbortSignal.timeout(LISTING_DEADLINE_MS);
    const groups = this.#client
      .list(command, { ...parameters, ...this.#scope }, signal)
      .then((rows) => Map.groupBy(rows.map(parse), (one) => keyOf(one) ?? ''));
    const listing: Listing<T> = { at: now, groups };
    this.#listings.set(command, listing);
    groups.catch(() => {
      if (this.#listings.get(command) === listing) this.#listings.delete(command);
    });
    return groups;
  }
}

/** Longest time a whole listing may take, in milliseconds. */
const LISTING_DEADLINE_MS = 120_000;
