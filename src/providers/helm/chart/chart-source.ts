import { TerminalError } from '../../../errors/dinfra-error.ts';
import type { Settings } from '../config.ts';
import type { HelmWorkers } from '../worker/helm-workers.ts';
import type { CarriedChart, ChartReference } from './descriptor.ts';
import { GuardedFetch } from './guarded-fetch.ts';
import { fetchFromRegistry } from './oci-chart.ts';
import { fetchFromRepository } from './repository-chart.ts';

/** Fetches the archive of a chart from the source in a descriptor, within the bounds of one provider. */
export class ChartSource {
  private readonly charts: Settings['charts'];
  private readonly http: GuardedFetch;
  private readonly workers: Pick<HelmWorkers, 'run'>;

  constructor(charts: Settings['charts'], workers: Pick<HelmWorkers, 'run'>) {
    this.workers = workers;
    this.charts = charts;
    this.http = new GuardedFetch(charts);
  }

  /**
   * The archive's bytes, not inspected yet. `tenant` is who waits for them.
   *
   * @throws TerminalError naming the descriptor's field; RetryableError RepositoryUnreachable.
   */
  async fetch(chart: ChartReference, tenant: string, signal: AbortSignal): Promise<Buffer> {
    switch (chart.from) {
      case 'archive':
        return carriedChart(chart);
      case 'repository':
        return fetchFromRepository(chart, this.http, { workers: this.workers, tenant }, signal);
      case 'oci':
        return fetchFromRegistry(chart, this.http, this.charts, signal);
    }
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.http.close();
  }
}

/** The archive that is embedded in a descriptor. */
export function carriedChart({ archive }: CarriedChart): Buffer {
  const bytes = Buffer.from(archive, 'base64');
  // Buffer silently skips invalid characters.
  if (bytes.toString('base64').replace(/=+$/, '') === archive.replace(/=+$/, '')) return bytes;
  throw new TerminalError('ChartInvalid', { message: 'chart.archive is not base64', path: '/chart/archive' });
}
