import { randomBytes } from 'node:crypto';
import type { Limits } from './rows.ts';
import type { World } from './world.ts';

/** The one domain there is. */
export const ROOT_DOMAIN = { id: '0966a974-e554-11f1-b3a3-02fc00000001', name: 'ROOT', path: 'ROOT' } as const;

/** CloudStack's default limits of an account, by resource type number; -1 is no limit. */
export const defaultLimits: Limits = {
  '0': 20,
  '1': 20,
  '2': 20,
  '3': 20,
  '4': 20,
  '5': 10,
  '6': 20,
  '7': 20,
  '8': 40,
  '9': 40_960,
  '10': 200,
  '11': 400,
  '12': 20,
  '13': 400,
  '14': 20,
  '15': 400,
  '16': 20,
};

const unlimited: Limits = Object.fromEntries(Object.keys(defaultLimits).map((number) => [number, -1]));

/** An API key pair. */
export interface Keys {
  readonly apiKey: string;
  readonly secretKey: string;
}

/** How large the cloud is. */
export interface SeedOptions {
  readonly now: number;
  /** Hosts in each zone. Defaults to 4. */
  readonly hosts?: number;
  /** MHz of each host. Defaults to 64 GHz. */
  readonly hostCpuMHz?: number;
  /** MiB of each host. Defaults to 128 GiB. */
  readonly hostMemoryMiB?: number;
  /** Public addresses in each zone. Defaults to 200. */
  readonly addresses?: number;
  /** Limits of the user account. Defaults to none. */
  readonly limits?: Limits;
}

/** The accounts that can call, by name. */
export interface Accounts {
  readonly admin: Keys;
  readonly user: Keys;
  /** Another tenant of the same cloud, whose resources must not be touched. */
  readonly stranger: Keys;
}

/**
 * Fills an empty world: two zones (`zone-1` with isolated networks, `zone-sg` with security groups on a shared network),
 * hosts, addresses, offerings, templates, and the accounts `admin`, `dinfra` and `stranger`.
 */
export function seed(world: World, options: SeedOptions): Accounts {
  const { now } = options;
  const { tables } = world;
  const first = tables.zones.add({
    created: now,
    name: 'zone-1',
    networkType: 'Advanced',
    securityGroups: false,
    enabled: true,
  });
  const second = tables.zones.add({
    created: now,
    name: 'zone-sg',
    networkType: 'Advanced',
    securityGroups: true,
    enabled: true,
  });
  [first, second].forEach((zone, index) => {
    addHosts(world, zone.id, options);
    addAddresses(world, zone.id, `192.0.${2 + index}`, options.addresses ?? 200, now);
  });
  seedOfferings(world, now);
  seedTemplates(world, now);
  const accounts = {
    admin: addAccount(world, 'admin', 'Admin', unlimited, now),
    user: addAccount(world, 'dinfra', 'User', options.limits ?? unlimited, now),
    stranger: addAccount(world, 'stranger', 'User', unlimited, now),
  };
  seedSharedNetworks(world, first.id, second.id, now);
  return accounts;
}

function addHosts(world: World, zone: string, options: SeedOptions): void {
  for (let index = 0; index < (options.hosts ?? 4); index++) {
    world.tables.hosts.add({
      created: options.now,
      name: `host-${index + 1}`,
      zone,
      pod: 'pod-1',
      cpuMHz: options.hostCpuMHz ?? 64_000,
      memoryMiB: options.hostMemoryMiB ?? 131_072,
      enabled: true,
    });
  }
}

/** Adds public addresses from `prefix`.4 on; each keeps its id for good, whoever holds it. */
export function addAddresses(world: World, zone: string, prefix: string, count: number, now: number): void {
  const [a = 192, b = 0, c = 2] = prefix.split('.').map(Number);
  for (let index = 0; index < count; index++) {
    const host = index + 4;
    const ip = `${a}.${b}.${c + 2 * Math.floor(host / 250)}.${(host % 250) + (host >= 250 ? 1 : 0)}`;
    world.tables.addresses.add({ created: now, ip, zone, sourceNat: false });
  }
}

function seedOfferings(world: World, now: number): void {
  const { tables } = world;
  const fixed = [
    { name: 'small', cpu: 1, cpuSpeed: 1_000, memoryMiB: 1_024 },
    { name: 'medium', cpu: 2, cpuSpeed: 1_000, memoryMiB: 4_096 },
    { name: 'large', cpu: 4, cpuSpeed: 1_000, memoryMiB: 8_192 },
    { name: 'huge', cpu: 128, cpuSpeed: 4_000, memoryMiB: 1_048_576 },
  ];
  for (const size of fixed) {
    const diskOffering = addDisk(world, size.name, size.name, 0, false, now, true);
    tables.serviceOfferings.add({
      ...size,
      created: now,
      displayText: size.name,
      customized: false,
      active: true,
      diskOffering,
    });
  }
  const diskOffering = addDisk(world, 'custom', 'custom', 0, false, now, true);
  tables.serviceOfferings.add({
    created: now,
    name: 'custom',
    displayText: 'custom',
    cpu: 0,
    cpuSpeed: 1_000,
    memoryMiB: 0,
    customized: true,
    bounds: { minCpu: 1, maxCpu: 32, minMemoryMiB: 256, maxMemoryMiB: 65_536 },
    active: true,
    diskOffering,
  });
  addDisk(world, 'Small', 'Small Disk, 5 GB', 5, false, now);
  addDisk(world, 'Medium', 'Medium Disk, 20 GB', 20, false, now);
  addDisk(world, 'Large', 'Large Disk, 100 GB', 100, false, now);
  addDisk(world, 'Custom', 'Custom Disk', 0, true, now);
  const common = { created: now, specifyVlan: false, egressAllowed: false, forVpc: false, availability: 'Optional' };
  const isolated = 'DefaultIsolatedNetworkOfferingWithSourceNatService';
  tables.networkOfferings.add({
    ...common,
    name: isolated,
    displayText: 'Offering for Isolated networks with Source Nat service enabled',
    guestType: 'Isolated',
    sourceNat: true,
    isDefault: true,
    availability: 'Required',
  });
  const shared = { ...common, guestType: 'Shared', sourceNat: false, isDefault: true, specifyVlan: true } as const;
  tables.networkOfferings.add({
    ...shared,
    name: 'DefaultSharedNetworkOffering',
    displayText: 'Offering for Shared networks',
  });
  tables.networkOfferings.add({
    ...shared,
    name: 'DefaultSharedNetworkOfferingWithSGService',
    displayText: 'Offering for Shared Security group enabled networks',
  });
  tables.networkOfferings.add({
    ...common,
    name: 'DefaultL2NetworkOffering',
    displayText: 'Offering for L2 networks',
    guestType: 'L2',
    sourceNat: false,
    isDefault: true,
  });
}

/** Service offerings have a disk offering of their own, which lists do not show: `hidden`. */
function addDisk(
  world: World,
  name: string,
  displayText: string,
  sizeGiB: number,
  customized: boolean,
  now: number,
  hidden = false,
): string {
  const row = { created: now, name, displayText, sizeGiB, customized, ...(hidden ? { removed: now } : {}) };
  return world.tables.diskOfferings.add(row).id;
}

function seedTemplates(world: World, now: number): void {
  for (const name of ['debian-12', 'ubuntu-24.04']) {
    world.tables.templates.add({
      created: now,
      name,
      displayText: `${name} cloud image`,
      account: 'system',
      public: true,
      featured: true,
      ready: true,
      sizeBytes: 2_147_483_648,
      format: 'QCOW2',
      type: 'USER',
      hypervisor: 'KVM',
      osType: '0958944d-e554-11f1-b3a3-02fc00000001',
      osName: name,
    });
  }
}

function addAccount(world: World, name: string, role: 'User' | 'Admin', limits: Limits, now: number): Keys {
  const account = world.tables.accounts.add({ created: now, name, role, limits: { ...limits }, forbidden: [] });
  const keys = { apiKey: randomBytes(48).toString('base64url'), secretKey: randomBytes(48).toString('base64url') };
  world.tables.users.add({
    created: now,
    account: account.id,
    name,
    firstName: name,
    lastName: name,
    email: `${name}@example.test`,
    ...keys,
    password: randomBytes(12).toString('base64url'),
    enabled: true,
  });
  world.tables.securityGroups.add({
    created: now,
    name: 'default',
    description: 'Default Security Group',
    account: account.id,
    rules: [],
  });
  return keys;
}

function seedSharedNetworks(world: World, plain: string, guarded: string, now: number): void {
  const admin = world.tables.accounts.find((account) => account.role === 'Admin');
  const shared = (name: string, zone: string, offeringName: string, third: number, securityGroups: boolean) =>
    world.tables.networks.add({
      created: now,
      name,
      displayText: name,
      zone,
      account: admin?.id ?? '',
      offering: world.tables.networkOfferings.find((offering) => offering.name === offeringName)?.id ?? '',
      type: 'Shared',
      state: 'Setup',
      gateway: `10.9.${third}.1`,
      netmask: '255.255.0.0',
      cidr: `10.9.0.0/16`,
      vlan: 300 + third,
      securityGroups,
      nextHost: 2,
      nextMac: 1,
    });
  shared('shared-lan', plain, 'DefaultSharedNetworkOffering', 0, false);
  shared('shared-sg', guarded, 'DefaultSharedNetworkOfferingWithSGService', 1, true);
}
