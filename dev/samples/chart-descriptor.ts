import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { writeChartArchive } from '../../src/providers/helm/chart/chart-archive.ts';

/** A `helm/v1` descriptor that carries a chart. */
export interface ChartDescriptor {
  readonly chart: { readonly archive: string };
  readonly values: object;
  readonly endpoints: readonly object[];
}

/** The files of a chart's folder by their path, in a deterministic order. */
export async function chartFilesIn(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const files = paths.map(async (path) => [path, await readFile(join(folder, path))] as const);
  return new Map(await Promise.all(files));
}

/** A descriptor that contains the chart of a folder. Same files, same bytes, if zlib is the same. */
export async function describeChart(
  folder: string,
  rest: Pick<ChartDescriptor, 'values' | 'endpoints'>,
): Promise<ChartDescriptor> {
  const archive = await writeChartArchive(await chartFilesIn(folder));
  return { chart: { archive: archive.toString('base64') }, ...rest };
}
