import { RetryableError } from '../errors/dinfra-error.ts';
import type { BlockRef, Succession } from './block-ref.ts';
import type { ChainState, FinalisedHead } from './chain-node.ts';

export interface ChainObserver<Node> {
  /** A finalised head that descends from the observer's cursor. Must not throw. */
  onHead(head: FinalisedHead<Node>): void;
  onState(state: ChainState): void;
}

/** One observer's use of a client. */
export interface ChainLease<Node> {
  readonly state: ChainState;
  /** The last head passed to the observer. */
  readonly head: FinalisedHead<Node> | undefined;
  /**
   * The current node, once its history was accepted.
   *
   * @throws RetryableError ChainUnreachable while there is none.
   */
  readonly node: Node;
  /** Ends the lease; closing the last one closes the connection. */
  close(): Promise<void>;
}

/** A lease as the client uses it: it has its own cursor, which a node's history has to contain. */
export class Lease<Node> implements ChainLease<Node> {
  readonly cursor: BlockRef | undefined;
  readonly close: () => Promise<void>;
  /** The cursor was found in the client's history; from then on the client's own check suffices. */
  verified: boolean;
  state: ChainState = { kind: 'Connecting' };
  head: FinalisedHead<Node> | undefined;
  private readonly observer: ChainObserver<Node>;
  private connected = false;
  private missed = false;

  constructor(observer: ChainObserver<Node>, cursor: BlockRef | undefined, close: () => Promise<void>) {
    this.observer = observer;
    this.cursor = cursor;
    this.verified = cursor === undefined;
    this.close = close;
  }

  get node(): Node {
    if (!this.connected || this.head === undefined) {
      throw new RetryableError('ChainUnreachable', { message: 'no chain endpoint is answering' });
    }
    return this.head.node;
  }

  judge(verdict: Succession, endpoint: string): void {
    if (verdict === 'advanced' || verdict === 'same') {
      this.verified = true;
      return;
    }
    const error = verdict === 'diverged' ? diverged(endpoint, this.cursor) : behind(endpoint, this.cursor);
    this.state = { kind: 'Disconnected', endpoint, error };
    this.observer.onState(this.state);
  }

  /** Undefined for a block that cannot be read: the next head is then not contiguous. */
  advance(head: FinalisedHead<Node> | undefined): void {
    if (!this.verified) return;
    if (head === undefined) {
      this.missed = true;
      return;
    }
    this.head = this.missed || !this.connected ? { ...head, contiguous: false } : head;
    this.missed = false;
    this.connected = true;
    this.observer.onHead(this.head);
  }

  setState(state: ChainState): void {
    // A lease whose own history does not match keeps saying so while the others go on.
    if (!this.verified && state.kind === 'Following') return;
    this.state = state;
    this.observer.onState(state);
  }

  disconnected(): void {
    this.connected = false;
  }
}

/** The error for a node with another history than the known block. */
export function diverged(endpoint: string, known: BlockRef | undefined): RetryableError {
  return new RetryableError('ChainDiverged', {
    message: `the node at ${endpoint} has another block at height ${known?.number} than the final one we acted on (${known?.hash}): nothing is touched until a node of our history answers`,
  });
}

/** The error for a node that has not synced the known block. */
export function behind(endpoint: string, known: BlockRef | undefined): RetryableError {
  return new RetryableError('ChainBehind', {
    message: `the node at ${endpoint} is behind block ${known?.number}, or is still syncing what lies before it`,
  });
}
