import { createHash } from 'node:crypto';
import { type HttpHost, startHttpHost } from './http-host.ts';

export interface OciRegistry extends HttpHost {
  /** Digest of the manifest of the chart. */
  readonly digest: string;
}

export interface OciRegistryOptions {
  /** Path of the repository. */
  readonly repository: string;
  readonly tag: string;
  readonly archive: Buffer;
  /** Requires a bearer token and issues one to everybody, like public registries. Default false. */
  readonly wantsToken?: boolean;
  /** Where blobs are redirected to, like registries with a separate blob storage. Default: no redirect. */
  readonly blobsAt?: string;
}

const TOKEN = 'an-anonymous-token';

/** A local OCI registry with one chart: the pull part of the distribution protocol. */
export async function startOciRegistry(options: OciRegistryOptions): Promise<OciRegistry> {
  const { repository, tag, archive } = options;
  const layer = digestOf(archive);
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: digestOf(Buffer.from('{}')), size: 2 },
    layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', digest: layer, size: archive.length }],
  });
  const digest = digestOf(Buffer.from(manifest));
  const host = await startHttpHost((request, reply) => {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    if (url.pathname === '/token') return reply.end(JSON.stringify({ token: TOKEN }));
    if (options.wantsToken === true && request.headers.authorization !== `Bearer ${TOKEN}`) {
      const challenge = `Bearer realm="${url.origin}/token",service="test",scope="repository:${repository}:pull"`;
      return reply.writeHead(401, { 'www-authenticate': challenge }).end();
    }
    if (!url.pathname.startsWith(`/v2/${repository}/`)) {
      return reply.writeHead(404).end(JSON.stringify({ errors: [{ code: 'NAME_UNKNOWN' }] }));
    }
    switch (url.pathname.slice(`/v2/${repository}/`.length)) {
      case `manifests/${tag}`:
      case `manifests/${digest}`:
        return reply.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }).end(manifest);
      case `blobs/${layer}`:
        if (options.blobsAt !== undefined) return reply.writeHead(307, { location: options.blobsAt }).end();
        return reply.writeHead(200).end(archive);
      default:
        return reply.writeHead(404).end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN' }] }));
    }
  });
  return { ...host, digest };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
