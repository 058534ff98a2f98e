import { forgetVm, plug } from '../../simulator/cloudstack/networking.ts';
import type { Account, Network } from '../../simulator/cloudstack/rows.ts';
import { type Accounts, addAddresses, defaultLimits } from '../../simulator/cloudstack/seed.ts';
import type { Simulator } from '../../simulator/cloudstack/simulator.ts';
import type { World } from '../../simulator/cloudstack/world.ts';
import type { IdPairs } from './answer-comparison.ts';
import { recordedKeys, type Setup, type SetupVm } from './cloudstack-recording.ts';

const ZONE = '8c268d32-e7b0-4966-bf79-04be8476a940';
const TEMPLATE = '1ebb45e6-e554-11f1-b3a3-02fc00000001';
const SMALL = '07c3800b-0f89-4a74-b7de-64caef1c003e';
const SMALL_DISK = 'a7256110-9274-4ba1-8d01-fa22de944269';
const ISOLATED = '075ac378-8447-4d25-b272-d135ca675ae3';
const CAPI = '05313fed-a000-4364-8ad2-636654a917cc';

/** Public addresses in the recording, by their permanent ids. */
const addresses: Readonly<Record<string, string>> = {
  '192.168.2.4': 'fca85ad9-67d6-4b62-98f0-1bbc94229660',
  '192.168.2.5': '648ab3b9-09d5-4974-99c3-e2eac21c2a19',
  '192.168.2.6': 'b9aee52c-a201-4014-9739-9db027b7aaa9',
  '192.168.2.7': '349f3268-504f-46db-b5c2-cf64d243c5f9',
  '192.168.2.8': '83131b0b-6776-42b9-bb40-9c2a7aa4603c',
  '192.168.2.9': '1e4c5e97-0a7c-48f6-a940-34ffbb317979',
  '192.168.2.11': 'cf3a9869-bc4d-47a0-b6a7-3f6b37385506',
  '192.168.2.12': 'e8e1d1bf-6117-42c9-8e2b-bb4c20b563f6',
  '192.168.2.13': 'dbf8c746-9d71-4161-905b-33c70532f6ef',
};

/** The recorded cloud in its initial state. */
export function recordedWorld(world: World, now: number): Accounts {
  const { tables } = world;
  const created = now;
  tables.zones.add({
    id: ZONE,
    created,
    name: 'Sandbox-simulator',
    networkType: 'Advanced',
    securityGroups: false,
    enabled: true,
  });
  for (const name of ['h0', 'h1']) {
    tables.hosts.add({ created, name, zone: ZONE, pod: 'p0', cpuMHz: 32_000, memoryMiB: 8_192, enabled: true });
  }
  addRecordedOfferings(world, created);
  // System VMs had the first numbers.
  tables.vms.startAt(3);
  tables.templates.add({
    id: TEMPLATE,
    created,
    name: 'CentOS 5.6 (64-bit) no GUI (Simulator)',
    displayText: 'CentOS 5.6 (64-bit) no GUI (Simulator)',
    account: 'system',
    public: true,
    featured: true,
    ready: true,
    sizeBytes: 2_147_483_648,
    format: 'VHD',
    type: 'BUILTIN',
    hypervisor: 'Simulator',
    osType: '0958944d-e554-11f1-b3a3-02fc00000001',
    osName: 'CentOS 5.6 (64-bit)',
  });
  for (const [ip, id] of Object.entries(addresses)) {
    tables.addresses.add({ id, created, ip, zone: ZONE, sourceNat: false });
  }
  addAddresses(world, ZONE, '192.168.4', 190, now);
  return addRecordedAccounts(world, created);
}

/** Applies the changes that were made to the recorded server outside the recording. */
export function prepare({ world, faults }: Simulator, setup: Setup, ids: IdPairs, now: number): void {
  if (setup.keepVms !== undefined) removeOthers(world, setup.keepVms, now);
  for (const network of setup.networks ?? []) {
    addNetwork(world, network, now);
    ids.pair(network.id, network.id);
  }
  for (const vm of [...(setup.vms ?? []), ...(setup.vm === undefined ? [] : [setup.vm])]) {
    addVm(world, { ...vm, network: ids.translate(vm.network) }, now);
    for (const id of [vm.id, vm.root, vm.data]) if (id !== undefined) ids.pair(id, id);
  }
  for (const id of Object.values(addresses)) ids.pair(id, id);
  const taken = [setup.address, setup.sourceNat];
  for (const [index, one] of taken.entries()) {
    const address = one && world.tables.addresses.find((row) => row.ip === one.ip);
    if (one === undefined || address === undefined) continue;
    Object.assign(address, {
      allocated: now,
      account: CAPI,
      network: ids.translate(one.network),
      sourceNat: index === 1,
    });
    ids.pair(address.id, address.id);
  }
  if (setup.fault !== undefined) faults.set([setup.fault]);
  if (setup.noVolumes === true) {
    for (const volume of world.tables.volumes.filter((row) => row.vm === undefined)) volume.removed = now;
  }
  if (setup.noSnapshots === true) {
    for (const snapshot of world.tables.snapshots.filter(() => true)) snapshot.removed = now;
  }
  if (setup.destroyed !== undefined) world.tables.vms.must(ids.translate(setup.destroyed)).state = 'Destroyed';
  Object.assign(world.settings, setup.settings);
  Object.assign(world.tables.accounts.must(CAPI).limits, setup.limits);
  if (setup.expunge !== undefined) expunge(world, ids.translate(setup.expunge), now);
  if (setup.deactivate !== undefined)
    world.tables.serviceOfferings.must(ids.translate(setup.deactivate)).active = false;
  if (setup.resize !== undefined) {
    const vm = world.tables.vms.must(ids.translate(setup.resize));
    Object.assign(vm, { offering: SMALL, cpu: 1, cpuSpeed: 500, memoryMiB: 512 });
  }
  if (setup.unprotect !== undefined) world.tables.vms.must(ids.translate(setup.unprotect)).deleteProtection = false;
  const { vm: tagged, ...tags } = setup.tags ?? {};
  for (const [key, value] of Object.entries(tags)) {
    const resource = ids.translate(tagged ?? '');
    world.tables.tags.add({ created: now, key, value, resourceType: 'UserVm', resource, account: CAPI });
  }
}

function expunge(world: World, id: string, now: number): void {
  const vm = world.tables.vms.must(id);
  forgetVm(world, vm);
  for (const tag of world.tables.tags.filter((row) => row.resource === id)) world.tables.tags.drop(tag.id);
  vm.removed = now;
}

function removeOthers({ tables }: World, keep: readonly string[], now: number): void {
  for (const vm of tables.vms.filter((row) => !keep.includes(row.name))) {
    vm.removed = now;
    for (const volume of tables.volumes.filter((row) => row.vm === vm.id)) volume.removed = now;
  }
}

function addRecordedOfferings({ tables }: World, created: number): void {
  const fixed = [
    [SMALL, 'Small Instance', 'f4c32f12-945c-4ef8-adf8-05fa66fd6741', 1, 500, 512],
    [
      '6e381a52-8438-4567-b284-9ad690abc80e',
      'Medium Instance',
      '1cc6c0cc-4435-4b75-8af5-b115b93a3223',
      1,
      1_000,
      1_024,
    ],
  ] as const;
  for (const [id, name, diskOffering, cpu, cpuSpeed, memoryMiB] of fixed) {
    tables.diskOfferings.add({
      id: diskOffering,
      created,
      name,
      displayText: name,
      sizeGiB: 0,
      customized: false,
      removed: created,
    });
    tables.serviceOfferings.add({
      id,
      created,
      name,
      displayText: name,
      cpu,
      cpuSpeed,
      memoryMiB,
      customized: false,
      active: true,
      diskOffering,
    });
  }
  const disks = [
    [SMALL_DISK, 'Small', 'Small Disk, 5 GB', 5],
    ['352eaaf4-6364-49a1-bbc8-974ee3943852', 'Medium', 'Medium Disk, 20 GB', 20],
    ['268b400f-7452-4bca-9551-e39afc357209', 'Large', 'Large Disk, 100 GB', 100],
    ['3e1c7274-6fa8-4b2e-beec-b85e56712675', 'Custom', 'Custom Disk', 0],
  ] as const;
  for (const [id, name, displayText, sizeGiB] of disks) {
    tables.diskOfferings.add({ id, created, name, displayText, sizeGiB, customized: sizeGiB === 0 });
  }
  const common = { created, egressAllowed: false, forVpc: false, availability: 'Optional', sourceNat: false } as const;
  tables.networkOfferings.add({
    ...common,
    id: ISOLATED,
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    displayText: 'Offering for Isolated networks with Source Nat service enabled',
    guestType: 'Isolated',
    sourceNat: true,
    isDefault: true,
    specifyVlan: false,
    availability: 'Required',
  });
  const others = [
    ['9bb8ad5b-7a99-46cb-9edc-0306982411fb', 'DefaultSharedNetworkOffering', 'Shared', true],
    ['edc54ddd-3770-45ca-8531-28904e73e7f7', 'DefaultL2NetworkOfferingVlan', 'L2', true],
    ['cb71c0f3-9655-4609-984f-c4b31f8d9658', 'DefaultL2NetworkOffering', 'L2', false],
  ] as const;
  for (const [id, name, guestType, specifyVlan] of others) {
    const displayText = name === 'DefaultL2NetworkOffering' ? 'Offering for L2 networks' : name;
    tables.networkOfferings.add({ ...common, id, name, displayText, guestType, isDefault: true, specifyVlan });
  }
}

function addRecordedAccounts({ tables }: World, created: number): Accounts {
  const admin = { apiKey: 'admin-of-the-recording', secretKey: 'made-for-the-replay' };
  const add = (id: string, name: string, role: Account['role'], limits: Account['limits']) =>
    tables.accounts.add({ id, created, name, role, limits, forbidden: [] });
  const user = (id: string, account: string, name: string, keys: { apiKey: string; secretKey: string }) =>
    tables.users.add({
      id,
      created,
      account,
      name,
      firstName: 'Cap',
      lastName: 'Eye',
      email: `${name}@example.test`,
      ...keys,
      password: 'unused',
      enabled: true,
    });
  const adminId = '0966c488-e554-11f1-b3a3-02fc00000001';
  add(adminId, 'admin', 'Admin', Object.fromEntries(Object.keys(defaultLimits).map((number) => [number, -1])));
  user('0966e48a-e554-11f1-b3a3-02fc00000001', adminId, 'admin', admin);
  add(CAPI, 'capi', 'User', { ...defaultLimits });
  user('7ed05cc5-db68-4114-b360-84482664a23e', CAPI, 'capi', recordedKeys);
  tables.securityGroups.add({
    created,
    name: 'default',
    description: 'Default Security Group',
    account: CAPI,
    rules: [],
  });
  return { admin, user: recordedKeys, stranger: admin };
}

function addNetwork(
  { tables }: World,
  { id, name, cidr }: { id: string; name: string; cidr: string },
  created: number,
): Network {
  return tables.networks.add({
    id,
    created,
    name,
    displayText: name,
    zone: ZONE,
    account: CAPI,
    offering: ISOLATED,
    type: 'Isolated',
    state: 'Allocated',
    gateway: cidr.replace('.0/24', '.1'),
    netmask: '255.255.255.0',
    cidr,
    vlan: 150,
    securityGroups: false,
    nextHost: 2,
    nextMac: 1,
  });
}

function addVm(world: World, setup: SetupVm, created: number): void {
  const { tables } = world;
  const network = tables.networks.must(setup.network);
  const running = setup.stopped !== true;
  const vm = tables.vms.add({
    id: setup.id,
    created,
    name: setup.name,
    displayName: setup.name,
    account: CAPI,
    user: '7ed05cc5-db68-4114-b360-84482664a23e',
    zone: ZONE,
    template: TEMPLATE,
    offering: SMALL,
    cpu: 1,
    cpuSpeed: 500,
    memoryMiB: 512,
    customized: false,
    state: running ? 'Running' : 'Stopped',
    ...(running ? { lastUpdated: created, host: tables.hosts.find(() => true)?.id ?? '' } : {}),
    everStarted: running,
    nics: [],
    keyPairs: [],
    details: running ? {} : { deployvm: 'true' },
    affinityGroups: [],
    securityGroups: [],
    deleteProtection: false,
  });
  if (setup.data !== undefined) vm.diskOffering = SMALL_DISK;
  vm.nics = [{ ...plug(world, network, 0, true, setup.ip), wired: running }];
  if (running && network.state === 'Allocated') network.state = 'Implemented';
  const common = { created, zone: ZONE, account: CAPI, vm: vm.id, state: running ? 'Ready' : 'Allocated' } as const;
  tables.volumes.add({
    ...common,
    ...(setup.root === undefined ? {} : { id: setup.root }),
    name: `ROOT-${vm.seq}`,
    type: 'ROOT',
    sizeBytes: 2_147_483_648,
    device: 0,
    template: TEMPLATE,
  });
  if (setup.data === undefined) return;
  tables.volumes.add({
    ...common,
    id: setup.data,
    name: `DATA-${vm.seq}`,
    type: 'DATADISK',
    sizeBytes: 5_368_709_120,
    device: 1,
    diskOffering: SMALL_DISK,
  });
}
