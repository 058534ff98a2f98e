import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, guardedNetwork, holdingsOf, orderFor, startBench, vmOf } from '../../../../test/support/cloud.ts';
import { TenureDriver } from '../../../../test/support/tenure-driver.ts';
import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';
import type { Json } from '../../../base/json.ts';
import type { Order, Present } from '../../port.ts';
import { TENURE_TAG } from './names.ts';

let bench: Bench;
afterEach(() => bench.stop());

const descriptor = {
  network: { ports: [{ name: 'ssh', port: 22 }] },
  dataDisks: [{ name: 'data', sizeGiB: 3 }],
} as const;

async function running(
  config: Partial<CloudStackConfig> = {},
  more: { readonly [key: string]: Json } = {},
): Promise<TenureDriver> {
  bench = await startBench({}, config);
  const driver = new TenureDriver(bench.reactor(), orderFor({ ...descriptor, ...more }), bench.clock);
  await driver.settle();
  return driver;
}

/** Reconciles until the shared listings are fresh enough to show outside changes, and the tenure is at rest again. */
async function corrected(driver: TenureDriver): Promise<Present> {
  await bench.clock.pass(60_000);
  await driver.until(({ action }) => action !== 'rest', 20);
  const { found } = await driver.settle();
  if (found?.kind !== 'Present') throw new Error(`found ${found?.kind}`);
  return found;
}

/** The same tenure after its consumer has updated the order. */
function reordered({ order }: TenureDriver, change: { readonly [key: string]: Json }): Order {
  const { identity, consumer, accessKey } = order;
  return { ...orderFor({ ...descriptor, ...change }), identity, consumer, accessKey };
}

/** Shrinks a VM as an admin. */
async function shrink(driver: TenureDriver): Promise<void> {
  const { id } = vmOf(bench, driver.order);
  const small = bench.simulator.world.tables.serviceOfferings.find(({ name }) => name === 'small');
  await bench.asAdmin('stopVirtualMachine', { id });
  await bench.asAdmin('scaleVirtualMachine', { id, serviceofferingid: small?.id ?? '' });
  await bench.asAdmin('startVirtualMachine', { id });
}

const medium = { cpu: 2, memoryMiB: 4_096 };

const pictureOf = (driver: TenureDriver) => {
  const { rules, tags, volumes } = holdingsOf(bench);
  const { state, cpu, memoryMiB, name } = vmOf(bench, driver.order);
  return { rules, tags, volumes: volumes.map((volume) => volume.vm), vm: { state, cpu, memoryMiB, name } };
};

describe('changes by others are corrected', () => {
  it.each([
    ['rules of a network', {}],
    ['rules of a security group', guardedNetwork],
  ])('%s that were removed are restored', async (_what, config) => {
    const driver = await running(config);
    const before = pictureOf(driver);
    const { rules, securityGroups } = bench.simulator.world.tables;
    for (const rule of [...rules.live()]) rules.drop(rule.id);
    for (const group of securityGroups.live()) if (group.name === driver.order.identity.name) group.rules.length = 0;
    await corrected(driver);
    expect(pictureOf(driver)).toEqual(before);
  });

  it('removed tags are restored', async () => {
    const driver = await running();
    const before = pictureOf(driver);
    const { tags } = bench.simulator.world.tables;
    for (const tag of [...tags.live()]) tags.drop(tag.id);
    await corrected(driver);
    expect(pictureOf(driver)).toEqual(before);
  });

  it('changed tags are restored', async () => {
    const driver = await running();
    const { tags } = bench.simulator.world.tables;
    const valuesOf = () => Object.fromEntries([...tags.live()].map(({ key, value }) => [key, value]));
    const before = valuesOf();
    for (const tag of tags.live()) if (tag.key !== TENURE_TAG) tag.value = 'something else';
    await corrected(driver);
    expect(valuesOf()).toEqual(before);
  });

  it('a detached data disk is attached again', async () => {
    const driver = await running();
    const before = pictureOf(driver);
    const disk = bench.simulator.world.tables.volumes.find(({ type }) => type === 'DATADISK');
    await bench.asAdmin('detachVolume', { id: disk?.id ?? '' });
    await corrected(driver);
    expect(pictureOf(driver)).toEqual(before);
  });

  it('the changed size of a VM is corrected when the provider allows the restart', async () => {
    const driver = await running({ restart: 'Always' }, medium);
    const before = pictureOf(driver);
    await shrink(driver);
    await corrected(driver);
    expect(pictureOf(driver)).toEqual(before);
  });
});

describe('changes that cannot be corrected without harm', () => {
  it('a VM marked as another tenure’s is reported and not touched', async () => {
    const driver = await running();
    const { id } = vmOf(bench, driver.order);
    const { tags } = bench.simulator.world.tables;
    for (const tag of tags.live()) if (tag.key === TENURE_TAG) tag.value = orderFor().identity.marker;
    await bench.clock.pass(60_000);
    const { error } = await driver.until((result) => result.error !== undefined, 20);
    expect(error).toMatchObject({ code: 'CloudStackNotOurs', message: expect.stringContaining(id) });
    expect(bench.simulator.world.tables.vms.must(id)).toMatchObject({ state: 'Running' });
    expect([...bench.simulator.world.tables.vms.live()]).toHaveLength(1);
  });

  it('drift that cannot be corrected without harm is reported with what a correction would take', async () => {
    const driver = await running({}, medium);
    await shrink(driver);
    await bench.clock.pass(60_000);
    const { found, error } = await driver.until((result) => result.error !== undefined, 20);
    expect(found).toMatchObject({
      phase: 'Running',
      healthy: true,
      differences: [{ what: 'VM size', detail: '1 CPUs and 1024 MiB, ordered 2 CPUs and 4096 MiB' }],
    });
    expect(error).toMatchObject({ code: 'VmRestartNeeded', family: 'refused' });
    expect(vmOf(bench, driver.order)).toMatchObject({ state: 'Running', memoryMiB: 1_024 });
  });
});

describe('a changed order', () => {
  it('a changed order opens and closes ports while the VM runs', async () => {
    const driver = await running();
    const before = bench.simulator.calls.get('stopVirtualMachine') ?? 0;
    driver.order = reordered(driver, { network: { ports: [{ name: 'rpc', port: 9944 }] } });
    const { found } = await driver.until(({ action }) => action === 'rest');
    expect((found as Present).endpoints).toContainEqual({ name: 'rpc', address: expect.stringMatching(/:9944$/) });
    expect((found as Present).endpoints.map(({ name }) => name)).not.toContain('ssh');
    expect(bench.simulator.calls.get('stopVirtualMachine') ?? 0).toBe(before);
  });

  it('a changed order for another size stops the VM and starts it again', async () => {
    const driver = await running();
    driver.order = reordered(driver, medium);
    await driver.settle();
    expect(vmOf(bench, driver.order)).toMatchObject({ state: 'Running', cpu: 2, memoryMiB: 4_096 });
    expect(bench.simulator.calls.get('stopVirtualMachine')).toBe(1);
  });

  it('a changed order that needs a forbidden restart is refused, and the VM keeps running', async () => {
    const driver = await running({ restart: 'Never' });
    driver.order = reordered(driver, medium);
    const { error } = await driver.until((result) => result.error !== undefined, 20);
    expect(error).toMatchObject({ code: 'VmRestartNeeded' });
    expect(vmOf(bench, driver.order)).toMatchObject({ state: 'Running', cpu: 1 });
  });

  it.each([
    ['another image', { image: 'ubuntu-24.04' }, '/image'],
    ['a smaller disk', { dataDisks: [{ name: 'data', sizeGiB: 1 }] }, '/dataDisks'],
    ['one disk less', { dataDisks: [] }, '/dataDisks'],
  ])(
    'a changed order for %s is refused before anything is touched, and the error names the field',
    async (_what, change, path) => {
      const driver = await running();
      const before = pictureOf(driver);
      const order = reordered(driver, change);
      await expect(bench.reactor().check(order, AbortSignal.timeout(10_000))).rejects.toMatchObject({
        code: 'VmChangeRefused',
        family: 'refused',
        path,
      });
      driver.order = order;
      const { error } = await driver.until((result) => result.error !== undefined, 20);
      expect(error).toMatchObject({ code: 'VmChangeRefused', path });
      expect(pictureOf(driver)).toEqual(before);
    },
  );
});
