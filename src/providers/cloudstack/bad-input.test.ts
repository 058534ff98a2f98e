import { afterEach, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../simulator/cloudstack/seed.ts';
import type { SimulatorOptions } from '../../../simulator/cloudstack/simulator.ts';
import {
  type Bench,
  configFor,
  emptyHoldings,
  holdingsOf,
  orderFor,
  startBench,
  vmOf,
} from '../../../test/support/cloud.ts';
import { SkewedClock } from '../../../test/support/skewed-clock.ts';
import { TenureDriver } from '../../../test/support/tenure-driver.ts';
import type { CloudStackConfig } from '../../api/cloud-stack-backend.ts';
import type { Json } from '../../base/json.ts';
import type { DinfraError } from '../../errors/dinfra-error.ts';
import type { Order } from '../port.ts';
import { CloudStackReactor } from './reactor.ts';

let bench: Bench;
afterEach(() => bench.stop());

function callsOf({ simulator }: Bench): number {
  return [...simulator.calls.values()].reduce((sum, count) => sum + count, 0);
}

/** The error of `check` for an order, after which the account has no resources. */
async function verdict(
  order: Order,
  config: Partial<CloudStackConfig> = {},
  options: SimulatorOptions = {},
): Promise<unknown> {
  bench = await startBench(options, config);
  const said = await bench
    .reactor()
    .check(order, AbortSignal.timeout(10_000))
    .then(
      () => undefined,
      (error: DinfraError) => error,
    );
  expect(holdingsOf(bench)).toEqual(emptyHoldings);
  return said;
}

describe('an impossible order', () => {
  it.each<[string, { readonly [key: string]: Json }, string, string, RegExp]>([
    ['an unknown image', { image: 'plan9' }, 'VmImageNotOffered', '/image', /"plan9"; offered are debian-12/],
    ['more than any size has', { cpu: 200 }, 'VmSizeNotOffered', '/cpu', /cpu is 200/],
    ['too large a root disk', { rootDiskGiB: 5_000 }, 'VmSizeNotOffered', '/rootDiskGiB', /5000; at most 100/],
    ['a bad hostname', { hostname: 'bad_name' }, 'VmDescriptorInvalid', '/hostname', /bad_name/],
    [
      'too much user-data',
      { userData: Array.from({ length: 12_000 }, () => Math.random().toString(36).slice(2, 12)).join('') },
      'VmUserDataTooLarge',
      '/userData',
      /userData takes \d+ characters/,
    ],
  ])(
    'an impossible order is refused with the field and what is offered: %s',
    async (_what, descriptor, code, path, message) => {
      const said = await verdict(orderFor(descriptor));
      expect(said).toMatchObject({ code, path, family: 'terminal', message: expect.stringMatching(message) });
    },
  );
});

describe('a Reactor that names something CloudStack does not have', () => {
  it.each<[string, Partial<CloudStackConfig>, string]>([
    ['zone', { zones: ['nowhere'] }, 'CloudStackZoneUnknown'],
    ['offering', { sizes: [{ cpu: 1, memoryMiB: 1_024, offering: 'nothing' }] }, 'CloudStackOfferingUnknown'],
    ['template', { images: [{ name: 'debian-12', template: 'nothing' }] }, 'CloudStackTemplateUnknown'],
    ['network', { network: { mode: 'Shared', network: 'nothing' } }, 'CloudStackNetworkUnknown'],
  ])(
    'a missing %s in the Reactor is named, and twenty orders cost no more calls than one',
    async (_what, config, code) => {
      const [name] = ['nowhere', 'nothing'].filter((word) => JSON.stringify(config).includes(word));
      const said = await verdict(orderFor(), config);
      expect(said).toMatchObject({ code, message: expect.stringContaining(`"${name}"`) });
      const before = callsOf(bench);
      const reactor = bench.reactor();
      for (let turn = 0; turn < 20; turn++) {
        await expect(reactor.check(orderFor(), AbortSignal.timeout(10_000))).rejects.toMatchObject({ code });
      }
      expect(callsOf(bench) - before).toBeLessThanOrEqual(10);
    },
  );
});

describe('an account or a cloud that is full', () => {
  it('an order beyond the account’s limits is refused before anything is created, with what is left and what is needed', async () => {
    const said = await verdict(orderFor(), {}, { cloud: { limits: { ...defaultLimits, '0': 0 } } });
    expect(said).toMatchObject({
      code: 'CloudStackLimitReached',
      message: 'the account dinfra has 0 VMs left and the order needs 1',
    });
  });

  it('an account without a VM left is retried with backoff', async () => {
    bench = await startBench({ cloud: { hosts: 0 } });
    const driver = new TenureDriver(bench.reactor(), orderFor(), bench.clock);
    const start = bench.clock.now();
    while (bench.clock.now() - start < 3_600_000) await driver.reconcile();
    const reasons = new Set(driver.results.flatMap(({ error }) => error?.code ?? []));
    expect([...reasons]).toEqual(['CloudStackNoCapacity']);
    expect(bench.simulator.calls.get('deployVirtualMachine')).toBeLessThan(25);
    driver.wanted = 'Ended';
    await driver.settle();
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });
});

describe('an endpoint that refuses the operator', () => {
  /** The error of an observation, and the number of calls of ten more attempts over some minutes. */
  async function tries(reactor: CloudStackReactor): Promise<{ error: DinfraError | undefined; calls: number }> {
    const driver = new TenureDriver(reactor, orderFor(), bench.clock);
    const { error } = await driver.reconcile();
    const before = callsOf(bench);
    for (let turn = 0; turn < 10; turn++) await driver.reconcile();
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
    return { error, calls: callsOf(bench) - before };
  }

  const credentials = { apiKey: 'nobody', secretKey: 'nothing-anybody-knows' };

  it('wrong keys are reported without their value, and not retried on every reconcile', async () => {
    bench = await startBench();
    const { clock, simulator } = bench;
    const reactor = new CloudStackReactor({ config: configFor(simulator), credentials, clock });
    const { error, calls } = await tries(reactor);
    await reactor.close();
    expect(error).toMatchObject({ code: 'CloudStackUnauthorized', family: 'retryable' });
    expect(error?.message).not.toContain(credentials.secretKey);
    expect(calls).toBeLessThanOrEqual(20);
  });

  it('a clock that is behind is reported as a possible cause, and the call is not retried on every reconcile', async () => {
    bench = await startBench();
    const { simulator } = bench;
    const late = new SkewedClock();
    await late.pass(-3_600_000);
    const reactor = new CloudStackReactor({
      config: configFor(simulator),
      credentials: simulator.accounts.user,
      clock: late,
    });
    const { error, calls } = await tries(reactor);
    await reactor.close();
    expect(calls).toBeLessThanOrEqual(20);
    expect(error).toMatchObject({ code: 'CloudStackUnauthorized', message: expect.stringMatching(/clock/) });
  });

  it('an endpoint that is not CloudStack is reported with its response', async () => {
    bench = await startBench();
    bench.simulator.faults.set([{ command: '*', kind: 'Html' }]);
    const { error, calls } = await tries(bench.reactor());
    expect(calls).toBeLessThanOrEqual(20);
    expect(error).toMatchObject({
      code: 'CloudStackBadReply',
      family: 'retryable',
      message: expect.stringMatching(/HTTP 502/),
    });
  });
});

describe('an admin who removes something that a running VM needs', () => {
  it('a running VM is not touched when an admin removes its template', async () => {
    bench = await startBench();
    const driver = new TenureDriver(bench.reactor(), orderFor(), bench.clock);
    await driver.settle();
    const { tables } = bench.simulator.world;
    const { id } = vmOf(bench, driver.order);
    for (const template of [...tables.templates.live()]) template.removed = Date.now();
    await bench.clock.pass(120_000);
    for (let turn = 0; turn < 3; turn++) {
      expect(await driver.reconcile()).toMatchObject({ action: 'rest', found: { phase: 'Running', differences: [] } });
    }
    expect(vmOf(bench, driver.order).id).toBe(id);
  });

  it('a lost permission to expunge is reported with its name', async () => {
    bench = await startBench();
    const driver = new TenureDriver(bench.reactor(), orderFor(), bench.clock);
    await driver.settle();
    bench.simulator.world.settings['allow.user.expunge.recover.vm'] = 'false';
    const again = new TenureDriver(bench.reactor(), driver.order, bench.clock, 'Ended');
    const { error } = await again.until((result) => result.error !== undefined, 30);
    expect(error).toMatchObject({
      code: 'CloudStackExpungeForbidden',
      message: expect.stringMatching(
        /stopped and destroyed, and CloudStack expunges it from \d{4}-\d\d-\d\d \d\d:\d\d UTC on/,
      ),
    });
  });
});
