import { afterEach, describe, expect, it } from 'vitest';
import type { Vm } from '../../../../simulator/cloudstack/rows.ts';
import { addAddresses } from '../../../../simulator/cloudstack/seed.ts';
import {
  type Bench,
  emptyHoldings,
  guardedNetwork,
  holdingsOf,
  openNetwork,
  orderFor,
  startBench,
  vmOf,
  vmsOf,
} from '../../../../test/support/cloud.ts';
import { TenureDriver } from '../../../../test/support/tenure-driver.ts';
import type { Present } from '../../port.ts';
import { CloudStackClient } from '../api/client.ts';

const signal = () => AbortSignal.timeout(20_000);

let bench: Bench;
afterEach(() => bench.stop());

function loseTags(): void {
  const { tags } = bench.simulator.world.tables;
  for (const tag of [...tags.live()]) tags.drop(tag.id);
}

async function end(driver: TenureDriver): Promise<void> {
  driver.wanted = 'Ended';
  await driver.settle();
}

describe('a failed deploy', () => {
  it('a failed deploy is reported with the reason of its job, and its broken VM is removed and deployed again', async () => {
    bench = await startBench();
    const driver = new TenureDriver(bench.reactor(), orderFor(), bench.clock);
    bench.simulator.faults.set([
      { command: 'deployVirtualMachine', kind: 'FailJob', code: 533, times: 1, text: 'full' },
    ]);
    const broken = await driver.until(({ found }) => found?.kind === 'Present' && found.phase === 'Broken');
    expect((broken.found as Present).message).toMatch(/Error.*533.*full/);
    expect((await driver.settle()).found).toMatchObject({ phase: 'Running', differences: [] });
    expect(vmOf(bench, driver.order).state).toBe('Running');
    await end(driver);
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });

  it('a deploy without capacity is retried in the next zone', async () => {
    bench = await startBench({}, { zones: ['zone-1', 'zone-2'] });
    const { tables } = bench.simulator.world;
    const zone = tables.zones.add({
      created: 0,
      name: 'zone-2',
      networkType: 'Advanced',
      securityGroups: false,
      enabled: true,
    });
    for (const host of tables.hosts.filter(({ name }) => name === 'host-1'))
      tables.hosts.add({ ...host, zone: zone.id });
    addAddresses(bench.simulator.world, zone.id, '198.51.100', 10, 0);
    for (const host of tables.hosts.filter((row) => row.zone !== zone.id)) host.enabled = false;
    const driver = new TenureDriver(bench.reactor(), orderFor(), bench.clock);
    await driver.settle();
    expect(vmOf(bench, driver.order).zone).toBe(zone.id);
    expect(holdingsOf(bench).networks).toHaveLength(1);
    await end(driver);
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });

  it('a deploy that keeps failing is retried with backoff', async () => {
    bench = await startBench();
    const driver = new TenureDriver(bench.reactor(), orderFor(), bench.clock);
    bench.simulator.faults.set([{ command: 'deployVirtualMachine', kind: 'FailJob', code: 533 }]);
    const start = bench.clock.now();
    while (bench.clock.now() - start < 3_600_000) await driver.reconcile();
    const deploys = bench.simulator.calls.get('deployVirtualMachine') ?? 0;
    expect(deploys).toBeGreaterThan(10);
    expect(deploys).toBeLessThan(25);
    expect(driver.results.some(({ error }) => error?.code === 'CloudStackNoCapacity')).toBe(true);
    bench.simulator.faults.clear();
    await end(driver);
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });

  it('a deploy whose response is lost repeatedly creates one VM', async () => {
    bench = await startBench();
    bench.simulator.faults.set([
      { command: 'deployVirtualMachine', kind: 'LoseReply', times: 3 },
      { command: 'createTags', kind: 'LoseReply', times: 2 },
      { command: 'createNetwork', kind: 'LoseReply', times: 2 },
    ]);
    const driver = new TenureDriver(bench.reactor(), orderFor(), bench.clock);
    await driver.settle();
    expect(holdingsOf(bench)).toMatchObject({ vms: [{ state: 'Running' }], networks: [{}] });
  });
});

describe('a VM that lost its markers', () => {
  it('a VM whose tags were never set is found by its display name and tagged', async () => {
    bench = await startBench();
    const driver = new TenureDriver(bench.reactor(), orderFor(), bench.clock);
    await driver.settle();
    loseTags();
    const again = new TenureDriver(bench.reactor(), driver.order, bench.clock);
    await again.settle();
    expect(holdingsOf(bench)).toMatchObject({ vms: [{ state: 'Running' }], tags: 3 });
  });

  it('a renamed VM is found by its tag and renamed back', async () => {
    bench = await startBench();
    const driver = new TenureDriver(bench.reactor(), orderFor(), bench.clock);
    await driver.settle();
    const vm = vmOf(bench, driver.order);
    vm.name = 'mine-now';
    vm.displayName = 'mine-now';
    const again = new TenureDriver(bench.reactor(), driver.order, bench.clock);
    await again.settle();
    expect(vmsOf(bench, driver.order)).toMatchObject([{ id: vm.id, displayName: driver.order.identity.marker }]);
  });

  it('a VM without its name and tags is found by its recorded id', async () => {
    bench = await startBench();
    const driver = new TenureDriver(bench.reactor(), orderFor(), bench.clock);
    await driver.settle();
    const vm = vmOf(bench, driver.order);
    vm.name = 'nameless';
    vm.displayName = 'nameless';
    loseTags();
    await bench.clock.pass(60_000);
    await driver.until(({ action }) => action !== 'rest');
    await driver.settle();
    expect(vmOf(bench, driver.order).id).toBe(vm.id);
    expect(holdingsOf(bench)).toMatchObject({ vms: [{ id: vm.id }], tags: 3 });
  });
});

describe('names on a server that matches substrings', () => {
  it('a tenure is never confused with one whose name contains its own', async () => {
    bench = await startBench({ quirks: { substringNames: true } });
    const victims = [new TenureDriver(bench.reactor(), orderFor(), bench.clock)];
    victims.push(new TenureDriver(bench.reactor(), orderFor(), bench.clock));
    for (const victim of victims) await victim.settle();
    const order = orderFor();
    const [before, after] = victims.map((victim) => vmOf(bench, victim.order));
    if (before === undefined || after === undefined) throw new Error('no neighbours');
    before.name = `x${order.identity.name}`;
    after.name = `${order.identity.name}0`;
    const rows = JSON.stringify([before, after]);
    const driver = new TenureDriver(bench.reactor(), order, bench.clock);
    expect((await driver.settle()).found).toMatchObject({ phase: 'Running' });
    await end(driver);
    expect(vmsOf(bench, order)).toEqual([]);
    expect(JSON.stringify([before, after])).toBe(rows);
  });
});

describe.each([
  ['a network of its own', {}],
  ['a security group', guardedNetwork],
  ['an open network', openNetwork],
])('two operators that realise the same tenure, with %s', (_name, config) => {
  it('two operators whose deploys both succeeded end up with one VM', async () => {
    bench = await startBench({ quirks: { nameRaceMs: 60_000 } }, config);
    const order = orderFor({ dataDisks: [{ name: 'data', sizeGiB: 1 }] });
    const driver = new TenureDriver(bench.reactor(), order, bench.clock);
    await driver.settle();
    const first = vmOf(bench, order);
    await deployTwin(first);
    expect(vmsOf(bench, order)).toHaveLength(2);
    driver.memo = undefined;
    await driver.settle();
    const held = holdingsOf(bench);
    expect(held).toMatchObject({ vms: [{ state: 'Running' }], pendingJobs: 0 });
    expect(held.volumes).toHaveLength(2);
    expect(held.networks.length).toBeLessThanOrEqual(1);
    await end(driver);
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });

  it('two operators that each remember their own VM agree on which of them stays', async () => {
    bench = await startBench({ quirks: { nameRaceMs: 60_000 } }, config);
    const order = orderFor();
    const drivers = [1, 2].map(() => new TenureDriver(bench.reactor(), order, bench.clock));
    while (!drivers.every(({ memo }) => memo?.['vm'] !== undefined)) {
      await Promise.all(drivers.map((driver) => driver.reconcile()));
    }
    await Promise.all(drivers.map((driver) => driver.settle()));
    expect(holdingsOf(bench)).toMatchObject({ vms: [{ state: 'Running' }] });
    expect(bench.simulator.calls.get('deployVirtualMachine')).toBeLessThanOrEqual(2);
  });

  it('two operators that both manage a tenure for its whole life end up with one VM', async () => {
    bench = await startBench({ quirks: { nameRaceMs: 20 } }, config);
    const order = orderFor({ network: { ports: [{ name: 'ssh', port: 22 }] } });
    const drivers = [1, 2].map(() => new TenureDriver(bench.reactor(), order, bench.clock));
    await Promise.all(drivers.map((driver) => driver.settle()));
    expect(holdingsOf(bench)).toMatchObject({ vms: [{ state: 'Running' }] });
    for (const driver of drivers) driver.wanted = 'Ended';
    await Promise.all(drivers.map((driver) => driver.settle()));
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });
});

/** The VM of another operator's deploy of the same tenure, with the name that CloudStack would have refused. */
async function deployTwin(vm: Vm): Promise<void> {
  const { endpoint, accounts } = bench.simulator;
  const client = new CloudStackClient({ endpoint, credentials: accounts.user, clock: bench.clock });
  await client.call(
    'deployVirtualMachine',
    {
      name: vm.name,
      displayname: vm.displayName,
      zoneid: vm.zone,
      serviceofferingid: vm.offering,
      templateid: vm.template,
      keypair: vm.keyPairs.join(','),
      networkids: vm.nics.map(({ network }) => network).join(','),
      ...(vm.securityGroups.length === 0 ? {} : { securitygroupids: vm.securityGroups.join(',') }),
    },
    signal(),
  );
  await client.close();
}
