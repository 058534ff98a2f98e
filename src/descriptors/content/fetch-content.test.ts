import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { type ContentRef, MAX_CONTENT_BYTES } from '../../base/content-ref.ts';
import { RetryableError, TerminalError } from '../../errors/dinfra-error.ts';
import { ContentCache } from './content-cache.ts';
import { cidOf, contentHash } from './content-hash.ts';
import { type ContentSource, preimageSource } from './content-source.ts';
import { fetchContent } from './fetch-content.ts';
import { ipfsGateway } from './ipfs-gateway.ts';

const bytes = Buffer.from('{"chart":{"name":"node"}}');
const ref: ContentRef = { hash: contentHash(bytes), length: bytes.length, source: 'Ipfs' };
const PATH = `/ipfs/${cidOf(ref.hash)}?format=raw`;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function gateway(listener: RequestListener, deadlineMs?: number): Promise<ContentSource> {
  return ipfsGateway(await listen(listener), deadlineMs);
}

const honest: RequestListener = (request, reply) => {
  if (request.url !== PATH) reply.writeHead(404).end();
  else reply.writeHead(200, { 'content-type': 'application/vnd.ipld.raw' }).end(bytes);
};

const missing: RequestListener = (_request, reply) => void reply.writeHead(404).end('no such block');

async function get(
  sources: readonly ContentSource[],
  more: { ref?: ContentRef; cache?: ContentCache; signal?: AbortSignal } = {},
): Promise<Uint8Array> {
  const { cache = new ContentCache(), signal = new AbortController().signal } = more;
  return fetchContent(more.ref ?? ref, { sources, cache, what: 'the descriptor', signal });
}

async function errorOf(promise: Promise<unknown>): Promise<RetryableError | TerminalError> {
  const error = await promise.then(
    () => new Error('it was fetched'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof RetryableError || error instanceof TerminalError) return error;
  throw error;
}

test('a gateway is asked for the raw block by its CID', async () => {
  const asked: (string | undefined)[] = [];
  const source = await gateway((request, reply) => {
    asked.push(request.url, request.headers.accept);
    honest(request, reply);
  });
  expect(Buffer.from(await get([source]))).toEqual(bytes);
  expect(asked).toEqual([PATH, 'application/vnd.ipld.raw']);
});

test('the path of a gateway’s URL is kept in requests', async () => {
  const root = await listen((request, reply) => {
    if (request.url?.startsWith('/gw/ipfs/')) reply.end(bytes);
    else reply.writeHead(500).end();
  });
  expect(Buffer.from(await get([ipfsGateway(`${root}/gw`)]))).toEqual(bytes);
});

test('a compressed answer is decompressed', async () => {
  const source = await gateway(
    (_, reply) => void reply.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(bytes)),
  );
  expect(Buffer.from(await get([source]))).toEqual(bytes);
});

test('content that was fetched once is not fetched again', async () => {
  let asked = 0;
  const source = await gateway((request, reply) => {
    asked++;
    honest(request, reply);
  });
  const cache = new ContentCache();
  await get([source], { cache });
  await get([source], { cache });
  expect(asked).toBe(1);
});

test('a gateway that sends wrong bytes is skipped for one that sends the right ones', async () => {
  const liar = await gateway((_, reply) => void reply.end(Buffer.alloc(bytes.length, 'x')));
  expect(Buffer.from(await get([liar, await gateway(honest)]))).toEqual(bytes);
});

test('a preimage is requested from the chain first, and from gateways if the chain has none', async () => {
  const asked: string[] = [];
  const chain = preimageSource(async (hash, length) => {
    asked.push(`preimage ${hash} ${length}`);
    return undefined;
  });
  const source = await gateway((request, reply) => {
    asked.push('gateway');
    honest(request, reply);
  });
  await get([source, chain], { ref: { ...ref, source: 'Preimage' } });
  expect(asked).toEqual([`preimage ${ref.hash} ${ref.length}`, 'gateway']);
});

test('bytes that no source has are missing', async () => {
  const sources = [await gateway(missing), preimageSource(async () => undefined)];
  const error = await errorOf(get(sources));
  expect(error.code).toBe('DescriptorMissing');
  expect(error.message).toContain(`no source has the descriptor ${ref.hash} (${ref.length} bytes): 127.0.0.1:`);
  expect(error.message).toContain("; the chain's preimages does not have it");
});

test('bytes are missing if there is no source, and the message says so', async () => {
  expect((await errorOf(get([]))).message).toContain('no source is configured');
});

test('a descriptor above 256 KiB is refused without a request', async () => {
  let asked = false;
  const source = await gateway((_, reply) => {
    asked = true;
    reply.end(bytes);
  });
  const error = await errorOf(get([source], { ref: { ...ref, length: MAX_CONTENT_BYTES + 1 } }));
  expect(error.code).toBe('DescriptorTooLarge');
  expect(error.message).toBe('the descriptor has 262145 bytes; at most 262144 are allowed');
  expect(asked).toBe(false);
});

const unreachable: readonly [string, RequestListener, RegExp][] = [
  ['answers 500', (_, reply) => void reply.writeHead(500).end(), /answered 500/],
  ['answers 429', (_, reply) => void reply.writeHead(429).end(), /answered 429/],
  ['never answers', () => undefined, /gave no complete answer within 0.3 s/],
  [
    'stops in the middle',
    (_, reply) => void reply.writeHead(200, { 'content-length': ref.length }).write(bytes.subarray(0, 5)),
    /gave no complete answer within 0.3 s/,
  ],
  [
    'drips',
    (_, reply) => {
      reply.writeHead(200);
      const timer = setInterval(() => reply.write('x'), 50);
      reply.on('close', () => clearInterval(timer));
    },
    /gave no complete answer within 0.3 s/,
  ],
  [
    'cuts the answer short',
    (_, reply) => {
      reply.writeHead(200, { 'content-length': ref.length }).write(bytes.subarray(0, 5));
      setTimeout(() => reply.destroy(), 20);
    },
    /failed: other side closed/,
  ],
  ['hangs up', (request) => void request.socket.destroy(), /failed: other side closed/],
  ['sends no HTTP', (request) => void request.socket.end('SSH-2.0-OpenSSH_9.2\r\n'), /failed: /],
  [
    'sends broken gzip',
    (_, reply) => void reply.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    /sent 0 bytes instead of 25/,
  ],
  [
    'redirects to somebody else',
    (_, reply) => void reply.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
    /redirects to 169.254.169.254, outside its own domain/,
  ],
  ['redirects to a file', (_, reply) => void reply.writeHead(302, { location: 'file:///etc/passwd' }).end(), /outside/],
  [
    'redirects in a circle',
    (request, reply) => void reply.writeHead(302, { location: request.url ?? '' }).end(),
    /2 times/,
  ],
  ['sends fewer bytes', (_, reply) => void reply.end(bytes.subarray(1)), /sent 24 bytes instead of 25/],
  ['sends nothing', (_, reply) => void reply.end(), /sent 0 bytes instead of 25/],
  ['redirects to no URL', (_, reply) => void reply.writeHead(302, { location: 'http://[' }).end(), /failed: /],
];

test.each(unreachable)('a gateway that %s gave no answer, which is retryable', async (_what, listener, said) => {
  const error = await errorOf(get([await gateway(listener, 300), await gateway(missing)]));
  expect(error).toBeInstanceOf(RetryableError);
  expect(error.code).toBe('DescriptorUnreachable');
  expect(error.message).toMatch(said);
});

test('a gateway that is down is retryable', async () => {
  const url = await listen(honest);
  servers.splice(0).map((server) => server.close());
  const error = await errorOf(get([ipfsGateway(url)]));
  expect(error.code).toBe('DescriptorUnreachable');
  expect(error.message).toContain('ECONNREFUSED');
});

test('a redirect within its own domain is followed', async () => {
  const source = await gateway((request, reply) => {
    if (request.url === '/moved') reply.end(bytes);
    else reply.writeHead(302, { location: '/moved' }).end();
  });
  expect(Buffer.from(await get([source]))).toEqual(bytes);
});

const wrong: readonly [string, RequestListener, RegExp][] = [
  ['other bytes', (_, reply) => void reply.end(Buffer.alloc(ref.length)), /sent 25 bytes of hash 0x[0-9a-f]{64}/],
  ['more bytes', (_, reply) => void reply.end(Buffer.concat([bytes, bytes])), /sent more than 25 bytes/],
  ['a page instead', (_, reply) => void reply.end('<html>Checking your browser</html>'), /sent more than 25 bytes/],
  [
    'a body without end',
    (_, reply) => {
      const more = () => {
        while (!reply.destroyed && reply.write(Buffer.alloc(65_536)));
      };
      reply.on('drain', more);
      more();
    },
    /sent more than 25 bytes/,
  ],
  [
    'a gzip bomb',
    (_, reply) => void reply.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(100_000_000))),
    /sent more than 25 bytes/,
  ],
];

test.each(wrong)(
  'if all sources that answer send %s, the hash does not match and they are named',
  async (_what, listener, said) => {
    const error = await errorOf(get([await gateway(listener), await gateway(missing)]));
    expect(error.code).toBe('DescriptorHashMismatch');
    expect(error.message).toMatch(said);
  },
);

test("a reference whose length does not match the bytes of its hash is the publisher's fault", async () => {
  const error = await errorOf(get([await gateway(honest)], { ref: { ...ref, length: 30 } }));
  expect(error.code).toBe('DescriptorHashMismatch');
  expect(error.message).toMatch(/sent 25 bytes instead of 30/);
});

test('an endless body ends the connection', async () => {
  let closed: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const source = await gateway((_, reply) => {
    reply.on('close', closed);
    const more = () => {
      while (!reply.destroyed && reply.write(Buffer.alloc(65_536)));
    };
    reply.on('drain', more);
    more();
  });
  await errorOf(get([source]));
  await ended;
});

test('a preimage that cannot be read is retryable', async () => {
  const chain = preimageSource(() => Promise.reject(new Error('socket closed')));
  const error = await errorOf(get([chain]));
  expect(error.code).toBe('DescriptorUnreachable');
  expect(error.message).toContain("the chain's preimages the chain did not answer");
});

test('an aborted signal ends the fetch with its own reason', async () => {
  const controller = new AbortController();
  const source = await gateway(() => controller.abort(new Error('shutting down')));
  await expect(get([source], { signal: controller.signal })).rejects.toThrow('shutting down');
});
