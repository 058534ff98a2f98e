import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { request } from 'undici';
import { abortable } from '../../base/deadline.ts';
import { type Fence, LeadershipLostError } from '../../base/fence.ts';
import { DinfraError, RetryableError } from '../../errors/dinfra-error.ts';
import { apiError } from './api-error.ts';
import { parseApiStatus } from './api-status.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { Connections } from './connections.ts';

/** One HTTP request to the API server. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Starts with a slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default application/json. */
  readonly contentType?: string;
  /** Default application/json. */
  readonly accept?: string;
  /** What is attempted, for messages: `get deployments.dinfra.io prod/web`. */
  readonly attempt: string;
}

/** A successful response whose body has not been read yet. */
export interface HttpReply {
  readonly status: number;
  readonly body: Readable;
}

/** Called after every attempt with the time to the response headers and the HTTP status, or `<error>` without one. */
export type ReplyListener = (reply: { readonly method: string; readonly code: string; readonly ms: number }) => void;

/** Error responses are short; anything longer is not from an API server. */
const MAX_REFUSAL_BYTES = 256 * 1024;

/** Sends requests to one API server with one set of credentials. */
export class Transport {
  private readonly access: ClusterAccess;
  private readonly connections: Connections;
  private readonly fence: Fence;
  private readonly onReply: ReplyListener | undefined;

  constructor(access: ClusterAccess, connections: Connections, fence: Fence, onReply?: ReplyListener) {
    this.access = access;
    this.connections = connections;
    this.fence = fence;
    this.onReply = onReply;
  }

  /**
   * Sends one request and waits for the response headers. A 401 is retried once with fresh credentials.
   *
   * @throws RetryableError ClusterUnreachable without a response, or the error for the server's rejection;
   *   LeadershipLostError when the fence was closed: then nothing was sent.
   */
  async send(http: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const first = await this.sendOnce(http, signal);
    if (first.status !== 401) return this.orRefuse(http, first, signal);
    await discard(first.body);
    this.access.invalidate();
    return this.orRefuse(http, await this.sendOnce(http, signal), signal);
  }

  private async sendOnce(
    http: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpReply & { headers: IncomingHttpHeaders }> {
    const started = performance.now();
    const report = (code: string) => this.onReply?.({ method: http.method, code, ms: performance.now() - started });
    try {
      const { headers, tls } = await abortable(this.access.credentials(), signal);
      const reply = await request(`${this.access.server}${http.path}${queryOf(http)}`, {
        method: http.method,
        dispatcher: this.connections.for(tls, http.method === 'GET' ? undefined : this.fence),
        headers: {
          ...headers,
          accept: http.accept ?? 'application/json',
          'user-agent': 'dinfra-operator',
          ...(http.body === undefined ? {} : { 'content-type': http.contentType ?? 'application/json' }),
        },
        body: http.body === undefined ? null : JSON.stringify(http.body),
        signal,
        // The caller sets the time limit: every call comes with a signal that has a deadline.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      report(`${reply.statusCode}`);
      return { status: reply.statusCode, headers: reply.headers, body: reply.body };
    } catch (cause) {
      report('<error>');
      if (cause instanceof DinfraError || cause instanceof LeadershipLostError) throw cause;
      throw unreachable(http, this.access.server, cause, signal);
    }
  }

  private async orRefuse(
    http: HttpRequest,
    reply: HttpReply & { headers: IncomingHttpHeaders },
    signal: AbortSignal,
  ): Promise<HttpReply> {
    if (reply.status >= 200 && reply.status < 300) return reply;
    const body = await readBounded(http, reply.body, MAX_REFUSAL_BYTES, signal).catch(() => Buffer.alloc(0));
    throw apiError(http.attempt, parseApiStatus(reply.status, body.toString('utf8'), reply.headers['retry-after']));
  }
}

/**
 * Reads the whole body, up to `maxBytes`.
 *
 * @throws RetryableError ClusterReplyTooLarge, or ClusterUnreachable when the connection is cut.
 */
export async function readBounded(
  http: HttpRequest,
  body: Readable,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw unreachable(http, 'the API server', cause, signal);
  }
  if (size > maxBytes) {
    throw new RetryableError('ClusterReplyTooLarge', {
      message: `cannot ${http.attempt}: the response is larger than ${maxBytes} bytes`,
    });
  }
  return Buffer.concat(chunks, size);
}

/** The error for a missing response, or the signal's reason when the call was aborted. */
export function unreachable(http: HttpRequest, server: string, cause: unknown, signal: AbortSignal): unknown {
  const timedOut = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
  if (signal.aborted && !timedOut) return signal.reason;
  const reason = timedOut ? 'no answer in time' : reasonIn(cause);
  return new RetryableError('ClusterUnreachable', {
    message: `cannot ${http.attempt}: ${server} does not answer: ${reason}`,
    cause,
  });
}

function queryOf({ query = {} }: HttpRequest): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.append(name, `${value}`);
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

async function discard(body: Readable): Promise<void> {
  body.on('error', () => undefined);
  body.destroy();
}

/** The innermost cause: undici wraps `connect ECONNREFUSED` in errors that say only that something failed. */
function reasonIn(cause: unknown): string {
  let current = cause;
  for (let depth = 0; depth < 8 && current instanceof Error && current.cause instanceof Error; depth++) {
    current = current.cause;
  }
  if (current instanceof AggregateError && current.errors[0] instanceof Error) current = current.errors[0];
  return current instanceof Error ? current.message || current.name : String(current);
}

/**
 * Parses a response body as a JSON object.
 *
 * @throws RetryableError ClusterUndecodable when it is not one, as from a proxy or a login page.
 */
export function parseReply(http: HttpRequest, body: Buffer): object {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Reported below without the body, which may contain a Secret.
  }
  throw new RetryableError('ClusterUndecodable', {
    message: `cannot ${http.attempt}: the response of ${body.length} bytes is not a JSON object`,
  });
}
