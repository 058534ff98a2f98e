import { readFileSync, writeFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
  request as requestHttp,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, request as requestHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** A request in flight. */
export interface Passing {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Forwards a write; see `Effects.carry`. */
type Carry = (
  name: string,
  forward: () => Promise<WholeReply>,
  deliver: (reply: WholeReply) => Promise<void>,
) => Promise<void>;

interface WholeReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));

/** PEM file of the CA that signed the certificate of a gate with TLS. */
const GATE_CA = fixture('ca.pem');

export interface HttpGateOptions {
  /** `http://` or `https://` with host and port; the certificate is not verified. */
  readonly target: string;
  /** The name of the effect; undefined for a request that changes nothing. */
  effectOf(request: Passing): string | undefined;
  readonly carry: Carry;
  /** Called for every request. */
  onRequest?(request: Passing): void;
}

/** A proxy in front of an HTTP server, with TLS if the server has it, that holds back writes. */
export class HttpGate {
  /** `http://127.0.0.1:PORT` or `https://…`. */
  readonly origin: string;
  private readonly server: Server;
  private readonly options: HttpGateOptions;

  static async open(options: HttpGateOptions): Promise<HttpGate> {
    const tls = options.target.startsWith('https:');
    const server = tls
      ? createHttpsServer({ key: readFileSync(fixture('server.key')), cert: readFileSync(fixture('server.pem')) })
      : createHttpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HttpGate(options, server, tls);
  }

  private constructor(options: HttpGateOptions, server: Server, tls: boolean) {
    this.options = options;
    this.server = server;
    // A watch lasts longer than any limit.
    server.requestTimeout = 0;
    this.origin = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request: IncomingMessage, reply: ServerResponse) => {
      this.pass(request, reply).catch(() => reply.destroy());
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async pass(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const body = await read(request);
    const { method = 'GET', url = '/', headers } = request;
    const passing = { method, url, headers, body: body.toString('utf8') };
    this.options.onRequest?.(passing);
    const name = this.options.effectOf(passing);
    if (name === undefined) return this.stream(passing, body, reply);
    await this.options.carry(
      name,
      async () => {
        const answer = await this.send(passing, body);
        return { status: answer.statusCode ?? 502, headers: answer.headers, body: await read(answer) };
      },
      async (whole) => {
        reply.writeHead(whole.status, withoutHopByHop(whole.headers));
        await new Promise<void>((resolve) => {
          reply.once('close', resolve);
          reply.end(whole.body, resolve);
        });
      },
    );
    // Requests without a response are aborted, as if the process had died.
    if (!reply.writableEnded) reply.destroy();
  }

  private async stream(passing: Passing, body: Buffer, reply: ServerResponse): Promise<void> {
    const over = new AbortController();
    reply.once('close', () => over.abort());
    const answer = await this.send(passing, body, over.signal);
    reply.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
    reply.flushHeaders();
    answer.on('error', () => reply.destroy());
    answer.pipe(reply);
  }

  private send({ method, url, headers }: Passing, body: Buffer, signal?: AbortSignal): Promise<IncomingMessage> {
    const { target } = this.options;
    const options: RequestOptions & { rejectUnauthorized: boolean } = {
      method,
      headers: { ...withoutHopByHop(headers), host: new URL(target).host, 'content-length': body.length },
      rejectUnauthorized: false,
      ...(signal !== undefined && { signal }),
    };
    const send = target.startsWith('https:') ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const outgoing = send(new URL(url, target), options, resolve);
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function withoutHopByHop(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, upgrade: ____, ...rest } = headers;
  return rest;
}

/** Redirects a kubeconfig from `makeOperatorAccount` through a gate. */
export class GatedKubeconfig {
  /** The server behind the gate. */
  readonly target: string;
  private readonly config: { readonly clusters: readonly { readonly cluster: { readonly server: string } }[] };

  /** @param path of the kubeconfig, in JSON. */
  constructor(path: string) {
    this.config = JSON.parse(readFileSync(path, 'utf8')) as GatedKubeconfig['config'];
    const [first] = this.config.clusters;
    if (first === undefined) throw new Error(`${path} names no cluster`);
    this.target = first.cluster.server;
  }

  /** Writes the kubeconfig with the gate as its server. */
  write(path: string, { origin }: HttpGate): void {
    const ca = readFileSync(GATE_CA).toString('base64');
    const [first] = this.config.clusters;
    const clusters = [{ ...first, cluster: { server: origin, 'certificate-authority-data': ca } }];
    writeFileSync(path, JSON.stringify({ ...this.config, clusters }), { mode: 0o600 });
  }
}
