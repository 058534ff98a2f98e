import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { STATUS_CODES } from 'node:http';

/** Where the HTTP client that Node's WebSocket is made of tells of the answers it gets. */
const HEADERS = 'undici:request:headers';

interface HeadersMessage {
  readonly request?: { readonly origin?: unknown; readonly path?: unknown; readonly upgrade?: unknown };
  readonly response?: { readonly statusCode?: unknown };
}

/**
 * Listens for the HTTP answer to a WebSocket handshake until it is disposed. A WebSocket fails without saying why, in all
 * clients: pages of a browser must not learn it. An operator has to: a rate limit wants something else than a wrong URL.
 */
export class HandshakeAnswer implements Disposable {
  private readonly origin: string;
  private readonly path: string;
  private status: number | undefined;

  constructor(endpoint: string) {
    const { protocol, host, pathname, search } = new URL(endpoint);
    this.origin = `${protocol === 'wss:' ? 'https' : 'http'}://${host}`;
    this.path = `${pathname}${search}`;
    subscribe(HEADERS, this.onHeaders);
  }

  /** `429 Too Many Requests`; undefined when there was no answer, or nothing was told of it. */
  get refusal(): string | undefined {
    if (this.status === undefined) return undefined;
    // The node's own words for the status are a stranger's.
    return `${this.status} ${STATUS_CODES[this.status] ?? ''}`.trimEnd();
  }

  [Symbol.dispose](): void {
    unsubscribe(HEADERS, this.onHeaders);
  }

  private readonly onHeaders = (message: unknown): void => {
    const { request, response } = message as HeadersMessage;
    if (request?.upgrade !== 'websocket' || request.origin !== this.origin || request.path !== this.path) return;
    if (typeof response?.statusCode === 'number') this.status = response.statusCode;
  };
}
