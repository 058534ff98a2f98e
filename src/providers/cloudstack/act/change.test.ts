import { afterEach, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../simulator/cloudstack/seed.ts';
import { type Bench, holdingsOf, openNetwork, orderFor, startBench, vmOf } from '../../../../test/support/cloud.ts';
import { TenureDriver } from '../../../../test/support/tenure-driver.ts';
import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';
import type { Json } from '../../../base/json.ts';
import type { Order, Present } from '../../port.ts';

let bench: Bench;
afterEach(() => bench.stop());

const ports = [{ name: 'ssh', port: 22 }];
const larger = { cpu: 2, memoryMiB: 4_096 };

async function running(
  options: Parameters<typeof startBench>[0] = {},
  config: Partial<CloudStackConfig> = {},
  more: { readonly [key: string]: Json } = {},
): Promise<TenureDriver> {
  bench = await startBench(options, config);
  const driver = new TenureDriver(bench.reactor(), orderFor({ network: { ports }, ...more }), bench.clock);
  await driver.settle();
  return driver;
}

/** The same tenure after its consumer has updated the order. */
function reordered({ order }: TenureDriver, change: { readonly [key: string]: Json }): Order {
  const { identity, consumer, accessKey } = order;
  return { ...orderFor({ network: { ports }, ...change }), identity, consumer, accessKey };
}

const check = (order: Order, config: Partial<CloudStackConfig> = {}) =>
  bench.reactor(config).check(order, AbortSignal.timeout(10_000));

const stops = () => bench.simulator.calls.get('stopVirtualMachine') ?? 0;

/** Account limits with room for exactly the smallest VM. */
const tight = { cloud: { limits: { ...defaultLimits, '8': 1 } } };

describe('updates of a running VM', () => {
  it('an update is possible when the template of a running VM is no longer offered', async () => {
    const driver = await running();
    const { tables } = bench.simulator.world;
    for (const template of [...tables.templates.live()]) template.removed = Date.now();
    const order = reordered(driver, { network: { ports: [{ name: 'rpc', port: 9_944 }] } });
    await expect(check(order)).resolves.toBeUndefined();
    await expect(check(order, { images: [{ name: 'other', template: 'other' }] })).resolves.toBeUndefined();
    driver.order = order;
    const { found } = await driver.settle();
    expect((found as Present).endpoints).toContainEqual({ name: 'rpc', address: expect.stringMatching(/:9944$/) });
  });

  it.each<[string, { readonly [key: string]: Json }, Partial<CloudStackConfig>, object]>([
    [
      'user-data that is too large',
      { sshKeys: [`ssh-rsa ${'A'.repeat(900)}`], userData: noise() },
      {},
      {
        code: 'VmUserDataTooLarge',
        path: '/userData',
      },
    ],
    [
      'a disk larger than offered',
      { dataDisks: [{ name: 'data', sizeGiB: 5_000 }] },
      {},
      {
        code: 'VmSizeNotOffered',
        path: '/dataDisks/0/sizeGiB',
      },
    ],
    [
      'a disk where none are offered',
      { dataDisks: [{ name: 'data', sizeGiB: 5 }] },
      { dataDisks: undefined as never },
      {
        code: 'VmSizeNotOffered',
        path: '/dataDisks',
      },
    ],
    ['a root disk larger than offered', { rootDiskGiB: 5_000 }, {}, { code: 'VmSizeNotOffered', path: '/rootDiskGiB' }],
    ['a smaller root disk', { rootDiskGiB: 1 }, {}, { code: 'VmChangeRefused', path: '/rootDiskGiB' }],
    ['a size that is not offered', { cpu: 200 }, {}, { code: 'VmSizeNotOffered', path: '/cpu' }],
    [
      'egress closed in a shared network',
      { network: { egress: 'None' } },
      openNetwork,
      {
        code: 'VmNetworkNotOffered',
        path: '/network/egress',
      },
    ],
    ['a restart where the provider allows none', larger, { restart: 'Never' }, { code: 'VmRestartNeeded' }],
  ])('an impossible update is refused before anything is touched: %s', async (_what, change, config, said) => {
    const driver = await running({}, config, { rootDiskGiB: 4 });
    const before = JSON.stringify(holdingsOf(bench));
    await expect(check(reordered(driver, { rootDiskGiB: 4, ...change }))).rejects.toMatchObject(said);
    expect(JSON.stringify(holdingsOf(bench))).toBe(before);
  });
});

describe('user-data of an existing VM', () => {
  const userDataOf = (driver: TenureDriver) =>
    Buffer.from(vmOf(bench, driver.order).userData ?? '', 'base64').toString('utf8');

  it('the user-data of a running VM changes with the order, without a restart', async () => {
    const driver = await running({}, {}, { userData: '#!/bin/sh\necho old\n' });
    driver.order = reordered(driver, { userData: '#!/bin/sh\necho new\n' });
    await driver.settle();
    expect(userDataOf(driver)).toBe('#!/bin/sh\necho new\n');
    expect(stops()).toBe(0);
  });

  it('the user-data of a VM is emptied if the order no longer has any, so that it does not run again', async () => {
    const driver = await running({}, {}, { userData: '#!/bin/sh\necho old\n' });
    driver.order = reordered(driver, {});
    await driver.settle();
    expect(userDataOf(driver)).toBe('#cloud-config\n');
    const calls = bench.simulator.calls.get('updateVirtualMachine');
    driver.order = reordered(driver, { network: { ports: [] } });
    await driver.settle();
    expect(bench.simulator.calls.get('updateVirtualMachine')).toBe(calls);
  });
});

describe('a disk whose VM has a snapshot', () => {
  it('a disk that cannot grow because of a VM snapshot is reported as such and not as forbidden', async () => {
    const disks = (sizeGiB: number) => ({ dataDisks: [{ name: 'data', sizeGiB }] });
    const driver = await running({}, {}, disks(3));
    // The code a role without the command would have, but in a job.
    bench.simulator.faults.set([{ command: 'resizeVolume', kind: 'FailJob', code: 432, text: 'VM snapshots' }]);
    driver.order = reordered(driver, disks(5));
    const { error } = await driver.until((result) => result.error !== undefined, 20);
    expect(error).toMatchObject({ code: 'CloudStackFailed', message: expect.stringContaining('VM snapshots') });
    bench.simulator.faults.clear();
    await driver.settle();
    const sizes = [...bench.simulator.world.tables.volumes.live()].map(({ sizeBytes }) => sizeBytes);
    expect(sizes).toContain(5 * 2 ** 30);
  });
});

describe('an update that exceeds the limits of the account', () => {
  it('an update beyond the account’s limits is refused with what is left and what it needs', async () => {
    const driver = await running(tight);
    await expect(check(reordered(driver, larger))).rejects.toMatchObject({
      code: 'CloudStackLimitReached',
      message: 'the account dinfra has 0 CPUs left and the order needs 1',
    });
  });

  it('a VM is not stopped for a size beyond the account’s limits', async () => {
    const driver = await running(tight);
    driver.order = reordered(driver, larger);
    const { error } = await driver.until((result) => result.error !== undefined, 20);
    expect(error).toMatchObject({ code: 'CloudStackLimitReached' });
    expect(vmOf(bench, driver.order).state).toBe('Running');
    expect(stops()).toBe(0);
  });
});

describe('a VM that was stopped for a change that fails', () => {
  it.each([
    ['refused', { kind: 'Error', code: 432, text: 'not in your role' }],
    ['failed in its job', { kind: 'FailJob', code: 530, text: 'no such host' }],
  ] as const)(
    'a VM stopped for a change that fails is started again unchanged, with the reason: %s',
    async (_what, fault) => {
      const driver = await running();
      bench.simulator.faults.set([{ command: 'scaleVirtualMachine', ...fault }]);
      driver.order = reordered(driver, larger);
      const { error, found } = await driver.until((result) => result.error !== undefined, 40);
      expect(error).toMatchObject({ family: 'retryable', message: expect.stringContaining(fault.text) });
      expect(found).toMatchObject({ phase: 'Running' });
      expect((found as Present).differences.map(({ what }) => what)).toContain('VM size');
      expect(vmOf(bench, driver.order)).toMatchObject({ state: 'Running', cpu: 1 });
      expect(stops()).toBe(1);
    },
  );

  it('a failing change of a VM is retried with backoff until it succeeds', async () => {
    const driver = await running();
    bench.simulator.faults.set([{ command: 'scaleVirtualMachine', kind: 'FailJob' }]);
    driver.order = reordered(driver, larger);
    const start = bench.clock.now();
    while (bench.clock.now() - start < 24 * 3_600_000) await driver.reconcile();
    expect(stops()).toBeGreaterThan(2);
    expect(stops()).toBeLessThan(7);
    expect(vmOf(bench, driver.order)).toMatchObject({ state: 'Running', cpu: 1 });
    bench.simulator.faults.clear();
    await driver.settle();
    expect(vmOf(bench, driver.order)).toMatchObject({ state: 'Running', cpu: 2 });
  });

  it('a new order ends the backoff of a failing change', async () => {
    const driver = await running();
    bench.simulator.faults.set([{ command: 'scaleVirtualMachine', kind: 'FailJob', times: 1 }]);
    driver.order = reordered(driver, larger);
    await driver.until((result) => result.error !== undefined, 40);
    const before = bench.clock.now();
    driver.order = reordered(driver, { cpu: 4, memoryMiB: 8_192 });
    await driver.settle();
    expect(vmOf(bench, driver.order)).toMatchObject({ state: 'Running', cpu: 4 });
    expect(bench.clock.now() - before).toBeLessThan(60_000);
  });
});

/** Text that does not compress. */
function noise(): string {
  let state = 1;
  return Array.from({ length: 60_000 }, () => {
    state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647;
    return String.fromCharCode(33 + (state % 94));
  }).join('');
}
