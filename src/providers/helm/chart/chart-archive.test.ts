import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chartArchive, type TarEntry, tarball } from '../../../../test/support/chart-archives.ts';
import { readChartArchive, writeChartArchive } from './chart-archive.ts';
import { inspectChart } from './chart-inspection.ts';

const LIMITS = { archiveBytes: 100_000, unpackedBytes: 200_000, entries: 20 };
const CHART_YAML: TarEntry = { header: { name: 'demo/Chart.yaml' }, body: 'name: demo' };

const refusal = async (entries: readonly TarEntry[]) =>
  readChartArchive(await tarball([CHART_YAML, ...entries]), LIMITS).then(
    () => 'accepted',
    (error) => error,
  );

describe('a chart archive', () => {
  test('reading a chart archive returns the files below its only top-level folder', async () => {
    const { files, digest } = await readChartArchive(await chartArchive({ 'templates/a.yaml': 'a: 1' }));
    expect([...files.keys()]).toEqual(['Chart.yaml', 'templates/a.yaml']);
    expect(files.get('templates/a.yaml')?.toString()).toBe('a: 1');
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('a chart archive that is written and read again is unchanged', async () => {
    const path = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._ +-]{0,40}(\/[a-zA-Z0-9_][a-zA-Z0-9._-]{0,70}){0,3}$/);
    const files = fc.dictionary(path, fc.uint8Array({ maxLength: 300 }), { maxKeys: 10 });
    await fc.assert(
      fc.asyncProperty(files, async (entries) => {
        const input = new Map(Object.entries(entries).map(([name, bytes]) => [name, Buffer.from(bytes)]));
        input.set('Chart.yaml', Buffer.from('name: demo'));
        for (const name of input.keys()) {
          // A path cannot be a file and a folder, nor stand for a packed subchart.
          fc.pre(![...input.keys()].some((other) => other.startsWith(`${name}/`)) && !name.endsWith('.tgz'));
        }
        const { files: output } = await readChartArchive(await writeChartArchive(input));
        expect(new Map(output)).toEqual(input);
      }),
      { numRuns: 50 },
    );
  });

  test('packed subcharts of a chart archive are unpacked beside the others', async () => {
    const inner = await chartArchive({ 'templates/b.yaml': 'b: 1' }, { name: 'inner' });
    const outer = await tarball([CHART_YAML, { header: { name: 'demo/charts/inner-1.0.tgz' }, body: inner }]);
    const { files } = await readChartArchive(outer);
    expect([...files.keys()]).toEqual(['Chart.yaml', 'charts/packed-0/Chart.yaml', 'charts/packed-0/templates/b.yaml']);
  });

  test('an archive in the charts folder of a subchart is also unpacked, because helm opens it', async () => {
    const inner = await chartArchive({ 'values.schema.json': '{"$ref":"http://127.0.0.1/x"}' }, { name: 'inner' });
    const entries = [
      { header: { name: 'demo/Chart.yaml' }, body: 'name: demo\nversion: 1.0.0\n' },
      { header: { name: 'demo/charts/sub/Chart.yaml' }, body: 'name: sub\nversion: 1.0.0\n' },
      { header: { name: 'demo/charts/sub/charts/inner.tgz' }, body: inner },
    ];
    const chart = await readChartArchive(await tarball(entries));
    expect([...chart.files.keys()]).toContain('charts/sub/charts/packed-0/values.schema.json');
    expect(() => inspectChart(chart)).toThrow(expect.objectContaining({ code: 'ChartInvalid' }));
  });
});

describe('a chart archive is refused', () => {
  test.each([
    ['a symbolic link', [{ header: { name: 'demo/x', type: 'symlink', linkname: '/etc/passwd' } }], /is a symlink/],
    ['a hard link', [{ header: { name: 'demo/x', type: 'link', linkname: 'demo/Chart.yaml' } }], /is a link/],
    ['a device', [{ header: { name: 'demo/x', type: 'character-device' } }], /is a character-device/],
    ['a pipe', [{ header: { name: 'demo/x', type: 'fifo' } }], /is a fifo/],
    ['a path that climbs out', [{ header: { name: 'demo/../../etc/cron.d/x' } }], /plain relative path/],
    ['an absolute path', [{ header: { name: '/etc/passwd' } }], /plain relative path/],
    ['a path of another system', [{ header: { name: 'demo\\..\\x' } }], /plain relative path/],
    ['a drive letter', [{ header: { name: 'C:/x/y' } }], /plain relative path/],
    ['an empty segment', [{ header: { name: 'demo//x' } }], /plain relative path/],
    ['a control character', [{ header: { name: 'demo/a\nb' } }], /plain relative path/],
    ['a very long path', [{ header: { name: `demo/${'a/'.repeat(200)}b` } }], /plain relative path/],
    ['a second topmost folder', [{ header: { name: 'other/x' } }], /two topmost folders/],
    ['a file outside any folder', [{ header: { name: 'x' } }], /outside the chart's folder/],
    ['the same file twice', [CHART_YAML], /is in it twice/],
  ] satisfies [string, TarEntry[], RegExp][])('with %s', async (_, entries, words) => {
    expect(await refusal(entries)).toMatchObject({ code: 'ChartInvalid', message: expect.stringMatching(words) });
  });

  test('a chart archive is refused when it is not gzip, not tar, empty, or not a chart', async () => {
    const invalid = { code: 'ChartInvalid', path: '/chart' };
    await expect(readChartArchive(Buffer.from('plain text'))).rejects.toMatchObject(invalid);
    await expect(readChartArchive(Buffer.alloc(0))).rejects.toMatchObject(invalid);
    await expect(readChartArchive(await tarball([]))).rejects.toMatchObject(invalid);
    await expect(readChartArchive(await tarball([{ header: { name: 'demo/x' } }]))).rejects.toMatchObject(invalid);
  });

  test('a chart archive is refused when its packed size, unpacked size or number of files exceeds the limit', async () => {
    const tooLarge = { code: 'ChartTooLarge' };
    await expect(readChartArchive(Buffer.alloc(LIMITS.archiveBytes + 1), LIMITS)).rejects.toMatchObject(tooLarge);
    // A bomb: 10 MB of zeros pack to 10 kB.
    expect(await refusal([{ header: { name: 'demo/zeros' }, body: Buffer.alloc(10_000_000) }])).toMatchObject(tooLarge);
    const many = Array.from({ length: 30 }, (_, index) => ({ header: { name: `demo/${index}` } }));
    expect(await refusal(many)).toMatchObject(tooLarge);
  });

  test('a chart archive is refused when its subcharts together exceed the size limit', async () => {
    const half = await tarball([
      { header: { name: 'inner/Chart.yaml' }, body: Buffer.alloc(LIMITS.unpackedBytes / 2 + 1) },
    ]);
    const two = ['a', 'b'].map((name) => ({ header: { name: `demo/charts/${name}.tgz` }, body: half }));
    expect(await refusal(two)).toMatchObject({ code: 'ChartTooLarge' });
  });

  test('a chart archive is refused when its subcharts are nested too deeply', async () => {
    let archive = await chartArchive({});
    for (let depth = 0; depth < 6; depth++) {
      archive = await tarball([CHART_YAML, { header: { name: 'demo/charts/inner.tgz' }, body: archive }]);
    }
    await expect(readChartArchive(archive)).rejects.toMatchObject({ message: expect.stringMatching(/nested/) });
  });

  test('a chart archive of arbitrary bytes is refused with a message and never crashes the reader', async () => {
    const good = await chartArchive({ 'templates/a.yaml': 'a: 1' });
    const damage = fc.array(fc.record({ at: fc.nat(good.length - 1), to: fc.nat(255) }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const bytes = Buffer.from(good);
        for (const { at, to } of changes) bytes[at] = to;
        const error = await readChartArchive(bytes, LIMITS).catch((cause) => cause);
        if (error instanceof Error) expect(error).toMatchObject({ family: 'terminal' });
      }),
      { numRuns: 200 },
    );
  });
});
