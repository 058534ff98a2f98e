import { isDeepStrictEqual } from 'node:util';
import { Agent, type Dispatcher, request } from 'undici';
import type { Clock } from '../../../base/clock.ts';
import { startDeadline } from '../../../base/deadline.ts';
import { type Fence, LeadershipLostError, openFence } from '../../../base/fence.ts';
import { fencedDispatcher } from '../../../base/fenced-dispatcher.ts';
import { RetryableError } from '../../../errors/dinfra-error.ts';
import { errorOf, type Failure, retryAfterOf } from './failure.ts';
import { type CallLimits, KeyRefusal, RateLimiter } from './rate-limiter.ts';
import { integer, isObject, type JsonObject, type Reply, readReply } from './reply.ts';
import { type CloudStackCredentials, type Parameters, signedForm } from './signing.ts';

/** Largest answer read, in bytes: 500 networks with all their services are about 3 MiB. */
const MAX_REPLY_BYTES = 16 * 1024 * 1024;
/** CloudStack's own upper bound of a page, unless the provider has set another `default.page.size`. */
const PAGE_SIZE = 500;
/** Used on a server that refuses the larger page. */
const SMALLER_PAGES = [100, 20];
/** Guards against endless pagination. */
const MAX_PAGES = 200;
/** CloudStack's naming convention for commands that change nothing. */
const READS = /^(list|query|get)[A-Z]/;

/** One call, for metrics and log. */
export interface CallReport {
  readonly command: string;
  /** Whether it may have changed something. */
  readonly isWrite: boolean;
  readonly outcome: 'Ok' | Failure['kind'] | 'NotApi' | 'Unreachable';
  readonly ms: number;
}

export interface ClientOptions {
  readonly endpoint: string;
  readonly credentials: CloudStackCredentials;
  readonly clock: Clock;
  readonly caBundle?: string | undefined;
  readonly limits?: CallLimits | undefined;
  /** Shared with other clients of the same endpoint and keys, in place of `limits`. Default: one of its own. */
  readonly limiter?: RateLimiter | undefined;
  /** Shared with other clients of the same keys. Default: one of its own. */
  readonly refusal?: KeyRefusal | undefined;
  /** Asked immediately before the bytes of a call that may change something are sent. Default: open. */
  readonly fence?: Fence | undefined;
  /** Called after every call, in the asynchronous context it was made in. */
  readonly onCall?: ((report: CallReport) => void) | undefined;
}

/**
 * The CloudStack API of one endpoint for one account. Every call, reads included, is a POST: parameters stay out of
 * access logs, and user-data and key texts fit. Every call ends within its deadline, whatever the server does. Nothing
 * is retried here; the errors say when a retry makes sense.
 */
export class CloudStackClient {
  readonly endpoint: string;
  readonly #options: ClientOptions;
  readonly #agent: Agent;
  /** The same connections, for calls that may change something. */
  readonly #fenced: Dispatcher;
  readonly #limiter: RateLimiter;
  readonly #timeoutMs: number;
  #pageSize = PAGE_SIZE;
  readonly #refusal: KeyRefusal;

  constructor(options: ClientOptions) {
    const { timeoutMs = 30_000 } = options.limits ?? {};
    this.endpoint = options.endpoint;
    this.#options = options;
    this.#timeoutMs = timeoutMs;
    this.#limiter = options.limiter ?? new RateLimiter(options.limits ?? {}, options.clock);
    this.#refusal = options.refusal ?? new KeyRefusal(options.clock);
    this.#agent = new Agent({
      connections: this.#limiter.concurrency,
      connect: { timeout: timeoutMs, ...(options.caBundle === undefined ? {} : { ca: options.caBundle }) },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    this.#fenced = fencedDispatcher(this.#agent, options.fence ?? openFence);
  }

  /** Returns the body of the reply. Throws an error of the catalogue if there is none. */
  async call(command: string, parameters: Parameters, signal: AbortSignal): Promise<JsonObject> {
    const reply = await this.attempt(command, parameters, signal);
    if (reply.kind === 'Failed') throw errorOf(reply.failure);
    return reply.body;
  }

  /**
   * Returns the body of the reply, or why CloudStack refused. Throws a RetryableError if CloudStack could not be
   * reached.
   */
  async attempt(
    command: string,
    parameters: Parameters,
    signal: AbortSignal,
  ): Promise<Exclude<Reply, { kind: 'NotApi' }>> {
    const reply = await this.#limiter.run(() => this.#send(command, parameters, signal), signal);
    if (reply.kind !== 'NotApi') return reply;
    const message = `${this.endpoint} answered ${command} with HTTP ${reply.status} and ${reply.excerpt}, not with the API's JSON`;
    if (reply.waitMs === undefined) throw new RetryableError('CloudStackBadReply', { message });
    throw new RetryableError('CloudStackRateLimited', { message, retryAfterMs: reply.waitMs });
  }

  /**
   * Returns every object of a list command, page by page to the end. An empty list and a page beyond the end have no
   * array at all, and the key of the array is not always the command's noun: the only array is read, whatever its key.
   */
  list(command: string, parameters: Parameters, signal: AbortSignal): Promise<readonly JsonObject[]> {
    return this.listOf(command, parameters, (row) => row, signal);
  }

  /** The same, each object parsed as its page comes: ten thousand at once would keep the event loop. */
  async listOf<T>(
    command: string,
    parameters: Parameters,
    parse: (row: JsonObject) => T,
    signal: AbortSignal,
  ): Promise<readonly T[]> {
    const found: T[] = [];
    const first = await this.#firstPage(command, parameters, signal);
    const { size } = first;
    let before: readonly JsonObject[] = [];
    for (let page = 1; page <= MAX_PAGES; page++) {
      const body = page === 1 ? first.body : await this.call(command, paged(parameters, page, size), signal);
      const rows = Object.values(body).find(Array.isArray)?.filter(isObject) ?? [];
      // A command that ignores pages returns the whole list, each time.
      if (page > 1 && isDeepStrictEqual(rows, before)) return found;
      for (const row of rows) found.push(parse(row));
      if (rows.length !== size || isTotal(integer(body['count']), page, size)) return found;
      before = rows;
    }
    throw new RetryableError('CloudStackBadReply', {
      message: `${command} did not end after ${MAX_PAGES} pages of ${size}`,
    });
  }

  /** Reads the first page, and finds out how large pages may be. */
  async #firstPage(
    command: string,
    parameters: Parameters,
    signal: AbortSignal,
  ): Promise<{ readonly body: JsonObject; readonly size: number }> {
    const ask = (size: number) => this.attempt(command, paged(parameters, 1, size), signal);
    const size = this.#pageSize;
    const reply = await ask(size);
    if (reply.kind === 'Ok') return { body: reply.body, size };
    // The same code stands for any other fault of the call: a smaller page shows which one it was.
    const mayBeSize = reply.failure.kind === 'Rejected';
    for (const smaller of mayBeSize ? SMALLER_PAGES.filter((one) => one < size) : []) {
      const again = await ask(smaller);
      if (again.kind === 'Failed') continue;
      this.#pageSize = smaller;
      return { body: again.body, size: smaller };
    }
    throw errorOf(reply.failure);
  }

  /** Closes open connections. */
  async close(): Promise<void> {
    await this.#agent.close();
  }

  async #send(command: string, parameters: Parameters, signal: AbortSignal): Promise<Reply> {
    const refused = this.#refusal.current;
    if (refused !== undefined) throw errorOf(refused);
    const { clock, credentials, onCall } = this.#options;
    const started = clock.monotonic();
    const isWrite = !READS.test(command);
    const report = (outcome: CallReport['outcome']) =>
      onCall?.({ command, isWrite, outcome, ms: clock.monotonic() - started });
    const form = signedForm(command, parameters, credentials, clock.wallTime());
    const deadline = startDeadline(signal, this.#timeoutMs);
    let reply: Reply;
    try {
      reply = await this.#post(form, deadline.signal, command);
    } catch (cause) {
      report('Unreachable');
      if (signal.aborted) throw signal.reason;
      if (cause instanceof LeadershipLostError) throw cause;
      this.#limiter.noteNoAnswer();
      throw new RetryableError('CloudStackUnreachable', {
        message: `${this.endpoint} did not answer ${command}: ${reasonOf(cause)}`,
        cause,
      });
    } finally {
      deadline.clear();
    }
    this.#limiter.noteAnswer();
    report(reply.kind === 'Failed' ? reply.failure.kind : reply.kind);
    if (reply.kind === 'Failed') this.#heed(reply.failure);
    if (reply.kind === 'NotApi' && reply.waitMs !== undefined) this.#limiter.silence(reply.waitMs);
    return reply;
  }

  async #post(form: string, signal: AbortSignal, command: string): Promise<Reply> {
    const answer = await request(this.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'dinfra-operator' },
      body: form,
      signal,
      dispatcher: READS.test(command) ? this.#agent : this.#fenced,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > MAX_REPLY_BYTES) throw new Error(`the answer is larger than ${MAX_REPLY_BYTES} bytes`);
      chunks.push(bytes);
    }
    const retryAfter = [answer.headers['retry-after']].flat()[0];
    return readReply(command, {
      status: answer.statusCode,
      text: Buffer.concat(chunks).toString('utf8'),
      retryAfter,
    });
  }

  /** Applies the consequences of a refusal to later calls. */
  #heed(failure: Failure): void {
    const wait = retryAfterOf(failure);
    if (wait !== undefined) this.#limiter.silence(wait);
    if (failure.kind === 'Unauthorized') this.#refusal.record(failure);
  }
}

function paged(parameters: Parameters, page: number, size: number): Parameters {
  return { ...parameters, page: String(page), pagesize: String(size) };
}

/**
 * Whether `count`, usually the total, says that a full page was the last one. Some lists omit it or count the page
 * instead: then one more page is needed to see the end.
 */
function isTotal(count: number | undefined, page: number, size: number): boolean {
  return count !== undefined && count > size && count > (page - 1) * size && page * size >= count;
}

/** Node's error codes for a certificate without a trusted signature. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** The innermost message, because undici wraps `connect ECONNREFUSED` and the like. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  if ('code' in error && UNTRUSTED.has(String(error.code))) {
    return `${error.message}; name the CA of its certificate as caBundle of the Reactor`;
  }
  return error.message === '' ? error.name : error.message;
}
