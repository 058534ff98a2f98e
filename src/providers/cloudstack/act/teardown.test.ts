import { afterEach, describe, expect, it } from 'vitest';
import {
  type Bench,
  emptyHoldings,
  guardedNetwork,
  holdingsOf,
  openNetwork,
  orderFor,
  startBench,
} from '../../../../test/support/cloud.ts';
import { TenureDriver } from '../../../../test/support/tenure-driver.ts';
import type { CloudStackConfig } from '../../../api/cloud-stack-backend.ts';

let bench: Bench;
afterEach(() => bench.stop());

const ownAddress: Partial<CloudStackConfig> = { network: { mode: 'Isolated', publicAccess: 'StaticNat' } };
const order = () =>
  orderFor({
    network: { ports: [{ name: 'ssh', port: 22 }] },
    dataDisks: [{ name: 'data', sizeGiB: 3 }],
    affinity: { group: 'nodes', hosts: 'Different' },
  });

describe('the end of a tenure', () => {
  it.each([
    [
      'addresses, VM, affinity group, key and network',
      ownAddress,
      ['disassociateIpAddress', 'destroyVirtualMachine', 'deleteAffinityGroup', 'deleteSSHKeyPair', 'deleteNetwork'],
    ],
    [
      'VM, affinity group, key and security group',
      guardedNetwork,
      ['destroyVirtualMachine', 'deleteAffinityGroup', 'deleteSSHKeyPair', 'deleteSecurityGroup'],
    ],
  ])(
    'the end of a tenure removes %s, each only after the previous one is seen to be gone',
    async (_what, config, expected) => {
      bench = await startBench({}, config);
      const driver = new TenureDriver(bench.reactor(), order(), bench.clock);
      await driver.settle();
      const calls: string[] = [];
      const again = new TenureDriver(
        bench.reactor({}, ({ command }) => calls.push(command)),
        driver.order,
        bench.clock,
        'Ended',
      );
      await again.settle();
      const writes = calls.filter((command) => !/^(list|query)/.test(command));
      expect(writes).toEqual(expected);
      // Shared resources go in one step with the network, which is the last trace of the tenure.
      const steps = writes.filter((command) => !/AffinityGroup|SSHKeyPair/.test(command));
      for (const [index, step] of steps.slice(0, -1).entries()) {
        const between = calls.slice(calls.indexOf(step) + 1, calls.indexOf(steps[index + 1] ?? ''));
        expect(between, `after ${step}`).toContain('listVirtualMachines');
      }
      expect(holdingsOf(bench)).toEqual(emptyHoldings);
    },
  );

  it.each<[string, Partial<CloudStackConfig>, RegExp]>([
    ['network', {}, /expunges it from .* UTC on.*until then its network/],
    ['security group', guardedNetwork, /expunges it from .* UTC on.*until then its security group/],
  ])(
    'a tenure whose VM could not be expunged at once says how long its %s stays, and expunges it later',
    async (_what, config, left) => {
      bench = await startBench({}, config);
      const driver = new TenureDriver(bench.reactor(), order(), bench.clock);
      await driver.settle();
      bench.simulator.faults.set([{ command: 'destroyVirtualMachine', kind: 'FailJob', times: 1 }]);
      driver.wanted = 'Ended';
      const waiting = await driver.until(({ error }) => error?.code === 'CloudStackExpungeForbidden');
      expect(waiting.error?.message).toMatch(left);
      await driver.settle(20);
      expect(holdingsOf(bench)).toEqual(emptyHoldings);
    },
  );

  it.each<[string, Partial<CloudStackConfig>]>([
    ['a network of its own', {}],
    ['an address of its own', ownAddress],
    ['a security group', guardedNetwork],
    ['a shared network', openNetwork],
  ])(
    'without the permission to expunge a tenure is released when CloudStack has expunged the VM, with %s',
    async (_what, config) => {
      const settings = { 'allow.user.expunge.recover.vm': 'false', 'expunge.delay': '1' };
      bench = await startBench({ settings }, config);
      const driver = new TenureDriver(bench.reactor(), order(), bench.clock);
      await driver.settle();
      driver.wanted = 'Ended';
      await driver.until(() => holdingsOf(bench).vms.every(({ state }) => state === 'Destroyed'));
      await expect.poll(() => holdingsOf(bench).vms, { timeout: 5_000 }).toEqual([]);
      await driver.settle();
      expect(holdingsOf(bench)).toEqual(emptyHoldings);
    },
  );

  it('a teardown that waits for CloudStack backs off and reports it', async () => {
    const settings = { 'allow.user.expunge.recover.vm': 'false' };
    bench = await startBench({ settings });
    const driver = new TenureDriver(bench.reactor(), order(), bench.clock);
    await driver.settle();
    driver.wanted = 'Ended';
    const start = bench.clock.now();
    while (bench.clock.now() - start < 6 * 3_600_000) await driver.reconcile();
    const codes = new Set(driver.results.flatMap(({ error }) => error?.code ?? []));
    expect([...codes]).toEqual(['CloudStackExpungeForbidden']);
    expect(bench.simulator.calls.get('deleteNetwork')).toBeLessThan(90);
    expect(bench.simulator.calls.get('destroyVirtualMachine')).toBe(1);
  });
});
