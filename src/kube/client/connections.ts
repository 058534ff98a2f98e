import { createHash } from 'node:crypto';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { Fence } from '../../base/fence.ts';
import { fencedDispatcher } from '../../base/fenced-dispatcher.ts';
import type { TlsMaterial } from './cluster-access.ts';

interface Pool {
  readonly tls: TlsMaterial;
  readonly fingerprint: string;
  readonly dispatcher: Dispatcher;
}

/**
 * The connections to one API server, for one client or for several that use the same client certificate or none. They
 * are reused: client-node opens a new TLS connection for each request.
 */
export class Connections {
  private readonly proxyUrl: string | undefined;
  private pool: Pool | undefined;
  private closed = false;

  /** @param proxyUrl URL of an HTTP proxy to go through. */
  constructor(proxyUrl: string | undefined) {
    this.proxyUrl = proxyUrl;
  }

  /**
   * The connections for this TLS material. A rotated certificate gets new ones; the old ones close after their last
   * request. A fence is checked immediately before each request is written.
   */
  for(tls: TlsMaterial, fence?: Fence): Dispatcher {
    if (this.closed) throw new Error('this client has been closed');
    const fingerprint = this.pool?.tls === tls ? this.pool.fingerprint : fingerprintOf(tls);
    if (this.pool?.fingerprint !== fingerprint) {
      this.pool?.dispatcher.close().catch(() => undefined);
      this.pool = { tls, fingerprint, dispatcher: makeDispatcher(tls, this.proxyUrl) };
    }
    this.pool = { ...this.pool, tls };
    const { dispatcher } = this.pool;
    return fence === undefined ? dispatcher : fencedDispatcher(dispatcher, fence);
  }

  /** Closes every connection: requests in flight fail. */
  async close(): Promise<void> {
    this.closed = true;
    await this.pool?.dispatcher.destroy();
  }
}

function fingerprintOf(tls: TlsMaterial): string {
  return createHash('sha256').update(JSON.stringify(tls)).digest('hex');
}

function makeDispatcher(tls: TlsMaterial, proxyUrl: string | undefined): Dispatcher {
  const options = {
    // undici negotiates HTTP/2 by default and keeps dead sessions.
    allowH2: false,
    // Below the 90 s after which an API server closes idle connections: a request must not race with the close.
    keepAliveTimeout: 30_000,
    keepAliveMaxTimeout: 60_000,
    connections: 128,
  };
  const connect = { ...tls, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 };
  return proxyUrl === undefined
    ? new Agent({ ...options, connect })
    : new ProxyAgent({ ...options, uri: proxyUrl, requestTls: connect });
}
