import { afterEach, describe, expect, it } from 'vitest';
import type { VmState } from '../../../simulator/cloudstack/rows.ts';
import {
  type Bench,
  emptyHoldings,
  guardedNetwork,
  holdingsOf,
  openNetwork,
  orderFor,
  reordered,
  startBench,
  vmOf,
  vmsOf,
} from '../../../test/support/cloud.ts';
import { TenureDriver } from '../../../test/support/tenure-driver.ts';
import type { Present } from '../port.ts';
import { CloudStackClient } from './api/client.ts';
import { JobTracker } from './api/jobs.ts';
import { keyPairName } from './observe/names.ts';

// What a real CloudStack 4.22 did that no test had expected.

let bench: Bench;
afterEach(() => bench.stop());

const signal = () => AbortSignal.timeout(20_000);
const ports = [{ name: 'ssh', port: 22 }];

async function running(order = orderFor({ network: { ports } })): Promise<TenureDriver> {
  const driver = new TenureDriver(bench.reactor(), order, bench.clock);
  await driver.settle(80);
  return driver;
}

/** A client of the operator's account, used by somebody else. */
function userClient() {
  const { endpoint, accounts } = bench.simulator;
  const client = new CloudStackClient({ endpoint, credentials: accounts.user, clock: bench.clock });
  return { client, close: () => client.close() };
}

async function end(driver: TenureDriver): Promise<void> {
  driver.wanted = 'Ended';
  await driver.settle(80);
}

/** The observation once the shared listings are fresh enough to show outside changes. */
async function lookLater(driver: TenureDriver): Promise<Present> {
  await bench.clock.pass(60_000);
  const found = await bench.reactor().observe(driver.order.identity, driver.order, driver.memo, signal());
  if (found.kind !== 'Present') throw new Error(`expected something present, found ${found.kind}`);
  return found;
}

describe('two tenures with one access key in one account', () => {
  it('two tenures with one access key share one key pair, and the last one to end removes it', async () => {
    bench = await startBench();
    const first = await running();
    const second = await running({ ...orderFor(), accessKey: first.order.accessKey });
    const pair = keyPairName(first.order.accessKey);
    expect(holdingsOf(bench).keyPairs).toEqual([pair]);
    expect(second.results.map(({ error }) => error?.code)).not.toContain('CloudStackRejected');
    await end(first);
    expect(holdingsOf(bench).keyPairs).toEqual([pair]);
    await end(second);
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });

  it('two tenures with one access key that are created at the same time are both deployed', async () => {
    bench = await startBench();
    const { accessKey } = orderFor();
    const drivers = [1, 2, 3].map(() => new TenureDriver(bench.reactor(), { ...orderFor(), accessKey }, bench.clock));
    await Promise.all(drivers.map((driver) => driver.settle(80)));
    expect(holdingsOf(bench)).toMatchObject({ vms: [{}, {}, {}], keyPairs: [keyPairName(accessKey)] });
    await Promise.all(drivers.map(end));
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });
});

it('a pair with the consumer’s key and another name is used as it is, and never removed', async () => {
  bench = await startBench();
  const order = orderFor();
  const driver = await running(order);
  const [pair] = bench.simulator.world.tables.keyPairs.filter(() => true);
  if (pair === undefined) throw new Error('no key pair');
  await end(driver);
  const { id: _id, seq: _seq, ...row } = pair;
  bench.simulator.world.tables.keyPairs.add({ ...row, name: 'mine' });
  const again = await running({ ...orderFor(), accessKey: order.accessKey });
  expect(vmOf(bench, again.order).keyPairs).toEqual(['mine']);
  await end(again);
  expect(holdingsOf(bench).keyPairs).toEqual(['mine']);
});

it('a root disk and user-data that are changed together are both changed before the tag says so', async () => {
  bench = await startBench();
  const driver = await running(orderFor({ userData: '#cloud-config\n' }));
  driver.order = reordered(driver.order, { rootDiskGiB: 30, userData: '#cloud-config\nruncmd: []\n' });
  expect((await driver.settle()).found).toMatchObject({ phase: 'Running', differences: [] });
  const vm = vmOf(bench, driver.order);
  const sizes = bench.simulator.world.tables.volumes.filter((row) => row.vm === vm.id).map((row) => row.sizeBytes);
  expect(sizes).toEqual([30 * 2 ** 30]);
  expect(Buffer.from(vm.userData ?? '', 'base64').toString()).toContain('runcmd');
});

it('a root disk that did not grow leaves the order untagged', async () => {
  bench = await startBench();
  const driver = await running();
  bench.simulator.faults.set([{ command: 'resizeVolume', kind: 'FailJob', text: 'no space' }]);
  driver.order = reordered(driver.order, { rootDiskGiB: 30, userData: '#cloud-config\nruncmd: []\n' });
  await driver.until(({ error }) => error !== undefined, 30);
  const { tags } = bench.simulator.world.tables;
  expect(tags.filter(({ value }) => value === driver.order.descriptorHash)).toEqual([]);
});

describe('a VM that an admin destroyed and did not expunge', () => {
  it.each([
    ['a network of its own', {}],
    ['a security group', guardedNetwork],
    ['a shared network', openNetwork],
  ])(
    'a VM destroyed but not expunged by an admin is expunged by its id and created again, with %s',
    async (_way, config) => {
      // Names are taken at once: the destroyed VM still holds its own.
      bench = await startBench({ quirks: { nameRaceMs: 0 } }, config);
      const driver = await running();
      const { id } = vmOf(bench, driver.order);
      await bench.asAdmin('destroyVirtualMachine', { id });
      await bench.clock.pass(60_000);
      await driver.until(({ found }) => found?.kind !== 'Present' || found.phase !== 'Running', 20);
      await driver.settle(80);
      const vms = vmsOf(bench, driver.order);
      expect(vms).toMatchObject([{ state: 'Running' }]);
      expect(vms[0]?.id).not.toBe(id);
      expect(driver.results.map(({ error }) => error?.family)).not.toContain('terminal');
    },
  );

  it('a VM destroyed but not expunged by an admin does not keep the network of an ended tenure', async () => {
    bench = await startBench();
    const driver = await running();
    await bench.asAdmin('destroyVirtualMachine', { id: vmOf(bench, driver.order).id });
    await end(driver);
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });
});

describe('a VM in an unexpected state', () => {
  const stateOf = (driver: TenureDriver, state: VmState) => {
    vmOf(bench, driver.order).state = state;
  };

  it('a migrating VM counts as up', async () => {
    bench = await startBench();
    const driver = await running();
    stateOf(driver, 'Migrating');
    expect(await lookLater(driver)).toMatchObject({ phase: 'Running', healthy: true });
  });

  it('a suspended VM in an unknown state is stopped', async () => {
    bench = await startBench();
    const driver = await running();
    stateOf(driver, 'Unknown');
    driver.wanted = 'Suspended';
    await bench.clock.pass(60_000);
    await driver.until(({ action }) => action === 'stop');
    expect(bench.simulator.calls.get('stopVirtualMachine')).toBe(1);
  });

  it.each<VmState>(['Stopping', 'Starting'])(
    'a VM is reported after ten minutes in %s without a job',
    async (state) => {
      bench = await startBench();
      const driver = await running();
      stateOf(driver, state);
      await bench.clock.pass(60_000);
      expect((await driver.reconcile()).found?.kind).toBe('Busy');
      await bench.clock.pass(11 * 60_000);
      const found = await lookLater(driver);
      expect(found).toMatchObject({ healthy: false });
      expect(found.message).toContain(`is ${state} for longer than it should be`);
    },
  );

  it('a VM is removed when its tenure ends while its expunge hangs', async () => {
    bench = await startBench();
    const driver = await running();
    stateOf(driver, 'Expunging');
    await end(driver);
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });
});

it('a job that a restart cancelled without a result is reported with a message', async () => {
  bench = await startBench({ delays: { queue: 0, vm: 60_000, other: 0 } });
  const driver = new TenureDriver(bench.reactor(), orderFor(), bench.clock);
  await driver.until(({ action }) => action === 'poll');
  const [job] = bench.simulator.world.tables.jobs.filter(({ status }) => status === 0);
  if (job === undefined) throw new Error('no job');
  Object.assign(job, { status: 2, resultCode: 530 });
  const { client, close } = userClient();
  const tracker = new JobTracker(client, bench.clock);
  const started = { id: job.id, what: 'deploying the VM', command: 'deployVirtualMachine', removing: false };
  expect(await tracker.state(started, signal())).toMatchObject({
    kind: 'Failed',
    failed: { code: 530, text: expect.stringMatching(/cancelled.*restart of the management server/) },
  });
  await close();
});

describe('resources that others added to a tenure', () => {
  it('an address somebody added to a tenure’s network is reported, and removed with the tenure', async () => {
    bench = await startBench();
    const driver = await running();
    const [network] = holdingsOf(bench).networks;
    const { client, close } = userClient();
    await client.call('associateIpAddress', { networkid: network?.id ?? '' }, signal());
    await close();
    const found = await lookLater(driver);
    expect(found.differences).toMatchObject([{ what: expect.stringMatching(/^address 192\.0\./) }]);
    expect(found).toMatchObject({ phase: 'Running', healthy: true });
    await end(driver);
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });

  it('a disk somebody attached is reported at every reconcile', async () => {
    bench = await startBench();
    const driver = await running();
    const vm = vmOf(bench, driver.order);
    const { volumes } = bench.simulator.world.tables;
    volumes.add({
      created: 0,
      name: 'backup',
      zone: vm.zone,
      account: vm.account,
      type: 'DATADISK',
      sizeBytes: 2 ** 30,
      state: 'Ready',
      vm: vm.id,
      device: 5,
    });
    for (let look = 0; look < 3; look++) {
      const found = await lookLater(driver);
      expect(found.differences).toMatchObject([{ what: 'disk backup' }]);
      driver.memo = found.memo;
    }
  });

  it('a NIC somebody added is reported, and no restart is attempted for it', async () => {
    bench = await startBench();
    const driver = await running();
    const vm = vmOf(bench, driver.order);
    const [nic] = vm.nics;
    const lan = bench.simulator.world.tables.networks.find(({ name }) => name === 'shared-lan');
    if (nic === undefined || lan === undefined) throw new Error('no network');
    vm.nics.push({ ...nic, id: crypto.randomUUID(), network: lan.id, isDefault: false, ip: '10.9.9.9' });
    expect((await lookLater(driver)).differences).toMatchObject([{ what: 'NIC in shared-lan' }]);
    await driver.until(({ error }) => error?.code === 'VmForeignPart', 10);
    expect(vm.state).toBe('Running');
  });
});

it('a template larger than the free primary storage is declined before anything is created', async () => {
  // 10 is primary storage, in GiB.
  bench = await startBench({ cloud: { limits: { '10': 3 } } });
  const template = bench.simulator.world.tables.templates.find(({ name }) => name === 'debian-12');
  if (template === undefined) throw new Error('no template');
  template.sizeBytes = 8 * 2 ** 30;
  await expect(bench.reactor().check(orderFor(), signal())).rejects.toMatchObject({
    code: 'CloudStackLimitReached',
    message: expect.stringMatching(/3 GiB of primary storage left and the order needs 8/),
  });
  expect(holdingsOf(bench)).toEqual(emptyHoldings);
});

it('a memo from a host whose clock is an hour ahead delays a create by no more than its backoff', async () => {
  bench = await startBench();
  const at = bench.clock.now() + 3_600_000;
  const failure = { what: 'x', command: 'deployVirtualMachine', code: 530, text: '', at, count: 2, removing: false };
  const create = bench.reactor().create(orderFor(), { failure }, signal());
  await expect(create).rejects.toMatchObject({ code: 'CloudStackFailed', retryAfterMs: 10_000 });
});
