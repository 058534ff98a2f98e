import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, emptyHoldings, holdingsOf, orderFor, startBench, vmOf } from '../../../../test/support/cloud.ts';
import { TenureDriver } from '../../../../test/support/tenure-driver.ts';
import type { Order } from '../../port.ts';

let bench: Bench;
afterEach(() => bench.stop());

const together = { group: 'nodes', hosts: 'Same' } as const;
const apart = { group: 'nodes', hosts: 'Different' } as const;

async function settled(order: Order): Promise<TenureDriver> {
  const driver = new TenureDriver(bench.reactor(), order, bench.clock);
  await driver.settle();
  return driver;
}

const hostOf = (driver: TenureDriver) => vmOf(bench, driver.order).host;
const groups = () => [...bench.simulator.world.tables.affinityGroups.live()];

describe('affinity', () => {
  it('host anti-affinity puts the VMs of a consumer’s group on different hosts', async () => {
    bench = await startBench({ cloud: { hosts: 3 } });
    const vms = [];
    for (let count = 0; count < 3; count++) vms.push(await settled(orderFor({ affinity: apart })));
    expect(new Set(vms.map(hostOf)).size).toBe(3);
    expect(groups()).toHaveLength(1);
  });

  it('a VM waits until its anti-affinity group has a free host', async () => {
    bench = await startBench({ cloud: { hosts: 1 } });
    const first = await settled(orderFor({ affinity: apart }));
    const second = new TenureDriver(bench.reactor(), orderFor({ affinity: apart }), bench.clock);
    const { error } = await second.until((result) => result.error !== undefined);
    expect(error).toMatchObject({ code: 'CloudStackNoCapacity' });
    first.wanted = 'Ended';
    await first.settle();
    await second.settle();
    expect(vmOf(bench, second.order).state).toBe('Running');
  });

  it('host affinity puts the VMs of a group on the same host', async () => {
    bench = await startBench({ cloud: { hosts: 4 } });
    const vms = [];
    for (let count = 0; count < 3; count++) vms.push(await settled(orderFor({ affinity: together })));
    expect(new Set(vms.map(hostOf)).size).toBe(1);
  });

  it('affinity groups of the same name of two consumers are separate', async () => {
    bench = await startBench({ cloud: { hosts: 1 } });
    await settled(orderFor({ affinity: apart }));
    const other = { ...orderFor({ affinity: apart }), consumer: '5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y' };
    expect(vmOf(bench, (await settled(other)).order).state).toBe('Running');
    expect(groups()).toHaveLength(2);
  });

  it('a changed affinity group restarts the VM', async () => {
    bench = await startBench({ cloud: { hosts: 2 } });
    const driver = await settled(orderFor());
    const { identity, consumer, accessKey } = driver.order;
    driver.order = { ...orderFor({ affinity: apart }), identity, consumer, accessKey };
    await driver.settle();
    expect(vmOf(bench, driver.order).affinityGroups).toEqual(groups().map(({ id }) => id));
    expect(bench.simulator.calls.get('stopVirtualMachine')).toBe(1);
    driver.order = { ...orderFor(), identity, consumer, accessKey };
    await driver.settle();
    expect(vmOf(bench, driver.order).affinityGroups).toEqual([]);
  });

  it('an affinity group is removed with its last VM', async () => {
    bench = await startBench();
    const drivers = [await settled(orderFor({ affinity: apart })), await settled(orderFor({ affinity: apart }))];
    for (const [ended, driver] of drivers.entries()) {
      expect(groups()).toHaveLength(1);
      driver.wanted = 'Ended';
      await driver.settle();
      expect(holdingsOf(bench).vms).toHaveLength(1 - ended);
    }
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });
});
