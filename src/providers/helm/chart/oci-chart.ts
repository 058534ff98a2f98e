import { RetryableError, TerminalError } from '../../../errors/dinfra-error.ts';
import type { Settings } from '../config.ts';
import { at, listOf, recordOf, textOf } from '../json-fields.ts';
import { ARCHIVE_LIMITS, verifyDigest } from './chart-archive.ts';
import type { OciChart } from './descriptor.ts';
import { type FetchReply, type FetchRequest, type GuardedFetch, requireFound } from './guarded-fetch.ts';
import { isPlainHttp, shown } from './host-policy.ts';

const MANIFEST_TYPES = ['application/vnd.oci.image.manifest.v1+json'];
const CHART_LAYERS = ['application/vnd.cncf.helm.chart.content.v1.tar+gzip', 'application/tar+gzip'];
const MAX_MANIFEST = 1024 * 1024;
const MAX_TOKEN_REPLY = 64 * 1024;

/**
 * Fetches the archive of a chart from an OCI registry, like `helm pull oci://…` but bounded and without credentials.
 *
 * @throws TerminalError ChartNotFound with the field if the registry says that it has no such chart.
 */
export async function fetchFromRegistry(
  chart: OciChart,
  http: GuardedFetch,
  charts: Settings['charts'],
  signal: AbortSignal,
): Promise<Buffer> {
  const registry = new Registry(chart, http, charts);
  // Tags cannot contain the `+` of a version.
  const reference = chart.digest ?? (chart.version ?? '').replaceAll('+', '_');
  const path = chart.digest === undefined ? '/chart/version' : '/chart/digest';
  const manifest = await registry.get(`manifests/${reference}`, MAX_MANIFEST, MANIFEST_TYPES, path, signal);
  const isUnknownName = manifest.status === 404 && manifest.body.includes('NAME_UNKNOWN');
  requireFound(manifest, `does not have ${reference}`, isUnknownName ? '/chart/oci' : path);
  if (chart.digest !== undefined) verifyDigest(manifest.body, chart.digest, `the manifest at ${shown(manifest.url)}`);
  const layer = chartLayerIn(manifest, path);
  const archive = await registry.get(`blobs/${layer}`, ARCHIVE_LIMITS.archiveBytes, [], path, signal);
  requireFound(archive, 'does not have the chart of its manifest', path);
  verifyDigest(archive.body, layer, `the chart at ${shown(archive.url)}`);
  return archive.body;
}

/** One repository of a registry, read anonymously. */
class Registry {
  private readonly http: GuardedFetch;
  private readonly base: URL;
  private token: string | undefined;

  constructor({ oci }: OciChart, http: GuardedFetch, charts: Settings['charts']) {
    const url = URL.parse(oci.replace(/^oci:/, 'https:'));
    if (url === null) {
      throw new TerminalError('DescriptorSchema', {
        message: `chart.oci is ${JSON.stringify(oci.slice(0, 120))}; helm/v1 wants oci://host/path`,
        path: '/chart/oci',
      });
    }
    const origin = isPlainHttp(url, charts) ? `http://${url.host}` : url.origin;
    this.http = http;
    this.base = new URL(`/v2${url.pathname}/`, origin);
  }

  async get(
    what: string,
    maxBytes: number,
    accept: readonly string[],
    path: string,
    signal: AbortSignal,
  ): Promise<FetchReply> {
    const request = { url: new URL(what, this.base), maxBytes, path };
    const first = await this.http.get({ ...request, headers: this.headers(accept) }, signal);
    if (first.status !== 401 || this.token !== undefined) return first;
    this.token = await this.anonymousToken(first, path, signal);
    return this.token === undefined ? first : this.http.get({ ...request, headers: this.headers(accept) }, signal);
  }

  private headers(accept: readonly string[]): NonNullable<FetchRequest['headers']> {
    return {
      ...(accept.length === 0 ? {} : { accept: accept.join(', ') }),
      ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
    };
  }

  /** Most public registries require a token even for anonymous access; the reply says where to get one. */
  private async anonymousToken(reply: FetchReply, path: string, signal: AbortSignal): Promise<string | undefined> {
    const challenge = reply.header('www-authenticate') ?? '';
    if (!/^bearer /i.test(challenge)) return undefined;
    const parameters = new Map(
      [...challenge.matchAll(/([a-z]+)="([^"]*)"/gi)].map(([, key = '', value = '']) => [key, value]),
    );
    const url = URL.parse(parameters.get('realm') ?? '');
    if (url === null) return undefined;
    for (const key of ['service', 'scope']) {
      const value = parameters.get(key);
      if (value !== undefined) url.searchParams.set(key, value);
    }
    const answer = await this.http.get({ url, maxBytes: MAX_TOKEN_REPLY, path }, signal);
    if (answer.status !== 200) return undefined;
    const token = parse(answer);
    return textOf(at(token, 'token')) ?? textOf(at(token, 'access_token'));
  }
}

function chartLayerIn(manifest: FetchReply, path: string): string {
  const layers = listOf(at(parse(manifest), 'layers')).map(recordOf);
  const digest = textOf(layers.find(({ mediaType }) => CHART_LAYERS.includes(`${mediaType}`))?.['digest']);
  if (digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new TerminalError('ChartNotFound', {
    message: `${shown(manifest.url)} is something else than a Helm chart: none of its layers is one`,
    path,
  });
}

function parse(reply: FetchReply): unknown {
  try {
    return JSON.parse(reply.body.toString('utf8'));
  } catch (cause) {
    throw new RetryableError('RepositoryUnreachable', {
      message: `${shown(reply.url)} does not answer in JSON`,
      cause,
    });
  }
}
