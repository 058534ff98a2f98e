import { ApiPromise, WsProvider } from '@polkadot/api';
import type { ApiDecoration, ApiOptions } from '@polkadot/api/types';
import type { Header, RuntimeVersion } from '@polkadot/types/interfaces';
import { startDeadline } from '../base/deadline.ts';
import { RetryableError } from '../errors/dinfra-error.ts';
import type { BlockHeader, BlockRef } from './block-ref.ts';
import { type ChainNode, RuntimeReplaced, unreachable, withoutCredentials } from './chain-node.ts';
import { HandshakeAnswer } from './handshake.ts';

/** Timeout of connecting and reading the metadata, in milliseconds. */
const CONNECT_TIMEOUT_MS = 20_000;
/** Timeout of one request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;

/** A node connected through @polkadot/api, with its metadata read. */
export class Connection implements ChainNode {
  readonly api: ApiPromise;
  readonly endpoint: string;
  readonly genesis: string;
  private readonly losing: AbortController;
  /** The runtime whose types the API decodes with. */
  private readonly version: RuntimeVersion;
  /** The last block for which an API was decorated. */
  private last: { readonly hash: string; readonly at: Promise<ApiDecoration<'promise'>> } | undefined;
  /** Whether finalised blocks may have an older runtime than the connection's: after an upgrade that is not final yet. */
  private mixed = true;

  constructor(api: ApiPromise, endpoint: string, losing: AbortController) {
    this.api = api;
    this.endpoint = endpoint;
    this.losing = losing;
    this.genesis = api.genesisHash.toHex();
    this.version = api.runtimeVersion;
  }

  get lost(): AbortSignal {
    return this.losing.signal;
  }

  get blockMs(): number | undefined {
    const { babe, aura, timestamp } = this.api.consts;
    const declared = babe?.['expectedBlockTime'] ?? aura?.slotDuration;
    const minimum = timestamp?.minimumPeriod;
    const ms = declared === undefined ? 2 * Number(minimum?.toString() ?? 0) : Number(declared.toString());
    return ms > 0 ? ms : undefined;
  }

  /** Decimal places of the chain's currency, as its specification has them: 12 when it does not say. */
  get decimals(): number {
    return this.api.registry.chainDecimals[0] ?? 12;
  }

  async followFinalised(onHeader: (header: BlockHeader) => void): Promise<void> {
    const { api } = this;
    // On a new version the library takes metadata without runtime APIs and never has them again (16.5.6, base/Init.js).
    await api.rpc.state.subscribeRuntimeVersion(({ specVersion }) => {
      if (specVersion.eq(this.version.specVersion)) return;
      this.losing.abort(new RuntimeReplaced(this.version.specVersion.toNumber(), specVersion.toNumber()));
    });
    await api.rpc.chain.subscribeFinalizedHeads((header) => onHeader(headerOf(header)));
  }

  async finalisedHeader(): Promise<BlockHeader> {
    const { chain } = this.api.rpc;
    return headerOf(await chain.getHeader(await chain.getFinalizedHead()));
  }

  async bestHeader(): Promise<BlockHeader> {
    return headerOf(await this.api.rpc.chain.getHeader());
  }

  async hashAt(number: number): Promise<string | undefined> {
    const hash = await this.api.rpc.chain.getBlockHash(number);
    return hash.isEmpty ? undefined : hash.toHex();
  }

  /** The API at a block, which decodes with the runtime whose code answers at it. */
  at({ hash }: BlockRef): Promise<ApiDecoration<'promise'>> {
    if (this.last?.hash !== hash) {
      const at = this.decorate(hash);
      this.last = { hash, at };
      at.catch(() => {
        if (this.last?.at === at) this.last = undefined;
      });
    }
    return this.last.at;
  }

  private async decorate(hash: string): Promise<ApiDecoration<'promise'>> {
    if (this.mixed) {
      const version = await this.api.rpc.state.getRuntimeVersion(hash);
      if (!version.specVersion.eq(this.version.specVersion)) return this.api.at(hash);
      // The runtime never goes back: all blocks from here on have this connection's.
      this.mixed = false;
    }
    return this.api.at(hash, this.version);
  }

  /**
   * Runs `read` on the API at a block.
   *
   * @throws RetryableError ChainUnreachable when the connection broke or the node cannot answer, otherwise
   *   ChainUndecodable. Never returns an empty result for a failed read.
   */
  async read<T>(block: BlockRef, read: (at: ApiDecoration<'promise'>) => Promise<T>): Promise<T> {
    try {
      return await read(await this.at(block));
    } catch (cause) {
      if (cause instanceof RetryableError) throw cause;
      throw this.readProblem(block, cause);
    }
  }

  private readProblem(block: BlockRef, cause: unknown): RetryableError {
    const why = reasonIn(cause);
    const { reason } = this.lost;
    if (reason instanceof RuntimeReplaced) return unreachable(this.endpoint, `is read again: ${reason.message}`, cause);
    if (this.lost.aborted || !this.api.isConnected)
      return unreachable(this.endpoint, 'was lost while it was read', cause);
    if (isNodeAnswer(cause)) return unreachable(this.endpoint, `cannot answer at block ${block.number}: ${why}`, cause);
    return new RetryableError('ChainUndecodable', {
      message: `the state at block ${block.number} could not be read: ${why}`,
      cause,
    });
  }

  async close(): Promise<void> {
    this.losing.abort(unreachable(this.endpoint, 'was left'));
    await this.api.disconnect().catch(() => undefined);
  }
}

/**
 * Connects to one endpoint.
 *
 * @throws RetryableError ChainUnreachable when it does not answer in time, or what answers is not a Substrate node.
 */
export async function connect(endpoint: string, signal: AbortSignal): Promise<Connection> {
  const shown = withoutCredentials(endpoint);
  // autoConnect is off: the provider's own reconnect re-checks neither the genesis nor the subscriptions. The cache
  // holds one entry because 0 does not switch it off but makes it grow forever (@polkadot/api 16.5.6).
  const provider = new WsProvider(endpoint, false, {}, REQUEST_TIMEOUT_MS, 1);
  const losing = new AbortController();
  const lose = () => losing.abort(unreachable(shown, 'closed the connection'));
  const api = new ApiPromise({
    // The class is declared without exactOptionalPropertyTypes in mind: the cast changes nothing at run time.
    provider: provider as NonNullable<ApiOptions['provider']>,
    noInitWarn: true,
    throwOnConnect: true,
    throwOnUnknown: true,
    rpcCacheCapacity: 1,
  });
  // Both may reject before anyone awaits them, or without anyone doing so.
  api.isReadyOrError.catch(() => undefined);
  provider.isReady.catch(() => undefined);
  using handshake = new HandshakeAnswer(endpoint);
  try {
    await within(openSocket(provider), CONNECT_TIMEOUT_MS, signal);
    provider.on('disconnected', lose);
    provider.on('error', lose);
    await within(api.isReadyOrError, CONNECT_TIMEOUT_MS, signal);
    return new Connection(api, shown, losing);
  } catch (cause) {
    lose();
    await api.disconnect().catch(() => undefined);
    const { refusal } = handshake;
    const why =
      refusal === undefined
        ? `does not answer: ${reasonIn(cause)}`
        : `answers ${refusal} instead of opening a WebSocket`;
    throw unreachable(shown, why, cause);
  }
}

function headerOf({ number, hash, parentHash, digest }: Header): BlockHeader {
  return {
    number: number.toNumber(),
    hash: hash.toHex(),
    parentHash: parentHash.toHex(),
    upgradesRuntime: digest.logs.some(({ isRuntimeEnvironmentUpdated }) => isRuntimeEnvironmentUpdated),
  };
}

function openSocket(provider: WsProvider): Promise<void> {
  return new Promise((resolve, reject) => {
    provider.on('connected', () => resolve());
    provider.on('error', () => reject(new Error('the connection was refused or is not a WebSocket')));
    provider.on('disconnected', () => reject(new Error('the connection was closed')));
    provider.connect().catch(reject);
  });
}

async function within<T>(promise: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  const deadline = startDeadline(signal, ms);
  const aborted = Promise.withResolvers<never>();
  const onAbort = () =>
    aborted.reject(signal.aborted ? new Error('stopped') : new Error(`no answer within ${ms / 1000} s`));
  if (deadline.signal.aborted) onAbort();
  deadline.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    deadline.clear();
  }
}

/** The node responded with an error: it understood the request but cannot serve it. */
function isNodeAnswer(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === 'RpcError' || /^-?\d+: |^No response received/.test(cause.message));
}

function reasonIn(cause: unknown): string {
  return cause instanceof Error && cause.message !== '' ? cause.message.slice(0, 300) : 'unknown error';
}
