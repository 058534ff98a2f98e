import { RetryableError } from '../errors/dinfra-error.ts';
import type { BlockHeader, BlockRef } from './block-ref.ts';

/** A connection to one node: what following the chain needs. It is never repaired: connect again. */
export interface ChainNode {
  /** Its address, without credentials. */
  readonly endpoint: string;
  /** The node's block 0: `0x` and 64 lower-case hex digits. */
  readonly genesis: string;
  /** The block time the runtime declares, in milliseconds. */
  readonly blockMs: number | undefined;
  /** Aborts when the connection is lost or closed, or its runtime is outdated; the reason is an error. */
  readonly lost: AbortSignal;
  /** Calls `onHeader` for each finalised head the node pushes, until the connection is lost. */
  followFinalised(onHeader: (header: BlockHeader) => void): Promise<void>;
  finalisedHeader(): Promise<BlockHeader>;
  bestHeader(): Promise<BlockHeader>;
  /** The block hash at a height, undefined when the node has none. */
  hashAt(number: number): Promise<string | undefined>;
  close(): Promise<void>;
}

/** A finalised block whose history was accepted, and the node that reported it. */
export interface FinalisedHead<Node> {
  readonly block: BlockRef;
  readonly genesis: string;
  readonly node: Node;
  /** False when blocks may lie between this head and the one before: at the start, after a reconnect, after a gap. */
  readonly contiguous: boolean;
}

/** The state of following the chain. */
export type ChainState =
  | { readonly kind: 'Connecting' }
  | { readonly kind: 'Following'; readonly endpoint: string; readonly block: BlockRef }
  /** The node answers but no higher block becomes final. Lasts until one does, over any number of connections. */
  | { readonly kind: 'Stalled'; readonly endpoint: string; readonly error: RetryableError }
  | { readonly kind: 'Disconnected'; readonly endpoint: string; readonly error: RetryableError };

/** The runtime was upgraded: decoding needs a new connection with the new metadata. */
export class RuntimeReplaced extends Error {
  constructor(from: number, to: number) {
    super(`the runtime was upgraded from version ${from} to ${to}`);
    this.name = 'RuntimeReplaced';
  }
}

export function unreachable(endpoint: string, why: string, cause?: unknown): RetryableError {
  const message = `the chain at ${endpoint} ${why}`;
  return new RetryableError('ChainUnreachable', cause === undefined ? { message } : { message, cause });
}

/** An endpoint without user, path and query, which may contain an access token: safe for logs and statuses. */
export function withoutCredentials(endpoint: string): string {
  try {
    const { protocol, host } = new URL(endpoint);
    return `${protocol}//${host}`;
  } catch {
    return 'an endpoint that is not a URL';
  }
}
