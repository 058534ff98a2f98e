import { RetryableError, TerminalError } from '../../../errors/dinfra-error.ts';
import type { HelmWorkers } from '../worker/helm-workers.ts';
import { ARCHIVE_LIMITS, verifyDigest } from './chart-archive.ts';
import type { RepositoryChart } from './descriptor.ts';
import { type FetchReply, type GuardedFetch, requireFound } from './guarded-fetch.ts';
import { shown } from './host-policy.ts';
import type { IndexEntry } from './repository-index.ts';

/** Where an index is parsed, and for which tenant. */
interface Reading {
  readonly workers: Pick<HelmWorkers, 'run'>;
  readonly tenant: string;
}

const MAX_INDEX = 48 * 1024 * 1024;

/**
 * Fetches the archive of a chart from a chart repository, like `helm pull --repo` but bounded.
 *
 * @throws TerminalError ChartNotFound with the field if the repository says that it has no such chart.
 */
export async function fetchFromRepository(
  chart: RepositoryChart,
  http: GuardedFetch,
  reading: Reading,
  signal: AbortSignal,
): Promise<Buffer> {
  const repository = repositoryUrl(chart.repository);
  const indexUrl = new URL('index.yaml', repository);
  const index = await http.get({ url: indexUrl, maxBytes: MAX_INDEX, path: '/chart/repository' }, signal);
  requireFound(index, 'has no index of charts', '/chart/repository');
  const entry = await entryIn(index, chart, reading, signal);
  const archive = await fetchArchive(entry, chart, repository, http, signal);
  if (entry.digest !== undefined) verifyAgainstIndex(archive, entry.digest, chart);
  if (chart.digest !== undefined) verifyDigest(archive, chart.digest, `chart ${chart.name} ${chart.version}`);
  return archive;
}

/** The repository's URL with a slash at the end, so that `charts/x.tgz` in its index is relative to it. */
function repositoryUrl(repository: string): URL {
  const url = URL.parse(repository);
  if (url === null) {
    throw new TerminalError('DescriptorSchema', {
      message: `chart.repository is ${JSON.stringify(repository.slice(0, 120))}; helm/v1 wants a URL`,
      path: '/chart/repository',
    });
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

async function entryIn(
  index: FetchReply,
  { name, version }: RepositoryChart,
  { workers, tenant }: Reading,
  signal: AbortSignal,
): Promise<IndexEntry> {
  const where = shown(index.url);
  const answer = await workers.run({ kind: 'Index', index: index.body, name, version }, tenant, signal);
  switch (answer.found) {
    case 'Entry':
      return answer.entry;
    case 'NoChart':
      throw new TerminalError('ChartNotFound', { message: `${where} has no chart named ${name}`, path: '/chart/name' });
    case 'NoVersion': {
      const others =
        answer.others.length === 0 ? '' : `; it has ${answer.others.join(', ').slice(0, 200)} and perhaps more`;
      throw new TerminalError('ChartNotFound', {
        message: `${where} has no version ${version} of chart ${name}${others}`,
        path: '/chart/version',
      });
    }
    case 'NotAnIndex':
      // It may be a captive portal or a half-written file, which may be temporary.
      throw new RetryableError('RepositoryUnreachable', { message: `${where} is not an index of charts` });
  }
}

async function fetchArchive(
  { urls }: IndexEntry,
  { name, version }: RepositoryChart,
  repository: URL,
  http: GuardedFetch,
  signal: AbortSignal,
): Promise<Buffer> {
  const url = URL.parse(urls[0] ?? '', repository.href);
  if (url === null || urls[0] === undefined) {
    throw new TerminalError('ChartNotFound', {
      message: `the index names no place for the archive of chart ${name} ${version}`,
      path: '/chart/version',
    });
  }
  const reply = await http.get({ url, maxBytes: ARCHIVE_LIMITS.archiveBytes, path: '/chart/version' }, signal);
  requireFound(reply, `does not have the archive of chart ${name} ${version}`, '/chart/version');
  return reply.body;
}

/** The archive may have been replaced just before the index is. */
function verifyAgainstIndex(archive: Buffer, digest: string, { name, version }: RepositoryChart): void {
  try {
    verifyDigest(archive, digest, `chart ${name} ${version}`);
  } catch (cause) {
    throw new RetryableError('RepositoryUnreachable', {
      message: `the archive of chart ${name} ${version} is not the one its repository's index describes`,
      cause,
    });
  }
}
