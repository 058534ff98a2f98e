import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { STATUS_CODES } from 'node:http';

/** The diagnostics channel on which the HTTP client behind Node's WebSocket publishes the responses it receives. */
const HEADERS = 'undici:request:headers';

interface HeadersMessage {
  readonly request?: { readonly origin?: unknown; readonly path?: unknown; readonly upgrade?: unknown };
  readonly response?: { readonly statusCode?: unknown };
}

/**
 * Listens for the HTTP response to a WebSocket handshake until it is disposed. A WebSocket fails without a reason in
 * all clients, because pages in a browser must not learn it. An operator needs it: a rate limit is resolved differently
 * than a wrong URL.
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

  /** `429 Too Many Requests`; undefined if there was no response, or none was published. */
  get refusal(): string | undefined {
    if (this.status === undefined) return undefined;
    // The reason phrase sent by the node is untrusted.
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
