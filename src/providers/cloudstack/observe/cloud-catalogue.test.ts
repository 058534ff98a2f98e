import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Bench,
  emptyHoldings,
  holdingsOf,
  openNetwork,
  orderFor,
  startBench,
  vmOf,
} from '../../../../test/support/cloud.ts';
import { TenureDriver } from '../../../../test/support/tenure-driver.ts';
import { CloudStackClient } from '../api/client.ts';
import { CloudCatalogue } from './cloud-catalogue.ts';

const soon = () => AbortSignal.timeout(10_000);

describe('the offerings of a cloud', () => {
  let bench: Bench;
  let client: CloudStackClient;
  let catalogue: CloudCatalogue;
  beforeEach(async () => {
    bench = await startBench({}, openNetwork);
    const { endpoint, accounts } = bench.simulator;
    client = new CloudStackClient({ endpoint, credentials: accounts.user, clock: bench.clock });
    catalogue = new CloudCatalogue(client, bench.clock);
  });
  afterEach(async () => {
    await client.close();
    await bench.stop();
  });

  it('the offerings of a cloud are read once for all callers, and again after a minute', async () => {
    await Promise.all([1, 2, 3].map(() => catalogue.zone('zone-1', soon())));
    await catalogue.zone('zone-sg', soon());
    expect(bench.simulator.calls.get('listZones')).toBe(1);
    await bench.clock.pass(60_000);
    await catalogue.zone('zone-1', soon());
    expect(bench.simulator.calls.get('listZones')).toBe(2);
  });

  it('a caller that aborts does not abort the read of the offerings for others', async () => {
    bench.simulator.faults.set([{ command: 'listZones', kind: 'Delay', ms: 200 }]);
    const impatient = new AbortController();
    const first = catalogue.zone('zone-1', impatient.signal);
    const second = catalogue.zone('zone-1', soon());
    impatient.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    await expect(second).resolves.toMatchObject({ name: 'zone-1' });
    expect(bench.simulator.calls.get('listZones')).toBe(1);
  });

  /** Replaces a template after it was last read. */
  function replaceTemplate(by: boolean): string {
    const { templates } = bench.simulator.world.tables;
    const old = templates.find(({ name }) => name === 'debian-12');
    if (old === undefined) throw new Error('no template');
    const { id: _, seq: __, ...rest } = old;
    old.removed = Date.now();
    return by ? templates.add(rest).id : '';
  }

  it('the offerings are read again when a deploy is refused, so an image that was just replaced is not a failure', async () => {
    const reactor = bench.reactor();
    const driver = new TenureDriver(reactor, orderFor(), bench.clock);
    await reactor.check(driver.order, soon());
    const template = replaceTemplate(true);
    await driver.settle();
    expect(vmOf(bench, driver.order).template).toBe(template);
    expect(driver.results.map(({ error }) => error?.family)).not.toContain('terminal');
  });

  it('an image removed between the award and the deploy is named in the error', async () => {
    const reactor = bench.reactor();
    const driver = new TenureDriver(reactor, orderFor(), bench.clock);
    await reactor.check(driver.order, soon());
    replaceTemplate(false);
    const { error } = await driver.until((result) => result.error !== undefined, 10);
    expect(error).toMatchObject({ code: 'CloudStackTemplateUnknown', family: 'terminal' });
    expect(error?.message).toContain('"debian-12"');
    driver.wanted = 'Ended';
    await driver.settle();
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });
});
