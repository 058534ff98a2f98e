import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, emptyHoldings, holdingsOf, orderFor, startBench, vmsOf } from '../../../test/support/cloud.ts';
import { deploymentFor } from '../../../test/support/deployment-for.ts';
import { TenureDriver } from '../../../test/support/tenure-driver.ts';
import type { Deployment } from '../../api/deployment.ts';
import { silentLogger } from '../../base/logger.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import { Store } from '../../kube/cache/store.ts';
import type { Order, Reactor } from '../../providers/port.ts';
import { OrphanWatch } from './orphan-watch.ts';

const signal = () => AbortSignal.timeout(20_000);
const MINUTE = 60_000;

let bench: Bench;
let deployments: Store<Deployment>;
/** Subscriptions the chain no longer has. */
let gone: Set<bigint>;
let watch: OrphanWatch;
let now = 0;

beforeEach(async () => {
  bench = await startBench();
  deployments = new Store<Deployment>();
  gone = new Set();
  watch = watchOver(bench.reactor());
  now = 0;
});
afterEach(() => bench.stop());

const watchOver = (reactor: Reactor) =>
  new OrphanWatch(reactor, {
    deployments,
    standing: async ({ subscription }) => (gone.has(subscription) ? 'Gone' : 'Live'),
    log: silentLogger,
  });

/** A VM that runs, and the Deployment it runs for. */
async function realised(): Promise<Order> {
  const driver = new TenureDriver(bench.reactor(), orderFor(), bench.clock);
  await driver.settle();
  deployments.put(deploymentFor(driver.order));
  return driver.order;
}

/** Deletes the Deployment without waiting for its finalizer. */
const forget = ({ identity }: Order) => deployments.remove(`acme/${identity.name}`);

const namesOf = ({ orphans }: OrphanWatch) => orphans?.map(({ identity }) => identity.name);

async function look(remove = false): Promise<readonly string[] | undefined> {
  now += MINUTE;
  await watch.look(remove, now, signal());
  return namesOf(watch);
}

describe('things in CloudStack without a Deployment', () => {
  it('no orphan is reported while every tenure has a Deployment', async () => {
    await realised();
    for (let minute = 0; minute < 12; minute++) expect(await look()).toEqual([]);
  });

  it('orphans are reported with all their resources when two surveys in a row found them', async () => {
    const [kept, lost] = [await realised(), await realised()];
    forget(lost);
    expect(await look()).toBeUndefined();
    expect(await look()).toEqual([lost.identity.name]);
    expect(watch.orphans?.[0]?.what).toEqual([`VM ${lost.identity.name} (Running)`, `network ${lost.identity.name}`]);
    expect(vmsOf(bench, kept)).toHaveLength(1);
  });

  it('a restarted operator keeps reported orphans until it has surveyed twice', async () => {
    await realised();
    const lost = await realised();
    forget(lost);
    await look();
    await look();
    const restarted = watchOver(bench.reactor());
    expect(restarted.orphans).toBeUndefined();
    await restarted.look(false, now, signal());
    expect(restarted.orphans).toBeUndefined();
    await restarted.look(false, now + MINUTE, signal());
    expect(namesOf(restarted)).toEqual([lost.identity.name]);
  });

  it('backends are surveyed for orphans every ten minutes', async () => {
    await realised();
    for (let minute = 0; minute < 30; minute++) await look();
    expect(bench.simulator.calls.get('listSecurityGroups')).toBeLessThanOrEqual(8);
  });

  it('orphans stay until their subscription has ended on chain, whatever the policy', async () => {
    const lost = await realised();
    forget(lost);
    await look(true);
    for (let minute = 0; minute < 5; minute++) expect(await look(true)).toHaveLength(1);
    gone.add(lost.identity.tenure.subscription);
    for (let minute = 0; minute < 5; minute++) expect(await look(false)).toHaveLength(1);
    expect(vmsOf(bench, lost)).toMatchObject([{ state: 'Running' }]);
  });

  it('orphans whose subscription has ended on chain are removed if the policy is Remove', async () => {
    const [kept, lost] = [await realised(), await realised()];
    forget(lost);
    gone.add(lost.identity.tenure.subscription);
    for (let minute = 0; minute < 12; minute++) {
      await look(true);
      await bench.clock.pass(5_000);
    }
    expect(watch.orphans).toEqual([]);
    expect(vmsOf(bench, lost)).toEqual([]);
    expect(vmsOf(bench, kept)).toMatchObject([{ state: 'Running' }]);
    const ending = new TenureDriver(bench.reactor(), kept, bench.clock, 'Ended');
    await ending.settle();
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });

  it('a survey for orphans tolerates an unreachable CloudStack or chain', async () => {
    const lost = await realised();
    forget(lost);
    await look();
    expect(await look()).toHaveLength(1);
    bench.simulator.faults.set([{ command: '*', kind: 'Html' }]);
    expect(await look(true)).toHaveLength(1);
    bench.simulator.faults.clear();
    const unsure = new OrphanWatch(bench.reactor(), {
      deployments,
      standing: () => Promise.reject(new RetryableError('ChainUnreachable', { message: 'no chain endpoint answers' })),
      log: silentLogger,
    });
    for (let minute = 1; minute <= 3; minute++) await unsure.look(true, now + minute * MINUTE, signal());
    expect(unsure.orphans).toHaveLength(1);
    expect(vmsOf(bench, lost)).toMatchObject([{ state: 'Running' }]);
  });
});
