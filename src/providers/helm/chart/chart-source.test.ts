import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { chartArchive } from '../../../../test/support/chart-archives.ts';
import { startChartRepository } from '../../../../test/support/chart-repository.ts';
import { type HttpHost, startHttpHost } from '../../../../test/support/http-host.ts';
import { startOciRegistry } from '../../../../test/support/oci-registry.ts';
import { HelmWorkers } from '../worker/helm-workers.ts';
import { digestOf } from './chart-archive.ts';
import { ChartSource } from './chart-source.ts';
import type { ChartReference, OciChart, RepositoryChart } from './descriptor.ts';

const archive = await chartArchive({ 'templates/a.yaml': 'a: 1' }, { name: 'web', version: '1.2.3' });
const other = await chartArchive({}, { name: 'web', version: '1.0.0' });
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((thing) => thing.close()));
});

const workers = new HelmWorkers();
afterAll(() => workers.close());

const open = <T extends HttpHost>(host: T): T => {
  opened.push(host);
  return host;
};
const fetchFrom = (reference: ChartReference, hosts: readonly HttpHost[], signal = new AbortController().signal) => {
  const charts = { hosts: undefined, plainHttpHosts: hosts.map(({ host }) => host), privateAddresses: true };
  const source = new ChartSource(charts, workers);
  opened.push(source);
  return source.fetch(reference, 'somebody', signal);
};
const inRepository = ({ origin }: HttpHost, more: Partial<RepositoryChart> = {}): RepositoryChart => ({
  from: 'repository',
  repository: `${origin}/charts`,
  name: 'web',
  version: '1.2.3',
  digest: undefined,
  ...more,
});
const inRegistry = ({ host }: HttpHost, more: Partial<OciChart> = {}): OciChart => ({
  from: 'oci',
  oci: `oci://${host}/charts/web`,
  version: '1.2.3+build',
  digest: undefined,
  ...more,
});
const registry = async (options: { wantsToken?: boolean; blobsAt?: string } = {}) =>
  open(await startOciRegistry({ repository: 'charts/web', tag: '1.2.3_build', archive, ...options }));
const repository = async () =>
  open(
    await startChartRepository([
      { name: 'web', version: '1.2.3', archive },
      { name: 'web', version: '1.0.0', archive: other },
    ]),
  );
const answering = async (answer: (request: IncomingMessage, reply: ServerResponse) => void) =>
  open(await startHttpHost(answer));

describe('a chart that the descriptor carries', () => {
  test('a chart embedded in the descriptor is used as is', async () => {
    const reference = { from: 'archive', archive: archive.toString('base64') } as const;
    expect(await fetchFrom(reference, [])).toEqual(archive);
  });

  test('a chart embedded in the descriptor is refused when it is not base64', async () => {
    await expect(fetchFrom({ from: 'archive', archive: 'AAAAA' }, [])).rejects.toMatchObject({
      code: 'ChartInvalid',
      path: '/chart/archive',
    });
  });
});

describe('a chart in a repository', () => {
  test('a chart in a repository is found by name and version', async () => {
    const host = await repository();
    expect(await fetchFrom(inRepository(host), [host])).toEqual(archive);
    expect(host.asked).toEqual(['/charts/index.yaml', '/charts/web-1.2.3.tgz']);
    expect(await fetchFrom(inRepository(host, { version: '1.0.0' }), [host])).toEqual(other);
  });

  test('a chart in a repository is refused when its digest is not the one in the descriptor', async () => {
    const host = await repository();
    expect(await fetchFrom(inRepository(host, { digest: digestOf(archive) }), [host])).toEqual(archive);
    await expect(fetchFrom(inRepository(host, { digest: digestOf(other) }), [host])).rejects.toMatchObject({
      code: 'ChartDigestMismatch',
      path: '/chart/digest',
    });
  });

  test.each([
    [{ name: 'nope' }, '/chart/name', /no chart named nope/],
    [{ version: '9.9.9' }, '/chart/version', /no version 9\.9\.9 .* it has 1\.2\.3, 1\.0\.0/],
    [{ repository: '/nowhere' }, '/chart/repository', /no index of charts/],
  ])(
    'a chart in a repository is not found, and the message names the field, when it has %j',
    async (more, path, words) => {
      const host = await repository();
      const at = 'repository' in more ? { repository: `${host.origin}${more.repository}` } : more;
      await expect(fetchFrom(inRepository(host, at), [host])).rejects.toMatchObject({
        code: 'ChartNotFound',
        family: 'terminal',
        path,
        message: expect.stringMatching(words),
      });
    },
  );

  test('a chart may be on another host than the index of its repository', async () => {
    const files = await repository();
    const index = await answering((_, reply) =>
      reply.end(`entries:\n  web:\n  - version: 1.2.3\n    urls: ["${files.origin}/charts/web-1.2.3.tgz"]\n`),
    );
    expect(await fetchFrom(inRepository(index), [index, files])).toEqual(archive);
    // But not at a host the provider does not fetch from.
    await expect(fetchFrom(inRepository(index), [index])).rejects.toMatchObject({ code: 'RepositoryForbidden' });
  });

  test('a chart that does not match the index of its repository is retried later', async () => {
    const host = await answering(({ url }, reply) =>
      url?.endsWith('.tgz')
        ? reply.end(other)
        : reply.end(`entries:\n  web:\n  - version: 1.2.3\n    digest: ${'ab'.repeat(32)}\n    urls: [web.tgz]\n`),
    );
    await expect(fetchFrom(inRepository(host), [host])).rejects.toMatchObject({ code: 'RepositoryUnreachable' });
  });

  test.each([500, 502, 503, 429, 418])(
    'fetching a chart from a repository is retried later when its host answers %i',
    async (status) => {
      const host = await answering((_, reply) => reply.writeHead(status, { 'retry-after': '7' }).end());
      await expect(fetchFrom(inRepository(host), [host])).rejects.toMatchObject({
        code: 'RepositoryUnreachable',
        family: 'retryable',
        retryAfterMs: 7_000,
      });
    },
  );

  test.each([401, 403])('a chart counts as not found when its host answers %i', async (status) => {
    const host = await answering((_, reply) => reply.writeHead(status).end());
    await expect(fetchFrom(inRepository(host), [host])).rejects.toMatchObject({ code: 'ChartNotFound' });
  });

  test('fetching a chart is retried later when its host is down, cuts the connection or sends garbage', async () => {
    const unreachable = { code: 'RepositoryUnreachable', family: 'retryable' };
    const down = await startHttpHost(() => undefined);
    await down.close();
    await expect(fetchFrom(inRepository(down), [down])).rejects.toMatchObject(unreachable);
    const cutting = await answering((_, reply) =>
      reply.writeHead(200, { 'content-length': '100' }).write('x', () => reply.destroy()),
    );
    await expect(fetchFrom(inRepository(cutting), [cutting])).rejects.toMatchObject(unreachable);
    const portal = await answering((_, reply) => reply.end('<html>please log in</html>'));
    await expect(fetchFrom(inRepository(portal), [portal])).rejects.toMatchObject(unreachable);
  });

  test('fetching a chart stops at the size limit, however much its host sends', async () => {
    const host = await answering(({ url }, reply) => {
      if (url?.endsWith('index.yaml')) {
        reply.end('entries:\n  web:\n  - version: 1.2.3\n    urls: [web.tgz]\n');
        return;
      }
      const pour = () => {
        while (!reply.destroyed && reply.write(Buffer.alloc(64 * 1024)));
      };
      reply.on('drain', pour);
      pour();
    });
    await expect(fetchFrom(inRepository(host), [host])).rejects.toMatchObject({ code: 'ChartTooLarge' });
  });

  test('fetching a chart stops when the caller aborts', async () => {
    const host = await answering(() => undefined);
    const wish = new AbortController();
    const fetching = fetchFrom(inRepository(host), [host], wish.signal);
    setTimeout(() => wish.abort(new Error('no longer wanted')), 50);
    await expect(fetching).rejects.toThrow('no longer wanted');
  });
});

describe('a redirection', () => {
  test('a redirect is followed only to an allowed host', async () => {
    const files = await repository();
    const host = await answering(({ url }, reply) => reply.writeHead(302, { location: `${files.origin}${url}` }).end());
    expect(await fetchFrom(inRepository(host), [host, files])).toEqual(archive);
    await expect(fetchFrom(inRepository(host), [host])).rejects.toMatchObject({ code: 'RepositoryForbidden' });
  });

  test('a redirect to a file, to a metadata service or in a loop is refused', async () => {
    for (const location of ['file:///etc/passwd', 'http://169.254.169.254/latest/meta-data/']) {
      const host = await answering((_, reply) => reply.writeHead(302, { location }).end());
      await expect(fetchFrom(inRepository(host), [host])).rejects.toMatchObject({ code: 'RepositoryForbidden' });
    }
    const circle = await answering((_, reply) => reply.writeHead(302, { location: '/again' }).end());
    await expect(fetchFrom(inRepository(circle), [circle])).rejects.toMatchObject({ code: 'RepositoryUnreachable' });
    expect(circle.asked.length).toBeLessThan(10);
  });
});

describe('a host', () => {
  test('a host whose name resolves to this machine is not connected to', async () => {
    const host = await repository();
    const { port } = new URL(host.origin);
    const charts = { hosts: undefined, plainHttpHosts: ['localhost'], privateAddresses: false };
    const source = new ChartSource(charts, workers);
    opened.push(source);
    const reference = inRepository(host, { repository: `http://localhost:${port}/charts` });
    await expect(source.fetch(reference, 'somebody', new AbortController().signal)).rejects.toMatchObject({
      code: 'RepositoryForbidden',
      path: '/chart/repository',
    });
    expect(host.asked).toEqual([]);
  });
});

describe('a chart in a registry', () => {
  test('a chart in a registry is found by its version, whose plus is an underscore in the tag', async () => {
    const host = await registry();
    expect(await fetchFrom(inRegistry(host), [host])).toEqual(archive);
  });

  test('a chart in a registry is found by digest without a request for a tag', async () => {
    const host = await registry();
    expect(await fetchFrom(inRegistry(host, { version: undefined, digest: host.digest }), [host])).toEqual(archive);
    expect(host.asked).not.toContainEqual(expect.stringContaining('1.2.3'));
  });

  test('a chart in a registry is read with the anonymous token of a public registry', async () => {
    const host = await registry({ wantsToken: true });
    expect(await fetchFrom(inRegistry(host), [host])).toEqual(archive);
  });

  test('a registry may redirect to a storage service, which does not get the token', async () => {
    let authorization: string | undefined = 'never asked';
    const storage = await answering((request, reply) => {
      authorization = request.headers.authorization;
      reply.end(archive);
    });
    const host = await registry({ wantsToken: true, blobsAt: `${storage.origin}/blob` });
    expect(await fetchFrom(inRegistry(host), [host, storage])).toEqual(archive);
    expect(authorization).toBeUndefined();
  });

  test('a chart in a registry is refused when its bytes do not match the digest in the manifest', async () => {
    const storage = await answering((_, reply) => reply.end(other));
    const host = await registry({ blobsAt: `${storage.origin}/blob` });
    await expect(fetchFrom(inRegistry(host), [host, storage])).rejects.toMatchObject({ code: 'ChartDigestMismatch' });
  });

  test.each([
    [{ version: '9.9.9' }, '/chart/version'],
    [{ version: undefined, digest: `sha256:${'0'.repeat(64)}` }, '/chart/digest'],
  ])(
    'a chart in a registry is not found, and the message names the field, when the descriptor has %j',
    async (more, path) => {
      const host = await registry();
      await expect(fetchFrom(inRegistry(host, more), [host])).rejects.toMatchObject({ code: 'ChartNotFound', path });
      await expect(
        fetchFrom(inRegistry(host, { ...more, oci: `oci://${host.host}/charts/nope` }), [host]),
      ).rejects.toMatchObject({ code: 'ChartNotFound', path: '/chart/oci' });
    },
  );

  test('an artifact in a registry is refused when it is a container image', async () => {
    const host = await answering((_, reply) =>
      reply.end(JSON.stringify({ layers: [{ mediaType: 'x', digest: 'y' }] })),
    );
    await expect(fetchFrom(inRegistry(host), [host])).rejects.toMatchObject({
      code: 'ChartNotFound',
      message: expect.stringMatching(/something else than a Helm chart/),
    });
  });

  test('no token is requested from a host the provider does not allow', async () => {
    const host = await answering((_, reply) =>
      reply.writeHead(401, { 'www-authenticate': 'Bearer realm="http://169.254.169.254/token"' }).end(),
    );
    await expect(fetchFrom(inRegistry(host), [host])).rejects.toMatchObject({ code: 'RepositoryForbidden' });
  });
});
