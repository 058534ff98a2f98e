import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/base/json.ts';
import { readChartArchive } from '../../src/providers/helm/chart/chart-archive.ts';
import { carriedChart } from '../../src/providers/helm/chart/chart-source.ts';
import { parseHelmDescriptor } from '../../src/providers/helm/chart/descriptor.ts';
import { chartFilesIn } from './chart-descriptor.ts';
import { sampleDescriptors } from './sample-descriptors.ts';

const schemaFile = new URL('../../config/descriptor-types/helm-v1.schema.json', import.meta.url);

describe.each(sampleDescriptors)('the sample $file.pathname', ({ file, chart, values, endpoints }) => {
  test('a sample descriptor contains the current chart of its folder (otherwise run node dev/samples/generate.ts)', async () => {
    const descriptor = parseHelmDescriptor(await readJson(file));
    expect(descriptor.chart.from).toBe('archive');
    if (descriptor.chart.from !== 'archive') return;
    // The archives are not compared: two builds of zlib compress the same files differently.
    const { files } = await readChartArchive(carriedChart(descriptor.chart));
    expect(textOf(files)).toEqual(textOf(await chartFilesIn(fileURLToPath(chart))));
    expect(descriptor.values).toEqual(values);
    expect(descriptor.endpoints.map(({ name }) => name)).toEqual(endpoints.map(({ name }) => name));
  });

  test('a sample descriptor matches the schema of its type', async () => {
    const validate = new Ajv.default({ strict: false }).compile(Object(await readJson(schemaFile)));
    expect(validate(await readJson(file)), JSON.stringify(validate.errors)).toBe(true);
  });
});

async function readJson(file: URL): Promise<Json> {
  return JSON.parse(await readFile(file, 'utf8'));
}

function textOf(files: ReadonlyMap<string, Buffer>) {
  return Object.fromEntries([...files].map(([path, content]) => [path, content.toString('utf8')]));
}
