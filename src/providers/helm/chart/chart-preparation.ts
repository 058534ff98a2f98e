import { createHash } from 'node:crypto';
import { BoundedCache } from '../../../base/bounded-cache.ts';
import { abortable, startDeadline } from '../../../base/deadline.ts';
import { FairSlots } from '../../../base/fair-slots.ts';
import { RetryableError, TerminalError } from '../../../errors/dinfra-error.ts';
import type { Order } from '../../port.ts';
import type { Settings } from '../config.ts';
import { MAX_MANIFEST_BYTES } from '../confine/manifest.ts';
import { templateArguments } from '../release/helm-arguments.ts';
import type { HelmCommand } from '../release/helm-command.ts';
import { renderFailure } from '../release/helm-failure.ts';
import type { HelmWorkers } from '../worker/helm-workers.ts';
import type { ChartMetadata } from './chart-inspection.ts';
import type { ChartSource } from './chart-source.ts';
import { type HelmDescriptor, parseHelmDescriptor } from './descriptor.ts';

/** A chart that was fetched, inspected and rendered, and is safe for helm. */
export interface PreparedChart extends ChartMetadata {
  /** The archive for helm, repacked from the files that were inspected. */
  readonly archive: Buffer;
  /** The values as JSON. May contain secrets. */
  readonly values: string;
  readonly descriptor: HelmDescriptor;
}

export interface PreparationOptions {
  /** How long a caller waits for a chart before it gets ChartPending, in milliseconds. Default 3 s. */
  readonly patienceMs?: number;
}

/** The result for a descriptor: the chart, or why it can never be used. */
type Verdict =
  | { readonly kind: 'Usable'; readonly chart: PreparedChart }
  | { readonly kind: 'Unusable'; readonly error: TerminalError };

const PATIENCE_MS = 3_000;
/** For one chart, from the first request to the check of the last object. */
const PREPARATION_MS = 120_000;
/** A template that takes longer is assumed not to terminate. */
const RENDER_MS = 20_000;
/** Concurrent fetches: each may hold an index of many megabytes. */
const FETCHES = 6;
const MAX_CACHED_BYTES = 32 * 1024 * 1024;
const VERDICT_WEIGHT = 2_000;
/**
 * The release that charts are rendered as. The same for all tenures, so that one rendering is valid for all that order
 * the same. The API server checks what confines a tenant during the install under its own name.
 */
const RENDERED_AS = 'dinfra-1-1-0123456789';

/**
 * Prepares charts: fetches, inspects, renders and checks them once per descriptor, however many tenures order it. The
 * work does not depend on its callers: each waits briefly and then gets ChartPending, so that a slow repository blocks
 * no worker.
 */
export class ChartPreparation {
  private readonly helm: HelmCommand;
  private readonly settings: Settings;
  private readonly source: ChartSource;
  private readonly workers: Pick<HelmWorkers, 'run'>;
  private readonly patienceMs: number;
  private readonly fetches = new FairSlots(FETCHES);
  private readonly closed = new AbortController();
  private readonly underWay = new Map<string, Promise<PreparedChart>>();
  private readonly verdicts = new BoundedCache<Verdict>(MAX_CACHED_BYTES, (verdict) =>
    verdict.kind === 'Usable' ? verdict.chart.archive.length + verdict.chart.values.length : VERDICT_WEIGHT,
  );

  constructor(
    helm: HelmCommand,
    settings: Settings,
    source: ChartSource,
    workers: Pick<HelmWorkers, 'run'>,
    options: PreparationOptions = {},
  ) {
    this.workers = workers;
    this.helm = helm;
    this.settings = settings;
    this.source = source;
    this.patienceMs = options.patienceMs ?? PATIENCE_MS;
  }

  /**
   * The chart of an order, ready for helm.
   *
   * @throws TerminalError with the field if it can never be used; RetryableError ChartPending while it is being
   * prepared, or another one if its host does not answer.
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

  /** Aborts work in progress. */
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
    // Waiting callers see the rejection; without callers it must not count as unhandled.
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
    const fetched = await this.fetches.run(order.consumer, signal, () =>
      this.source.fetch(reference, order.consumer, signal),
    );
    try {
      const chart = await this.inspect(descriptor, fetched, order.consumer, kubeVersion, signal);
      this.verdicts.set(key, { kind: 'Usable', chart });
      return chart;
    } catch (error) {
      // The repository's answer may change; the result for these bytes does not.
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
    const inspected = await this.workers.run({ kind: 'Chart', archive: fetched }, consumer, signal);
    const archive = Buffer.from(inspected.archive);
    const values = JSON.stringify(descriptor.values);
    const chart = { name: inspected.name, version: inspected.version, archive, values, descriptor };
    const manifest = await this.render(chart, consumer, kubeVersion, signal);
    const { settings } = this;
    await this.workers.run(
      { kind: 'Manifest', archive, values, manifest, namespace: RENDERED_AS, settings },
      consumer,
      signal,
    );
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

/** The digest of an order that is stored with its revision, short enough for a label. */
export function orderDigest({ descriptorHash }: Pick<Order, 'descriptorHash'>): string {
  return createHash('sha256').update(descriptorHash).digest('hex').slice(0, 40);
}
