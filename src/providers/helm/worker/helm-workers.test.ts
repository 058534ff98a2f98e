import { randomBytes } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { chartArchive, WEB_CHART } from '../../../../test/support/chart-archives.ts';
import { readChartArchive } from '../chart/chart-archive.ts';
import { settingsOf } from '../config.ts';
import { HelmWorkers } from './helm-workers.ts';

const { signal } = new AbortController();
const workers = new HelmWorkers();
afterAll(() => workers.close());

test('an inspected archive is returned with its name, its version and the same files', async () => {
  const archive = await chartArchive(WEB_CHART, { name: 'web', version: '1.2.3' });
  const inspected = await workers.run({ kind: 'Chart', archive }, 'a', signal);
  expect(inspected).toMatchObject({ name: 'web', version: '1.2.3' });
  const { files } = await readChartArchive(Buffer.from(inspected.archive));
  expect([...files.keys()].sort()).toEqual(['Chart.yaml', ...Object.keys(WEB_CHART)].sort());
});

test('a refusal in a thread reaches the caller with the same code, message and path', async () => {
  const archive = await chartArchive(WEB_CHART);
  const task = { kind: 'Manifest', archive, values: '{}', namespace: 'n', settings: settingsOf({}, 'acme') } as const;
  const manifest = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n';
  await expect(workers.run({ ...task, manifest }, 'a', signal)).rejects.toMatchObject({
    family: 'terminal',
    code: 'ChartForbiddenKind',
    message: expect.stringContaining('Namespace x of the chart is of v1'),
    path: '/chart',
  });
});

test('a task that exceeds its time limit is terminated and refused', async () => {
  const hurried = new HelmWorkers({ timeMs: 1 });
  try {
    const noise = randomBytes(1_000_000).toString('base64');
    const archive = await chartArchive({ ...WEB_CHART, 'files/noise': noise });
    await expect(hurried.run({ kind: 'Chart', archive }, 'a', signal)).rejects.toMatchObject({
      code: 'ChartTooLarge',
      message: 'the chart is too large: processing it takes more than 0.001 s',
    });
  } finally {
    await hurried.close();
  }
});

test('a task that exceeds the memory limit of its thread is refused', async () => {
  const small = new HelmWorkers({ memoryMiB: 16 });
  try {
    const index = Buffer.from(`{"entries":{"a":[${'{},'.repeat(1_300_000)}{}]}}`);
    await expect(small.run({ kind: 'Index', index, name: 'a', version: '1' }, 'a', signal)).rejects.toMatchObject({
      code: 'ChartTooLarge',
      message: expect.stringContaining('more than 16 MiB of memory'),
    });
  } finally {
    await small.close();
  }
});
