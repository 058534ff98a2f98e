import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { BoundedCache } from '../../../base/bounded-cache.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import type { Order } from '../../port.ts';
import type { Settings } from '../config.ts';
import { MAX_MANIFEST_BYTES, parseManifest } from '../confine/manifest.ts';
import { permitObjects } from '../confine/manifest-policy.ts';
import { templateArguments } from '../release/helm-arguments.ts';
import type { HelmCommand } from '../release/helm-command.ts';
import { renderFailure } from '../release/helm-failure.ts';
import { type ChartFiles, readChartArchive, writeChartArchive } from './chart-archive.ts';
import { type ChartMetadata, inspectChart } from './chart-inspection.ts';
import type { ChartSource } from './chart-source.ts';
import { type HelmDescriptor, parseHelmDescriptor } from './descriptor.ts';

/** A chart that has been fetched, inspected and rendered, and that helm may be given. */
export interface PreparedChart extends ChartMetadata {
  /** The archive for helm: made anew from the files that were inspected. */
  readonly archive: Buffer;
  /** The values as JSON. May hold secrets. */
  readonly values: string;
  readonly descriptor: HelmDescriptor;
}

const MAX_CACHED_BYTES = 32 * 1024 * 1024;
/** Kubernetes allows a Secret this much, and helm keeps a release in one. */
const MAX_RELEASE_BYTES = 1024 * 1024;

const deflate = promisify<Buffer, Buffer>(gzip);

/** Prepares charts, and remembers the latest: check, create and a retry want the same one. */
export class ChartPreparation {
  private readonly helm: HelmCommand;
  private readonly settings: Settings;
  private readonly source: ChartSource;
  private readonly cache = new BoundedCache<PreparedChart>(
    MAX_CACHED_BYTES,
    ({ archive, values }) => archive.length + values.length,
  );

  constructor(helm: HelmCommand, settings: Settings, source: ChartSource) {
    this.helm = helm;
    this.settings = settings;
    this.source = source;
  }

  /**
   * The chart of an order, ready for helm.
   *
   * @throws TerminalError when it never will be, naming the field; RetryableError when its host does not answer.
   */
  async prepare(order: Order, kubeVersion: string | undefined, signal: AbortSignal): Promise<PreparedChart> {
    const key = `${order.identity.name}/${order.descriptorHash}`;
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    const descriptor = parseHelmDescriptor(order.descriptor);
    const files = await readChartArchive(await this.source.fetch(descriptor.chart, signal));
    const metadata = inspectChart(files);
    const archive = await writeChartArchive(files.files);
    const chart = { ...metadata, archive, values: JSON.stringify(descriptor.values), descriptor };
    const manifest = await this.render(order.identity.name, chart, kubeVersion, signal);
    permitObjects(parseManifest(manifest), order.identity.name, this.settings);
    await refuseTooLarge(files, chart.values, manifest);
    this.cache.set(key, chart);
    return chart;
  }

  private async render(
    release: string,
    chart: PreparedChart,
    kubeVersion: string | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const { ok, stdout, stderr, overflowed } = await this.helm.run(
      {
        args: (path) =>
          templateArguments({ release, chart: path('chart.tgz'), values: path('values.json') }, kubeVersion),
        files: { 'chart.tgz': chart.archive, 'values.json': chart.values },
        maxOutput: MAX_MANIFEST_BYTES,
      },
      signal,
    );
    if (overflowed) {
      throw new TerminalError('ChartTooLarge', {
        message: `the chart is too large: it renders to more than ${MAX_MANIFEST_BYTES} bytes`,
        path: '/chart',
      });
    }
    if (!ok) throw renderFailure(stderr, chart.descriptor.values);
    return stdout;
  }
}

/** The digest of an order that its revision carries: what was ordered, to the byte, in the length of a label. */
export function orderDigest({ descriptorHash }: Pick<Order, 'descriptorHash'>): string {
  return createHash('sha256').update(descriptorHash).digest('hex').slice(0, 40);
}

/** Estimates what helm will store: templates, files, values and manifest, as base64 of gzip of JSON with base64 in it. */
async function refuseTooLarge({ files }: ChartFiles, values: string, manifest: string): Promise<void> {
  const content = [...files].map(([name, data]) => ({ name, data: data.toString('base64') }));
  const packed = await deflate(Buffer.from(JSON.stringify({ content, values, manifest })));
  const stored = Math.ceil(packed.length / 3) * 4;
  if (stored > MAX_RELEASE_BYTES) {
    throw new TerminalError('ReleaseTooLarge', {
      message: `the release would take about ${stored} bytes; Kubernetes stores at most ${MAX_RELEASE_BYTES} in one Secret`,
      path: '/chart',
    });
  }
}
