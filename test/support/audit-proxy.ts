import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ClusterAccess } from '../../src/kube/client/cluster-access.ts';

/** A write request. */
export interface Write {
  readonly method: string;
  readonly path: string;
  /** When its headers arrived, by performance.now(). */
  readonly at: number;
}

/**
 * A plain HTTP proxy in front of an API server, with the rights of whoever started it, that records all writes. One for
 * each observed process.
 */
export class AuditProxy {
  readonly writes: Write[] = [];
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
  }

  static async to(access: ClusterAccess): Promise<AuditProxy> {
    const { headers, tls } = await access.credentials();
    const target = new URL(access.server);
    const server = createServer();
    const proxy = new AuditProxy(server);
    server.on('request', (incoming, outgoing) => {
      const { method = '', url: path = '' } = incoming;
      if (method !== 'GET') proxy.writes.push({ method, path, at: performance.now() });
      const forwarded = request(
        {
          ...tls,
          host: target.hostname,
          port: target.port,
          method,
          path,
          headers: { ...incoming.headers, ...headers },
        },
        (reply) => {
          outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
          outgoing.flushHeaders();
          reply.pipe(outgoing);
        },
      );
      forwarded.on('error', () => outgoing.destroy());
      outgoing.on('close', () => forwarded.destroy());
      incoming.pipe(forwarded);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** A kubeconfig, as JSON, for this proxy. */
  kubeconfig(): string {
    const { port } = this.server.address() as AddressInfo;
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'audited', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
      ],
      users: [{ name: 'anyone', user: {} }],
      contexts: [{ name: 'audited', context: { cluster: 'audited', user: 'anyone' } }],
      'current-context': 'audited',
    });
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
