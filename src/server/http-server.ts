import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { Health, HealthReport } from './health.ts';

/** A running server for probes and metrics. */
export interface ProbeServer {
  /** The port it listens on; the one assigned when 0 was requested. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves /healthz, /readyz and /metrics over plain HTTP. Nothing it serves is secret and nothing it receives is trusted:
 * other paths and methods get 404 and 405, and headers and idle connections are bounded.
 *
 * @throws the listen error (`EADDRINUSE`, …) when the address is not available.
 */
export async function serveProbes(
  options: { readonly host: string; readonly port: number },
  health: Health,
  metrics: Registry,
): Promise<ProbeServer> {
  const server = createServer(
    { maxHeaderSize: 8192, requestTimeout: 10_000, headersTimeout: 5_000 },
    (request, response) => {
      const respond = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
      const probe = ({ ok, text }: HealthReport) => respond(ok ? 200 : 503, text);
      if (request.method !== 'GET' && request.method !== 'HEAD') return respond(405, 'method not allowed\n');
      switch (request.url?.split('?')[0]) {
        case '/healthz':
          return probe(health.liveness());
        case '/readyz':
          return probe(health.readiness());
        case '/metrics':
          return metrics.metrics().then(
            (text) => respond(200, text, metrics.contentType),
            () => respond(500, 'metrics could not be collected\n'),
          );
        default:
          return respond(404, 'try /healthz, /readyz or /metrics\n');
      }
    },
  );
  server.keepAliveTimeout = 15_000;
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
