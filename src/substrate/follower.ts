import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiPromise } from '@polkadot/api';
import { findDinfraError, RetryableError } from '../errors/dinfra-error.ts';
import { type BlockRef, succession } from './block-ref.ts';
import { type Connection, connect } from './connection.ts';
import { withoutCredentials } from './endpoint.ts';
import type { FollowerState } from './follower-state.ts';

/** What the follower needs to know of its chain. Times in milliseconds. */
export interface FollowerOptions {
  /** Tried in turn, from the first; the next one after each failure. */
  readonly endpoints: readonly string[];
  /** Refuse every node of another genesis. Undefined takes the first node's for good. */
  readonly genesis: string | undefined;
  /** The last finalised block whose effects are in the cluster. A node that does not have it is of another history. */
  readonly cursor: BlockRef | undefined;
  /** How long without a new finalised block before the connection is given up. Default 30 s. */
  readonly stallMs?: number;
  /** How often the finalised head is asked for, beside the subscription. Default 6 s. */
  readonly pollMs?: number;
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number };
  readonly random?: () => number;
}

/** A finalised block, on the connection that reported it. */
export interface FinalisedHead {
  readonly block: BlockRef;
  readonly genesis: string;
  readonly api: ApiPromise;
  /** False when blocks may lie between this head and the one before: at start, after a reconnect, after a jump. */
  readonly contiguous: boolean;
}

/**
 * Follows the finalised chain over a list of endpoints, for as long as `signal` is not aborted. Subscriptions are only
 * hints and the socket is never trusted to report its own death: a connection without progress is dropped and the next
 * endpoint tried, with backoff. A head that is not a descendant of the last one is never passed on.
 */
export class ChainFollower {
  private readonly options: Required<FollowerOptions>;
  private readonly onHead: (head: FinalisedHead) => void;
  private readonly onState: (state: FollowerState) => void;
  private known: BlockRef | undefined;
  private genesis: string | undefined;
  private connection: Connection | undefined;

  constructor(
    options: FollowerOptions,
    listeners: { readonly onHead: (head: FinalisedHead) => void; readonly onState: (state: FollowerState) => void },
  ) {
    this.options = {
      stallMs: 30_000,
      pollMs: 6_000,
      backoff: { firstMs: 500, maxMs: 30_000 },
      random: Math.random,
      ...options,
    };
    this.onHead = listeners.onHead;
    this.onState = listeners.onState;
    this.known = options.cursor;
    this.genesis = options.genesis;
  }

  /**
   * The API of the node in use.
   *
   * @throws RetryableError ChainUnreachable while there is none.
   */
  get api(): ApiPromise {
    if (this.connection === undefined || this.connection.lost.aborted) {
      throw new RetryableError('ChainUnreachable', { message: 'no chain endpoint answers at present' });
    }
    return this.connection.api;
  }

  /** Runs until `signal` is aborted; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    for (let turn = 0; !signal.aborted; turn++) {
      const endpoint = this.options.endpoints[turn % this.options.endpoints.length];
      if (endpoint === undefined) return;
      const before = this.known;
      try {
        await this.follow(endpoint, signal);
      } catch (error) {
        if (signal.aborted) return;
        const shown = withoutCredentials(endpoint);
        this.onState({ kind: 'Disconnected', endpoint: shown, error: findDinfraError(error) ?? broken(shown, error) });
      }
      // A connection that made progress was a good one: the next is not waited for long.
      failures = this.known === before ? failures + 1 : 0;
      await sleep(this.backoffMs(failures), undefined, { signal }).catch(() => undefined);
    }
  }

  private backoffMs(failures: number): number {
    const { firstMs, maxMs } = this.options.backoff;
    const rounds = Math.max(0, Math.floor(failures / this.options.endpoints.length));
    const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(rounds, 16));
    return ceiling / 2 + (this.options.random() * ceiling) / 2;
  }

  private async follow(endpoint: string, signal: AbortSignal): Promise<void> {
    const connection = await connect(endpoint, signal);
    const over = AbortSignal.any([signal, connection.lost]);
    try {
      this.checkGenesis(connection);
      this.connection = connection;
      await this.followHeads(connection, over);
    } finally {
      this.connection = undefined;
      await connection.close();
    }
  }

  private checkGenesis({ genesis, endpoint }: Connection): void {
    if (this.genesis !== undefined && genesis !== this.genesis) {
      throw new RetryableError('ChainGenesisMismatch', {
        message: `the node at ${withoutCredentials(endpoint)} is of genesis ${genesis}; expected ${this.genesis}`,
      });
    }
    this.genesis = genesis;
  }

  private async followHeads(connection: Connection, signal: AbortSignal): Promise<void> {
    const { api } = connection;
    const wake = new Wake();
    signal.addEventListener('abort', () => wake.ring(), { once: true });
    const unsubscribe = await api.rpc.chain.subscribeFinalizedHeads(() => wake.ring());
    let first = true;
    let progressedAt = performance.now();
    try {
      while (!signal.aborted) {
        const news = await this.unlessStalled(readNews(api, this.known), connection, progressedAt, signal);
        if (this.accept(connection, news, first)) {
          first = false;
          progressedAt = performance.now();
          this.onState({
            kind: 'Following',
            endpoint: withoutCredentials(connection.endpoint),
            block: news.block,
          });
        }
        await wake.wait(this.options.pollMs);
      }
      throw lostConnection(withoutCredentials(connection.endpoint));
    } finally {
      unsubscribe();
    }
  }

  /** What is read, unless there is no progress for too long: a node that went dark keeps its requests waiting for ever. */
  private async unlessStalled<T>(
    reading: Promise<T>,
    { endpoint }: Connection,
    progressedAt: number,
    signal: AbortSignal,
  ): Promise<T> {
    reading.catch(() => undefined);
    const { stallMs } = this.options;
    const over = Promise.withResolvers<never>();
    const where = withoutCredentials(endpoint);
    const stalled = () =>
      over.reject(
        new RetryableError('ChainStalled', {
          message: `no new finalised block from ${where} for ${Math.round(stallMs / 1000)} s, last was ${this.known?.number ?? 'none'}`,
        }),
      );
    const lost = () => over.reject(lostConnection(where));
    const timer = setTimeout(stalled, Math.max(0, progressedAt + stallMs - performance.now()));
    signal.addEventListener('abort', lost, { once: true });
    try {
      return await Promise.race([reading, over.promise]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', lost);
    }
  }

  /** True when the block was passed on. */
  private accept({ api, genesis, endpoint }: Connection, { block, hashAtKnown }: News, first: boolean): boolean {
    const { known } = this;
    switch (succession(known, block, hashAtKnown)) {
      case 'diverged':
        throw new RetryableError('ChainDiverged', {
          message: `the node at ${withoutCredentials(endpoint)} has another block at height ${known?.number} than the final one we acted on (${known?.hash}): nothing is touched until a node of our history answers`,
        });
      case 'behind':
        return false;
      case 'same':
        if (!first) return false;
        break;
      case 'advanced':
        break;
    }
    const contiguous = !first && known !== undefined && block.number === known.number + 1;
    this.known = block;
    this.onHead({ block, genesis, api, contiguous });
    return true;
  }
}

/** Wakes a waiter once for any number of rings; a ring while nobody waits is kept. */
class Wake {
  private rung = false;
  private resume = () => {};

  ring(): void {
    this.rung = true;
    this.resume();
  }

  async wait(ms: number): Promise<void> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.rung = false;
  }
}

/** What a node says is final. */
interface News {
  readonly block: BlockRef;
  /** What it has at the height of the block we knew, undefined when it has none. */
  readonly hashAtKnown: string | undefined;
}

async function readNews(api: ApiPromise, known: BlockRef | undefined): Promise<News> {
  const block = await finalisedHead(api);
  const comparable = known !== undefined && known.number <= block.number;
  return { block, hashAtKnown: comparable ? await hashAt(api, known.number) : undefined };
}

function lostConnection(endpoint: string): RetryableError {
  return new RetryableError('ChainUnreachable', { message: `the connection to ${endpoint} was lost` });
}

/** A request that was under way fails with an error of the library's when its connection breaks. */
function broken(endpoint: string, cause: unknown): RetryableError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RetryableError('ChainUnreachable', { message: `the connection to ${endpoint} broke: ${reason}`, cause });
}

async function finalisedHead(api: ApiPromise): Promise<BlockRef> {
  const hash = await api.rpc.chain.getFinalizedHead();
  const header = await api.rpc.chain.getHeader(hash);
  return { number: header.number.toNumber(), hash: hash.toHex() };
}

/** The hash a node has at a height, undefined when it has none. */
async function hashAt(api: ApiPromise, number: number): Promise<string | undefined> {
  const hash = await api.rpc.chain.getBlockHash(number);
  return hash.isEmpty ? undefined : hash.toHex();
}
