import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { apiObject } from '../../../../test/support/api-objects.ts';
import { cpuMs } from '../../../../test/support/cpu-time.ts';
import type { Cluster } from '../cluster.ts';
import { HelmWorkers } from '../worker/helm-workers.ts';
import { decodeRelease } from './release-content.ts';
import { ReleaseRecords } from './release-record.ts';

const workers = new HelmWorkers();
afterAll(() => workers.close());

const encode = (release: unknown) =>
  Buffer.from(gzipSync(JSON.stringify(release)).toString('base64')).toString('base64');

describe('the record of a release', () => {
  test('the status, chart and values of a release are read from its record', async () => {
    const release = {
      info: { status: 'deployed', description: 'Install complete' },
      manifest: 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}',
      chart: {},
    };
    expect(await decodeRelease(encode(release))).toEqual({
      status: 'deployed',
      description: 'Install complete',
      objects: [expect.objectContaining({ kind: 'Pod', name: 'a' })],
    });
  });

  test('a release record without the fields helm omits when empty is valid', async () => {
    expect(await decodeRelease(encode({ info: { status: 'failed' } }))).toEqual({
      status: 'failed',
      description: '',
      objects: [],
    });
  });

  test('a release record the tenant has replaced with something else is unreadable', async () => {
    const bomb = encode({ info: { status: 'deployed' }, manifest: 'x'.repeat(20 * 1024 * 1024) });
    const others = ['', '!', 'bm90IGhlbG0=', encode(null), encode([]), encode({ info: { status: 5 } }), bomb];
    for (const data of others) expect(await decodeRelease(data)).toBeUndefined();
  });

  test('a release record of arbitrary bytes never crashes the reader', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.json(), async (text, json) => {
        await decodeRelease(text);
        await decodeRelease(encode(JSON.parse(json)));
      }),
    );
  });
});

describe('the history of a release', () => {
  const secret = (revision: number, data: string) =>
    apiObject({ data: { release: data } }, { name: `sh.helm.release.v1.web.v${revision}`, uid: `${revision}` });
  const stored = (status: string, manifest = '') => encode({ info: { status }, manifest });
  const read = (secrets: readonly ReturnType<typeof secret>[], records = new ReleaseRecords(workers)) => {
    const cluster = { list: async () => ({ items: secrets }) } as unknown as Cluster;
    return records.read(cluster, 'tenant', 'web', new AbortController().signal);
  };

  test('the running revision is the last deployed one, whatever comes after it', async () => {
    const found = await read([
      secret(2, stored('deployed')),
      secret(10, 'a forged record'),
      secret(3, stored('failed')),
    ]);
    expect([found.latest?.revision, found.good?.revision]).toEqual([10, 2]);
  });

  test('when helm died between its last two writes, the old revision is the running one', async () => {
    const found = await read([secret(1, stored('superseded')), secret(2, stored('pending-upgrade'))]);
    expect([found.latest?.revision, found.good?.revision]).toEqual([2, 1]);
  });

  test('a manifest crafted to be slow to parse is refused at once, and only once', async () => {
    const records = new ReleaseRecords(workers);
    const forged = [secret(7, stored('deployed', `[${','.repeat(500_000)}`))];
    const started = cpuMs();
    for (let round = 0; round < 20; round++) {
      expect((await read(forged, records)).good?.content?.objects).toBeUndefined();
    }
    expect(cpuMs() - started).toBeLessThan(1_500);
  });
});
