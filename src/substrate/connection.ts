import { ApiPromise, WsProvider } from '@polkadot/api';
import type { ApiOptions } from '@polkadot/api/types';
import { RetryableError } from '../errors/dinfra-error.ts';

/** A live connection to one node, its metadata read. */
export interface Connection {
  readonly api: ApiPromise;
  readonly endpoint: string;
  /** The node's block 0: `0x` and 64 lower-case hex digits. Checked on every connect: a node can be swapped. */
  readonly genesis: string;
  /** Aborted once the connection is lost or closed. It is never mended: connect anew. */
  readonly lost: AbortSignal;
  close(): Promise<void>;
}

/** How long connecting and reading the metadata may take together, in milliseconds. */
const CONNECT_TIMEOUT_MS = 20_000;
/** How long one request may take, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Connects to one endpoint.
 *
 * @throws RetryableError ChainUnreachable when it does not answer in time, or what answers is not a Substrate node.
 */
export async function connect(endpoint: string, signal: AbortSignal): Promise<Connection> {
  // autoConnect is off: the provider's own reconnect re-checks neither the genesis nor the subscriptions. The cache
  // holds one entry because 0 does not switch it off, it makes it grow for ever (@polkadot/api 16.5.6).
  const provider = new WsProvider(endpoint, false, {}, REQUEST_TIMEOUT_MS, 1);
  const lost = new AbortController();
  const lose = () => lost.abort();
  const api = new ApiPromise({
    // The class is declared without exactOptionalPropertyTypes in mind: the cast changes nothing at run time.
    provider: provider as NonNullable<ApiOptions['provider']>,
    noInitWarn: true,
    throwOnConnect: true,
    throwOnUnknown: true,
    rpcCacheCapacity: 1,
  });
  // Both may fail before, and without, anybody waiting for them.
  api.isReadyOrError.catch(() => undefined);
  provider.isReady.catch(() => undefined);
  const close = async () => {
    lose();
    await api.disconnect().catch(() => undefined);
  };
  try {
    const opened = openSocket(provider);
    await within(opened, CONNECT_TIMEOUT_MS, signal);
    provider.on('disconnected', lose);
    provider.on('error', lose);
    await within(api.isReadyOrError, CONNECT_TIMEOUT_MS, signal);
    const genesis = api.genesisHash.toHex();
    return { api, endpoint, genesis, lost: lost.signal, close };
  } catch (cause) {
    await close();
    throw new RetryableError('ChainUnreachable', {
      message: `the chain at ${withoutCredentials(endpoint)} does not answer: ${reasonIn(cause)}`,
      cause,
    });
  }
}

/** An endpoint as it may be shown: an access token in the user part, path or query stays out of logs and statuses. */
export function withoutCredentials(endpoint: string): string {
  try {
    const { protocol, host } = new URL(endpoint);
    return `${protocol}//${host}`;
  } catch {
    return 'an endpoint that is not a URL';
  }
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
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.aborted ? new Error('stopped') : new Error(`no answer within ${ms / 1000} s`));
    if (deadline.aborted) onAbort();
    deadline.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    deadline.removeEventListener('abort', onAbort);
  }
}

function reasonIn(cause: unknown): string {
  return cause instanceof Error && cause.message !== '' ? cause.message : 'unknown error';
}
