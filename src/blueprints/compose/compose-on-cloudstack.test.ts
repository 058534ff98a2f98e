import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  type Bench,
  emptyHoldings,
  holdingsOf,
  orderFor as orderForVm,
  startBench,
} from '../../../test/support/cloud.ts';
import { TenureDriver } from '../../../test/support/tenure-driver.ts';
import type { Json } from '../../base/json.ts';
import type { Order, Present } from '../../providers/port.ts';
import { blueprints } from '../registry.ts';

const file = new URL('../../../config/samples/descriptors/substrate-node-compose.json', import.meta.url);
const sample = JSON.parse(readFileSync(file, 'utf8'));

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

function orderFor(descriptor: Json): Order {
  return { ...orderForVm(), type: 'compose/v1', descriptor };
}

/** The user-data of the only VM, as cloud-init reads it. */
function userDataInCloud(): string {
  const vms = [...bench.simulator.world.tables.vms.live()];
  expect(vms).toHaveLength(1);
  const bytes = Buffer.from(vms[0]?.userData ?? '', 'base64');
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** Decoded parts of a MIME archive. */
function partsOf(archive: string): readonly string[] {
  const [, boundary = ''] = /boundary="([^"]+)"/.exec(archive) ?? [];
  return archive
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => Buffer.from(part.slice(part.indexOf('\r\n\r\n')), 'base64').toString('utf8'));
}

/** The error with which the controller would refuse an order, in terms of what the consumer wrote. */
async function problemOf({ type, descriptor, ...order }: Order): Promise<unknown> {
  try {
    const translated = { ...order, ...blueprints.translate(type, descriptor) };
    await bench.reactor().check(translated, AbortSignal.timeout(10_000));
    return undefined;
  } catch (error) {
    return blueprints.inTermsOf(type, error);
  }
}

describe('a compose/v1 order in CloudStack', () => {
  it('a compose/v1 order is realised as a VM with the file and open ports, from the award to the end', async () => {
    const order = orderFor(sample);
    expect(await problemOf(order)).toBeUndefined();
    const driver = new TenureDriver(bench.reactor(), order, bench.clock);
    const up = await driver.settle();
    expect(up.found).toMatchObject({ kind: 'Present', phase: 'Running', healthy: true, differences: [] });
    const names = (up.found as Present).endpoints.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['ssh', 'node-9944', 'node-30333']));
    const [cloudConfig = ''] = partsOf(userDataInCloud());
    expect(parse(cloudConfig).bootcmd[0].at(-1)).toBe(sample.compose);
    // A translation that is not deterministic would count as drift.
    expect((await driver.reconcile()).action).toBe('rest');
    driver.wanted = 'Suspended';
    expect((await driver.settle()).found).toMatchObject({ phase: 'Stopped', differences: [] });
    driver.wanted = 'Active';
    expect((await driver.settle()).found).toMatchObject({ phase: 'Running' });
    driver.wanted = 'Ended';
    await driver.settle();
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });

  it('a compose file that is too large is refused before anything is changed, with its field and by how much', async () => {
    const noise = randomBytes(30_000).toString('base64');
    const large = orderFor({ ...sample, compose: `${sample.compose}\n# ${noise}\n` });
    const error = await problemOf(large);
    expect(error).toMatchObject({ family: 'terminal', code: 'VmUserDataTooLarge', path: '/compose' });
    const { message } = error as Error;
    expect(message).toMatch(/^with what compose becomes, .* takes \d+ characters .*; 32767 fit, which is \d+ fewer$/);
    const [, takes, fewer] = /takes (\d+) .* is (\d+) fewer/.exec(message) ?? [];
    expect(Number(takes) - Number(fewer)).toBe(32_767);
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
  });

  it('an unsupported compose file is refused with the path in the descriptor', async () => {
    const order = orderFor({ ...sample, compose: 'services: {web: {build: .}}' });
    expect(await problemOf(order)).toMatchObject({ code: 'ComposeUnsupported', path: '/compose/services/web/build' });
  });

  it('an impossible VM of a compose/v1 order is refused with the field of the descriptor', async () => {
    expect(await problemOf(orderFor({ ...sample, image: 'gone' }))).toMatchObject({ path: '/image' });
  });

  it('a vm/v1 order is not affected by blueprints', async () => {
    const order = orderForVm({ compose: 'not looked at', userData: '#!/bin/sh\n' });
    expect(await problemOf(order)).toBeUndefined();
  });
});
