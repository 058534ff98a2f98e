import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { type HttpHost, startHttpHost } from './http-host.ts';

export interface PublishedChart {
  readonly name: string;
  readonly version: string;
  readonly archive: Buffer;
}

/** A local chart repository, like one from `helm repo index` and a web server. */
export async function startChartRepository(charts: readonly PublishedChart[]): Promise<HttpHost> {
  const fileOf = ({ name, version }: PublishedChart) => `${name}-${version}.tgz`;
  const files = new Map(charts.map((chart) => [`/charts/${fileOf(chart)}`, chart.archive]));
  const entries = Object.groupBy(charts, ({ name }) => name);
  const index = stringify({
    apiVersion: 'v1',
    entries: Object.fromEntries(
      Object.entries(entries).map(([name, versions = []]) => [
        name,
        versions.map((chart) => ({
          apiVersion: 'v2',
          name,
          version: chart.version,
          digest: createHash('sha256').update(chart.archive).digest('hex'),
          urls: [fileOf(chart)],
        })),
      ]),
    ),
  });
  return startHttpHost(({ url = '' }, reply) => {
    const body = url === '/charts/index.yaml' ? index : files.get(url);
    if (body === undefined) reply.writeHead(404).end('not found');
    else reply.writeHead(200).end(body);
  });
}
