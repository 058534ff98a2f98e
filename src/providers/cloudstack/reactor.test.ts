import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Bench,
  emptyHoldings,
  guardedNetwork,
  holdingsOf,
  openNetwork,
  orderFor,
  startBench,
} from '../../../test/support/cloud.ts';
import { TenureDriver } from '../../../test/support/tenure-driver.ts';

describe('a tenure in CloudStack', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.stop());

  it.each([
    ['a network of its own', {}],
    ['a shared network with security groups', guardedNetwork],
    ['a shared network', openNetwork],
  ])('a tenure lives its whole life in %s and leaves nothing behind', async (_name, config) => {
    const reactor = bench.reactor(config);
    const order = orderFor({
      network: {
        ports: [
          { name: 'ssh', port: 22 },
          { name: 'p2p', port: 30333 },
        ],
      },
    });
    await reactor.check(order, AbortSignal.timeout(5_000));
    const driver = new TenureDriver(reactor, order, bench.clock);
    const up = await driver.settle();
    expect(up.found).toMatchObject({ kind: 'Present', phase: 'Running', healthy: true, differences: [] });
    driver.wanted = 'Suspended';
    const down = await driver.settle();
    expect(down.found).toMatchObject({ kind: 'Present', phase: 'Stopped', differences: [] });
    driver.wanted = 'Active';
    expect((await driver.settle()).found).toMatchObject({ phase: 'Running' });
    driver.wanted = 'Ended';
    await driver.settle();
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });
});
