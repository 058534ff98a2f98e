import pLimit, { type LimitFunction } from 'p-limit';
import { Agent, request } from 'undici';
import { RetryableError } from '../../errors/dinfra-error.ts';
import type { Clock } from './clock.ts';
import type { CallLimits, CloudStackCredentials } from './config.ts';
import { errorOf, type Failure, retryAfterOf } from './failure.ts';
import { KeyRefusal } from './key-refusal.ts';
import { Pace } from './pace.ts';
import { integer, isObject, type JsonObject, type Reply, readReply } from './reply.ts';
import { type Parameters, signedForm } from './signing.ts';

/** Largest answer read, in bytes: 500 networks with all their services are about 3 MiB. */
const MAX_REPLY_BYTES = 16 * 1024 * 1024;
/** CloudStack's own upper bound of a page. */
const PAGE_SIZE = 500;
/** More pages than this is not a list we can make sense of. */
const MAX_PAGES = 200;
/** One call as seen from outside, for metrics. */
export interface CallReport {
  readonly command: string;
  readonly outcome: 'Ok' | Failure['kind'] | 'NotApi' | 'Unreachable';
  readonly ms: number;
}

export interface ClientOptions {
  readonly endpoint: string;
  readonly credentials: CloudStackCredentials;
  readonly clock: Clock;
  readonly caBundle?: string | undefined;
  readonly limits?: CallLimits | undefined;
  /** Shared with other clients of the same keys. Default: one of its own. */
  readonly refusal?: KeyRefusal | undefined;
  /** Told of every call after it ended. */
  readonly onCall?: ((report: CallReport) => void) | undefined;
}

/**
 * The CloudStack API of one endpoint for one account. Every call goes by POST, reads too: parameters stay out of access
 * logs, and user-data and key texts fit. Nothing is retried here; the caller's errors say when it is worth it.
 */
export class CloudStackClient {
  readonly endpoint: string;
  readonly #options: ClientOptions;
  readonly #agent: Agent;
  readonly #pace: Pace;
  readonly #slots: LimitFunction;
  readonly #timeoutMs: number;
  readonly #refusal: KeyRefusal;

  constructor(options: ClientOptions) {
    const { concurrency = 8, callsPerSecond = 20, timeoutMs = 30_000 } = options.limits ?? {};
    this.endpoint = options.endpoint;
    this.#options = options;
    this.#timeoutMs = timeoutMs;
    this.#slots = pLimit(concurrency);
    this.#refusal = options.refusal ?? new KeyRefusal(options.clock);
    this.#pace = new Pace(callsPerSecond, options.clock);
    this.#agent = new Agent({
      connections: concurrency,
      connect: { timeout: timeoutMs, ...(options.caBundle === undefined ? {} : { ca: options.caBundle }) },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  }

  /** The reply's body. Throws an error of the catalogue for everything else. */
  async call(command: string, parameters: Parameters, signal: AbortSignal): Promise<JsonObject> {
    const reply = await this.attempt(command, parameters, signal);
    if (reply.kind === 'Failed') throw errorOf(reply.failure);
    return reply.body;
  }

  /** The reply's body, or why CloudStack refused. Throws a RetryableError when CloudStack could not be asked. */
  async attempt(
    command: string,
    parameters: Parameters,
    signal: AbortSignal,
  ): Promise<Exclude<Reply, { kind: 'NotApi' }>> {
    const reply = await this.#slots(() => this.#send(command, parameters, signal));
    if (reply.kind === 'NotApi') {
      throw new RetryableError('CloudStackBadReply', {
        message: `${this.endpoint} answered ${command} with HTTP ${reply.status} and ${reply.excerpt}, not with the API's JSON`,
      });
    }
    return reply;
  }

  /**
   * Every object a list command has, page by page to the end. An empty list and a page beyond the end have no array at
   * all, and the array's key is not always the command's noun, so the only array is read, whatever its name.
   */
  async list(command: string, parameters: Parameters, signal: AbortSignal): Promise<readonly JsonObject[]> {
    const found: JsonObject[] = [];
    for (let page = 1; page <= MAX_PAGES; page++) {
      const paging = { page: String(page), pagesize: String(PAGE_SIZE) };
      const body = await this.call(command, { ...parameters, ...paging }, signal);
      const rows = Object.values(body).find(Array.isArray)?.filter(isObject) ?? [];
      found.push(...rows);
      // `count` is the total. Some lists leave it out or count otherwise; a short page is an end in any case.
      const total = integer(body['count']) ?? 0;
      if (rows.length < PAGE_SIZE || page * PAGE_SIZE >= total) return found;
    }
    throw new RetryableError('CloudStackBadReply', {
      message: `${command} did not end after ${MAX_PAGES} pages of ${PAGE_SIZE}`,
    });
  }

  /** Ends open connections. */
  async close(): Promise<void> {
    await this.#agent.close();
  }

  async #send(command: string, parameters: Parameters, signal: AbortSignal): Promise<Reply> {
    const { clock, credentials, onCall } = this.#options;
    const refused = this.#refusal.current;
    if (refused !== undefined) throw errorOf(refused);
    await this.#pace.turn(signal);
    const started = clock.monotonic();
    const report = (outcome: CallReport['outcome']) => onCall?.({ command, outcome, ms: clock.monotonic() - started });
    let reply: Reply;
    try {
      const form = signedForm(command, parameters, credentials, clock.wallTime());
      reply = await this.#post(command, form, AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]));
    } catch (cause) {
      report('Unreachable');
      if (signal.aborted) throw signal.reason;
      throw new RetryableError('CloudStackUnreachable', {
        message: `${this.endpoint} did not answer ${command}: ${reasonOf(cause)}`,
        cause,
      });
    }
    report(reply.kind === 'Failed' ? reply.failure.kind : reply.kind);
    if (reply.kind === 'Failed') this.#heed(reply.failure);
    return reply;
  }

  async #post(command: string, form: string, signal: AbortSignal): Promise<Reply> {
    const answer = await request(this.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'dinfra-operator' },
      body: form,
      signal,
      dispatcher: this.#agent,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > MAX_REPLY_BYTES) throw new Error(`the answer is larger than ${MAX_REPLY_BYTES} bytes`);
      chunks.push(bytes);
    }
    return readReply(command, answer.statusCode, Buffer.concat(chunks).toString('utf8'));
  }

  /** What a refusal means for the calls after it. */
  #heed(failure: Failure): void {
    const wait = retryAfterOf(failure);
    if (wait !== undefined) this.#pace.silence(wait);
    if (failure.kind === 'Unauthorized') this.#refusal.note(failure);
  }
}

/** The innermost message: undici wraps `connect ECONNREFUSED` and the like. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.message === '' ? error.name : error.message;
}
