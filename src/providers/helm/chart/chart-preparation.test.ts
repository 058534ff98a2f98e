import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chartArchive } from '../../../../test/support/chart-archives.ts';
import { startChartRepository } from '../../../../test/support/chart-repository.ts';
import { startHttpHost } from '../../../../test/support/http-host.ts';
import { identityOf } from '../../../award/identity.ts';
import type { Json } from '../../../base/json.ts';
import type { Order } from '../../port.ts';
import { settingsOf } from '../config.ts';
import { HelmCommand } from '../release/helm-command.ts';
import { HelmWorkers } from '../worker/helm-workers.ts';
import { ChartPreparation } from './chart-preparation.ts';
import { ChartSource } from './chart-source.ts';

const forever = new AbortController().signal;
const workers = new HelmWorkers();
afterAll(() => workers.close());
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chart-preparation-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A preparation whose helm prints this manifest, and the number of its runs. */
async function preparation(hosts: readonly string[] = [], manifest = '', patienceMs = 10_000) {
  const command = join(folder, 'helm');
  await writeFile(command, `#!/bin/sh\necho run >> ${folder}/runs\ncat <<'END'\n${manifest}\nEND\n`, { mode: 0o755 });
  const settings = settingsOf({ charts: { plainHttpHosts: hosts, privateAddresses: true } }, 'default');
  const source = new ChartSource(settings.charts, workers);
  const helm = new HelmCommand({ command, temporary: folder });
  const charts = new ChartPreparation(helm, settings, source, workers, { patienceMs });
  const runs = async () => (await readFile(`${folder}/runs`, 'utf8').catch(() => '')).split('\n').length - 1;
  const close = async () => {
    charts.close();
    await source.close();
  };
  return { charts, runs, close };
}

function order(descriptor: Json, subscription = 1n): Order {
  return {
    identity: identityOf({ genesis: `0x${'0'.repeat(64)}`, subscription, tenure: 1 }),
    type: 'helm/v1',
    descriptor,
    descriptorHash: `hash of ${JSON.stringify(descriptor)}`,
    consumer: 'somebody',
    accessKey: `0x${'0'.repeat(64)}`,
  };
}

const carried = async (values: Json = {}) => ({
  chart: { archive: (await chartArchive({ 'templates/a.yaml': '' })).toString('base64') },
  values,
});

describe('preparing charts', () => {
  test('a descriptor that many tenures order at once is rendered once', async () => {
    const { charts, runs, close } = await preparation();
    const descriptor = await carried();
    const orders = Array.from({ length: 20 }, (_, index) => order(descriptor, BigInt(index + 1)));
    await Promise.all(orders.map((each) => charts.prepare(each, 'v1.36.3', forever)));
    await charts.prepare(order(descriptor), 'v1.36.3', forever);
    expect(await runs()).toBe(1);
    // Other values, or another version of Kubernetes, may render differently.
    await charts.prepare(order(await carried({ a: 1 })), 'v1.36.3', forever);
    await charts.prepare(order(descriptor), 'v1.37.0', forever);
    expect(await runs()).toBe(3);
    await close();
  });

  test('a refused chart is refused again without being rendered', async () => {
    const { charts, runs, close } = await preparation([], 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}');
    for (let round = 0; round < 3; round++) {
      await expect(charts.prepare(order(await carried()), 'v1', forever)).rejects.toMatchObject({
        code: 'ChartForbiddenKind',
      });
    }
    expect(await runs()).toBe(1);
    await close();
  });

  test('a slow repository blocks no reconcile, and its chart is ready at a later one', async () => {
    const archive = await chartArchive({ 'templates/a.yaml': '' }, { name: 'web', version: '1.0.0' });
    const fast = await startChartRepository([{ name: 'web', version: '1.0.0', archive }]);
    const opened = Promise.withResolvers<void>();
    const slow = await startHttpHost(async (request, response) => {
      await opened.promise;
      response.writeHead(302, { location: `${fast.origin}${request.url}` });
      response.end();
    });
    const { charts, close } = await preparation([slow.host, fast.host], '', 50);
    const wanted = order({ chart: { repository: `${slow.origin}/charts`, name: 'web', version: '1.0.0' } });
    const started = performance.now();
    await expect(charts.prepare(wanted, 'v1', forever)).rejects.toMatchObject({
      code: 'ChartPending',
      family: 'retryable',
      retryAfterMs: 1_000,
    });
    expect(performance.now() - started).toBeLessThan(10_000);
    opened.resolve();
    await expect
      .poll(() => charts.prepare(wanted, 'v1', forever).catch(({ code }) => code))
      .toMatchObject({ name: 'web' });
    await close();
    await slow.close();
    await fast.close();
  });

  test('a chart missing from its repository is requested again later, because it may be published', async () => {
    const repository = await startChartRepository([]);
    const { charts, close } = await preparation([repository.host]);
    const wanted = order({ chart: { repository: `${repository.origin}/charts`, name: 'web', version: '1.0.0' } });
    const missing = { code: 'ChartNotFound' };
    await expect(charts.prepare(wanted, 'v1', forever)).rejects.toMatchObject(missing);
    await expect(charts.prepare(wanted, 'v1', forever)).rejects.toMatchObject(missing);
    await close();
    await repository.close();
  });

  test('a caller that aborts does not abort a preparation others wait for', async () => {
    const { charts, runs, close } = await preparation();
    const descriptor = await carried();
    const leaving = new AbortController();
    const left = charts.prepare(order(descriptor), 'v1', leaving.signal);
    const stays = charts.prepare(order(descriptor, 2n), 'v1', forever);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await expect(stays).resolves.toMatchObject({ name: 'demo' });
    expect(await runs()).toBe(1);
    await close();
  });
});
