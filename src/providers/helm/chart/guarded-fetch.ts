import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { Agent, type Dispatcher, request } from 'undici';
import { DinfraError, RetryableError, TerminalError } from '../../../errors/dinfra-error.ts';
import type { Settings } from '../config.ts';
import { isPublicAddress, permitUrl, shown } from './host-policy.ts';

export interface FetchRequest {
  readonly url: URL;
  /** Limit of the body, in bytes. */
  readonly maxBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON pointer of the descriptor's field with this URL, for messages. */
  readonly path: string;
}

export interface FetchReply {
  readonly status: number;
  /** The final URL, after redirects. */
  readonly url: URL;
  readonly body: Buffer;
  header(name: string): string | undefined;
}

const MAX_REDIRECTS = 5;
const DEADLINE_MS = 30_000;

/** A host without any address that may be connected to. */
class ForbiddenAddress extends Error {}

/**
 * Fetches untrusted URLs without giving access to the provider's network: the URL of every redirect is checked, and so
 * is every address at the time of the connection, so that DNS rebinding does not help.
 */
export class GuardedFetch {
  private readonly charts: Settings['charts'];
  private readonly agent: Agent;

  constructor(charts: Settings['charts']) {
    this.charts = charts;
    this.agent = new Agent({
      allowH2: false,
      connect: { timeout: 10_000, lookup: charts.privateAddresses ? lookup : publicLookup },
      connections: 4,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16 * 1024,
    });
  }

  /**
   * GETs a URL and follows redirects. Any other status is a reply.
   *
   * @throws TerminalError RepositoryForbidden or ChartTooLarge; RetryableError RepositoryUnreachable; the signal's
   * reason.
   */
  async get(wanted: FetchRequest, signal: AbortSignal): Promise<FetchReply> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
    let url = wanted.url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      permitUrl(url, this.charts, wanted.path);
      try {
        const reply = await this.once(wanted, url, limit);
        if (!(reply instanceof URL)) return reply;
        url = reply;
      } catch (cause) {
        signal.throwIfAborted();
        throw explain(cause, url, wanted.path);
      }
    }
    throw unreachable(url, `it redirects more than ${MAX_REDIRECTS} times`);
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async once(wanted: FetchRequest, url: URL, signal: AbortSignal): Promise<FetchReply | URL> {
    const { authorization, ...others } = wanted.headers ?? {};
    const isSameOrigin = url.origin === wanted.url.origin;
    const reply = await request(url, {
      dispatcher: this.agent,
      headers: {
        'user-agent': 'dinfra-operator',
        ...others,
        // Registries redirect to storage of third parties, which must not get the token.
        ...(authorization !== undefined && isSameOrigin ? { authorization } : {}),
      },
      signal,
    });
    const target = redirectionOf(reply, url);
    if (target !== undefined) {
      await reply.body.dump({ limit: 16 * 1024, signal });
      return target;
    }
    const body = await readAll(reply, url, wanted);
    return { status: reply.statusCode, url, body, header: (name) => headerOf(reply, name) };
  }
}

function redirectionOf(reply: Dispatcher.ResponseData, url: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(reply.statusCode)) return undefined;
  const location = headerOf(reply, 'location') ?? '';
  const target = URL.parse(location, url.href);
  if (target === null) throw unreachable(url, 'it redirects to what is no URL');
  return target;
}

async function readAll(reply: Dispatcher.ResponseData, url: URL, { maxBytes, path }: FetchRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop closes the connection.
    if (size > maxBytes) {
      throw new TerminalError('ChartTooLarge', { message: `${shown(url)} has more than ${maxBytes} bytes`, path });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headerOf(reply: Dispatcher.ResponseData, name: string): string | undefined {
  const value = reply.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Resolves a name to only its public addresses. */
function publicLookup(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = allowed;
    if (first === undefined) return callback(new ForbiddenAddress(hostname), []);
    if (options.all === true) return callback(null, allowed);
    callback(null, first.address, first.family);
  });
}

function explain(cause: unknown, url: URL, path: string): DinfraError {
  if (cause instanceof DinfraError) return cause;
  if (causes(cause).some((error) => error instanceof ForbiddenAddress)) {
    return new TerminalError('RepositoryForbidden', {
      message: `${shown(url)} is not fetched: its host has no public address`,
      path,
    });
  }
  const words = causes(cause)
    .map((error) => error.message)
    .filter((message) => message !== '')
    .at(-1);
  return unreachable(url, words ?? 'no answer in time', cause);
}

function causes(error: unknown): readonly Error[] {
  const found: Error[] = [];
  let current = error;
  while (current instanceof Error && found.length < 8) {
    found.push(current);
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return found;
}

function unreachable(url: URL, why: string, cause?: unknown): RetryableError {
  return new RetryableError('RepositoryUnreachable', {
    message: `${shown(url)} cannot be fetched: ${why.slice(0, 200)}`,
    cause,
  });
}

/**
 * Distinguishes a definite refusal from an answer that may change.
 *
 * @throws TerminalError ChartNotFound at `path`, or RetryableError RepositoryUnreachable; nothing for a 200.
 */
export function requireFound({ status, url, header }: FetchReply, whatIsMissing: string, path: string): void {
  if (status === 200) return;
  if (status === 404 || status === 410) {
    throw new TerminalError('ChartNotFound', { message: `${shown(url)} ${whatIsMissing} (HTTP ${status})`, path });
  }
  if (status === 401 || status === 403) {
    throw new TerminalError('ChartNotFound', {
      message: `${shown(url)} cannot be read without credentials (HTTP ${status}); only public charts are fetched`,
      path,
    });
  }
  const seconds = Number(header('retry-after') ?? Number.NaN);
  throw new RetryableError('RepositoryUnreachable', {
    message: `${shown(url)} answers HTTP ${status}`,
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: Math.min(seconds, 3600) * 1000 } : {}),
  });
}
