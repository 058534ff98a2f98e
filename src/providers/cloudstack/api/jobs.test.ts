import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, emptyHoldings, holdingsOf, orderFor, startBench } from '../../../../test/support/cloud.ts';
import { TenureDriver } from '../../../../test/support/tenure-driver.ts';

let bench: Bench;
afterEach(() => bench.stop());

const ports = [{ name: 'ssh', port: 22 }];
const calls = (command: string) => bench.simulator.calls.get(command) ?? 0;

describe('the jobs of many tenures', () => {
  it('the jobs of many tenures are polled by one list, without a query for each that succeeds', async () => {
    bench = await startBench({ delays: { queue: 5, vm: 60, other: 20 } });
    const reactor = bench.reactor();
    const drivers = Array.from({ length: 5 }, () => orderFor({ network: { ports } })).map(
      (order) => new TenureDriver(reactor, order, bench.clock),
    );
    await Promise.all(drivers.map((driver) => driver.settle(200)));
    expect(holdingsOf(bench).vms).toHaveLength(5);
    expect(calls('listAsyncJobs')).toBeGreaterThan(0);
    expect(calls('queryAsyncJobResult')).toBe(0);
  });

  it('jobs are queried one by one when the role lacks listAsyncJobs', async () => {
    bench = await startBench({ delays: { queue: 1, vm: 10, other: 5 } });
    const account = bench.simulator.world.tables.accounts.find(({ name }) => name === 'dinfra');
    account?.forbidden.push('listAsyncJobs');
    const driver = new TenureDriver(bench.reactor(), orderFor({ network: { ports } }), bench.clock);
    await driver.settle(100);
    driver.wanted = 'Ended';
    await driver.settle(100);
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
    expect(calls('queryAsyncJobResult')).toBeGreaterThan(0);
    expect(calls('listAsyncJobs')).toBe(1);
  });
});

it('observing a cloud that never answers ends in time, and soon fails without waiting', async () => {
  bench = await startBench({}, { limits: { callsPerSecond: 100_000, timeoutMs: 500 } });
  const reactor = bench.reactor();
  const order = orderFor();
  bench.simulator.faults.set([{ command: '*', kind: 'Delay', ms: 60_000 }]);
  const observe = () => reactor.observe(order.identity, order, undefined, new AbortController().signal);
  for (let count = 0; count < 3; count++)
    await expect(observe()).rejects.toMatchObject({ code: 'CloudStackUnreachable' });
  const started = performance.now();
  const others = await Promise.allSettled(Array.from({ length: 300 }, observe));
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(new Set(others.map((other) => other.status))).toEqual(new Set(['rejected']));
});
