import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { BoundedCache } from '../../../base/bounded-cache.ts';
import { abortable, startDeadline } from '../../../base/deadline.ts';
import { RetryableError, TerminalError } from '../../../errors/dinfra-error.ts';
import type { Order } from '../../port.ts';
import type { Settings } from '../config.ts';
import { MAX_MANIFEST_BYTES, parseManifest } from '../confine/manifest.ts';
import { permitObjects } from '../confine/manifest-policy.ts';
import { FairSlots } from '../release/fair-slots.ts';
import { templateArguments } from '../release/helm-arguments.ts';
import type { HelmCommand } from '../release/helm-command.ts';
import { renderFailure } from '../release/helm-failure.ts';
import { type ChartFiles, readChartArchive, writeChartArchive } from './chart-archive.ts';
import { type ChartMetadata, inspectChart } from './chart-inspection.ts';
import type { ChartSource } from './chart-source.ts';
import { type HelmDescriptor, parseHelmDescriptor } from './descriptor.ts';

/** A chart that has been fetched, inspected and rendered, and that helm may be given. */
export interface PreparedChart extends ChartMetadata {
  /** The archive for helm: written from the files that were inspected. */
  readonly archive: Buffer;
  /** The values as JSON. May hold secrets. */
  readonly values: string;
  readonly descriptor: HelmDescriptor;
}

export interface PreparationOptions {
  /** How long a caller waits for a chart before it gets ChartPending, in milliseconds. Default 3 s. */
  readonly patienceMs?: number;
}

/** What came of a descriptor: the chart, or why it never will be one. */
type Verdict =
  | { readonly kind: 'Usable'; readonly chart: PreparedChart }
  | { readonly kind: 'Unusable'; readonly error: TerminalError };

const PATIENCE_MS = 3_000;
/** For one chart, from the first request to its repository to the last object. */
const PREPARATION_MS = 120_000;
/** A template that takes longer does not end. */
const RENDER_MS = 20_000;
/** Fetches at the same time: each may hold an index of many megabytes. */
const FETCHES = 6;
const MAX_CACHED_BYTES = 32 * 1024 * 1024;
const VERDICT_WEIGHT = 2_000;
/** Kubernetes allows a Secret this much, and helm keeps a release in one. */
const MAX_RELEASE_BYTES = 1024 * 1024;
/**
 * What a chart is rendered as. The same for all, so that one rendering tells of all who order the same: what keeps a
 * tenant in is checked by the API server when it is installed under its own name.
 */
const RENDERED_AS = 'dinfra-1-1-0123456789';

const deflate = promisify<Buffer, Buffer>(gzip);

/**
 * Prepares charts: fetches, inspects, renders and judges them once for each descriptor, however many tenures order it. The
 * work does not depend on its callers: each waits for a moment and then gets ChartPending, so that a slow repository holds
 * no worker.
 */
export class ChartPreparation {
  private readonly helm: HelmCommand;
  private readonly settings: Settings;
  private readonly source: ChartSource;
  private readonly patienceMs: number;
  private readonly fetches = new FairSlots(FETCHES);
  private readonly closed = new AbortController();
  private readonly underWay = new Map<string, Promise<PreparedChart>>();
  private readonly verdicts = new BoundedCache<Verdict>(MAX_CACHED_BYTES, (verdict) =>
    verdict.kind === 'Usable' ? verdict.chart.archive.length + verdict.chart.values.length : VERDICT_WEIGHT,
  );

  constructor(helm: HelmCommand, settings: Settings, source: ChartSource, options: PreparationOptions = {}) {
    this.helm = helm;
    this.settings = settings;
    this.source = source;
    this.patienceMs = options.patienceMs ?? PATIENCE_MS;
  }

  /**
   * The chart of an order, ready for helm.
   *
   * @throws TerminalError when it never will be, naming the field; RetryableError ChartPending while it is being prepared,
   * or another when its host does not answer.
   */
  async prepare(order: Order, kubeVersion: string | undefined, signal: AbortSignal): Promise<PreparedChart> {
    const key = `${order.descriptorHash}/${kubeVersion ?? ''}`;
    const known = this.verdicts.get(key);
    if (known?.kind === 'Usable') return known.chart;
    if (known?.kind === 'Unusable') throw known.error;
    const work = this.underWay.get(key) ?? this.start(key, order, kubeVersion);
    const patience = startDeadline(signal, this.patienceMs);
    try {
      return await abortable(work, patience.signal);
    } catch (error) {
      if (signal.aborted || error !== patience.signal.reason) throw error;
      throw new RetryableError('ChartPending', {
        message: 'the chart is still being fetched and rendered',
        retryAfterMs: 1_000,
      });
    } finally {
      patience.clear();
    }
  }

  /** Ends what is under way. */
  close(): void {
    this.closed.abort(new DOMException('the reactor is closed', 'AbortError'));
  }

  private start(key: string, order: Order, kubeVersion: string | undefined): Promise<PreparedChart> {
    const deadline = startDeadline(this.closed.signal, PREPARATION_MS);
    const work = this.judge(key, order, kubeVersion, deadline.signal).finally(() => {
      deadline.clear();
      this.underWay.delete(key);
    });
    this.underWay.set(key, work);
    // Whoever waits sees the rejection; without anybody waiting it must not count as unhandled.
    work.catch(() => undefined);
    return work;
  }

  private async judge(
    key: string,
    order: Order,
    kubeVersion: string | undefined,
    signal: AbortSignal,
  ): Promise<PreparedChart> {
    const descriptor = parseHelmDescriptor(order.descriptor);
    const { chart: reference } = descriptor;
    const fetched = await this.fetches.run(order.consumer, signal, () => this.source.fetch(reference, signal));
    try {
      const chart = await this.inspect(descriptor, fetched, order.consumer, kubeVersion, signal);
      this.verdicts.set(key, { kind: 'Usable', chart });
      return chart;
    } catch (error) {
      // What the repository says may be another thing tomorrow; what these bytes are is not.
      if (error instanceof TerminalError) this.verdicts.set(key, { kind: 'Unusable', error });
      throw error;
    }
  }

  private async inspect(
    descriptor: HelmDescriptor,
    fetched: Buffer,
    consumer: string,
    kubeVersion: string | undefined,
    signal: AbortSignal,
  ): Promise<PreparedChart> {
    const files = await readChartArchive(fetched);
    const metadata = inspectChart(files);
    const archive = await writeChartArchive(files.files);
    const chart = { ...metadata, archive, values: JSON.stringify(descriptor.values), descriptor };
    const manifest = await this.render(chart, consumer, kubeVersion, signal);
    permitObjects(parseManifest(manifest), RENDERED_AS, this.settings);
    await refuseTooLarge(files, chart.values, manifest);
    return chart;
  }

  private async render(
    chart: PreparedChart,
    tenant: string,
    kubeVersion: string | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const { ok, stdout, stderr, overflowed } = await this.helm.run(
      {
        args: (path) =>
          templateArguments(
            { release: RENDERED_AS, chart: path('chart.tgz'), values: path('values.json') },
            kubeVersion,
          ),
        files: { 'chart.tgz': chart.archive, 'values.json': chart.values },
        maxOutput: MAX_MANIFEST_BYTES,
        deadlineMs: RENDER_MS,
        tenant,
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
