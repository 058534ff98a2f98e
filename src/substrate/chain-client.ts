import { backoffMs } from '../base/backoff.ts';
import { type Clock, sleep } from '../base/clock.ts';
import { findDinfraError, RetryableError } from '../errors/dinfra-error.ts';
import { type BlockHeader, type BlockRef, provenAncestor, type Succession, succession } from './block-ref.ts';
import { behind, type ChainLease, type ChainObserver, diverged, Lease } from './chain-lease.ts';
import {
  type ChainNode,
  type ChainState,
  type FinalisedHead,
  RuntimeReplaced,
  unreachable,
  withoutCredentials,
} from './chain-node.ts';
import { HeadQueue } from './head-queue.ts';
import { pollAfterMs, RecentGaps, stallLimitMs } from './stall-limit.ts';

export interface ChainClientOptions {
  /** Tried in order, starting with the first; each failure moves on to the next. */
  readonly endpoints: readonly string[];
  /** Rejects nodes of another genesis. Undefined: the first node's genesis is used from then on. */
  readonly genesis: string | undefined;
  /** Time without a new finalised block that counts as stalled, in milliseconds. Undefined: derived from the chain. */
  readonly stallMs?: number | undefined;
  /** How often a silent node is asked for its head, in milliseconds. Undefined: derived from the chain. */
  readonly pollMs?: number | undefined;
  /** Backoff between attempts, in milliseconds. Default 0.5 s to 30 s. */
  readonly backoff?: { readonly initialMs: number; readonly maxMs: number };
}

/** The client's dependencies, injected so that tests need neither nodes nor time. */
export interface ChainClientPorts<Node> {
  connect(endpoint: string, signal: AbortSignal): Promise<Node>;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Timeout of one request made while following, in milliseconds. */
const REQUEST_MS = 30_000;
/** Consecutive runtime changes accepted without backoff: a node may report ever new runtime versions. */
const MAX_UPGRADES = 3;

/**
 * Follows the finalised chain over a list of endpoints while there is a lease; it knows no pallet. The socket is never
 * trusted to report its own death: a connection without progress is dropped and the next endpoint tried, with backoff. A
 * head that does not descend from the last one is never passed on, and a node is not handed out before its history was
 * checked against the known one.
 */
export class ChainClient<Node extends ChainNode> {
  private readonly options: ChainClientOptions;
  private readonly ports: ChainClientPorts<Node>;
  private readonly leases = new Set<Lease<Node>>();
  private readonly gaps = new RecentGaps();
  private known: BlockRef | undefined;
  private genesis: string | undefined;
  /** The current connection and its last accepted header. */
  private current: { readonly node: Node; readonly header: BlockHeader } | undefined;
  private state: ChainState = { kind: 'Connecting' };
  /** Set while finality is stalled, until a higher block is final. */
  private stalled: RetryableError | undefined;
  private running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(options: ChainClientOptions, ports: ChainClientPorts<Node>) {
    this.options = options;
    this.ports = ports;
    this.genesis = options.genesis;
  }

  /** `cursor` is the last finalised block the observer has applied; it never gets a node of another history. */
  open(observer: ChainObserver<Node>, cursor: BlockRef | undefined): ChainLease<Node> {
    const lease = new Lease(observer, cursor, async () => {
      this.leases.delete(lease);
      if (this.leases.size > 0) return;
      this.running?.stop.abort();
      await this.running?.ended;
    });
    this.leases.add(lease);
    if (this.running === undefined || this.running.stop.signal.aborted) {
      const stop = new AbortController();
      const before = this.running?.ended ?? Promise.resolve();
      this.running = { stop, ended: before.then(() => this.run(stop.signal)) };
    } else if (this.current !== undefined) {
      void this.admitLater(lease, this.current.node);
    }
    return lease;
  }

  private async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let upgrades = 0;
    for (let index = 0; !signal.aborted; ) {
      const endpoint = this.options.endpoints[index % this.options.endpoints.length];
      if (endpoint === undefined) return;
      const before = this.known?.number ?? -1;
      const problem = await this.follow(endpoint, signal);
      if (signal.aborted) break;
      // Only a higher block is progress: reconnecting to a stuck node must not reset the backoff.
      const advanced = (this.known?.number ?? -1) > before;
      upgrades = problem instanceof RuntimeReplaced && !advanced ? upgrades + 1 : 0;
      if (problem instanceof RuntimeReplaced && upgrades < MAX_UPGRADES) continue;
      index++;
      failures = advanced ? 0 : failures + 1;
      this.reportProblem(withoutCredentials(endpoint), problem);
      await sleep(this.waitMs(failures), this.ports.clock, signal).catch(() => undefined);
    }
    this.current = undefined;
    this.state = { kind: 'Connecting' };
  }

  private waitMs(failures: number): number {
    const limits = this.options.backoff ?? { initialMs: 500, maxMs: 30_000 };
    // Every endpoint is tried once before the backoff grows.
    const rounds = Math.floor(Math.max(0, failures - 1) / this.options.endpoints.length) + 1;
    return backoffMs(failures === 0 ? 1 : rounds, limits, this.ports.random) * (0.5 + this.ports.random() / 2);
  }

  /** Follows one connection until it ends; returns why. */
  private async follow(endpoint: string, signal: AbortSignal): Promise<unknown> {
    let node: Node;
    try {
      node = await this.ports.connect(endpoint, signal);
    } catch (error) {
      return error;
    }
    try {
      this.checkGenesis(node);
      await this.followHeads(node, signal);
      return undefined;
    } catch (error) {
      // A request that fails because the connection was lost must not be reported as another problem.
      return node.lost.aborted ? node.lost.reason : error;
    } finally {
      this.current = undefined;
      for (const lease of this.leases) lease.disconnected();
      await node.close().catch(() => undefined);
    }
  }

  private checkGenesis({ genesis, endpoint }: Node): void {
    if (this.genesis !== undefined && genesis !== this.genesis) {
      throw new RetryableError('ChainGenesisMismatch', {
        message: `the node at ${endpoint} is of genesis ${genesis}; expected ${this.genesis}`,
      });
    }
    this.genesis = genesis;
  }

  private async followHeads(node: Node, signal: AbortSignal): Promise<void> {
    const { clock } = this.ports;
    const heads = new HeadQueue(node.endpoint, clock, signal, node.lost);
    try {
      await heads.within(
        node.followFinalised((header) => heads.push(header)),
        REQUEST_MS,
      );
      let header = await heads.within(node.finalisedHeader(), REQUEST_MS);
      const openedAt = clock.monotonic();
      let advancedAt: number | undefined;
      for (;;) {
        const verdict = await this.take(node, header, heads);
        if (verdict === 'advanced') {
          const now = clock.monotonic();
          // The first head of a connection says nothing about the time between two heads.
          if (advancedAt !== undefined) this.gaps.add(now - advancedAt);
          advancedAt = now;
        }
        header = await this.nextHeader(node, heads, advancedAt ?? openedAt, verdict);
      }
    } finally {
      heads.close();
    }
  }

  /** The next head: pushed by the node, or requested when none was pushed for a while. */
  private async nextHeader(node: Node, heads: HeadQueue, progressAt: number, last: Succession): Promise<BlockHeader> {
    const { clock } = this.ports;
    const pace = { setting: this.options.stallMs, blockMs: node.blockMs, longestMs: this.gaps.longestMs };
    const stallAt = progressAt + stallLimitMs(pace);
    const pollMs = this.options.pollMs ?? pollAfterMs(pace);
    for (;;) {
      const left = stallAt - clock.monotonic();
      if (left <= 0) throw this.noProgress(node.endpoint, stallLimitMs(pace), last);
      const pushed = await heads.next(Math.min(pollMs, left));
      if (pushed !== undefined) return pushed;
      if (clock.monotonic() >= stallAt) continue;
      const asked = await heads.within(node.finalisedHeader(), Math.max(1, stallAt - clock.monotonic()));
      if (asked.hash !== this.current?.header.hash) return asked;
    }
  }

  private noProgress(endpoint: string, ms: number, last: Succession): RetryableError {
    const height = this.known?.number ?? 'none';
    if (last === 'behind') return behind(endpoint, this.known);
    return new RetryableError('ChainStalled', {
      message: `no new finalised block from ${endpoint} for ${Math.round(ms / 1000)} s, last was ${height}`,
    });
  }

  /** Checks a head and passes it on if it descends from the last one. */
  private async take(node: Node, header: BlockHeader, heads: HeadQueue): Promise<Succession> {
    const { known } = this;
    const first = this.current === undefined;
    const verdict = await this.judge(node, header, known, heads);
    if (verdict === 'diverged') throw diverged(node.endpoint, known);
    if (verdict === 'behind') {
      const error = behind(node.endpoint, known);
      // Another endpoint may have it.
      if (first) throw error;
      if (this.state.kind !== 'Disconnected' || this.state.error.message !== error.message) {
        this.setState({ kind: 'Disconnected', endpoint: node.endpoint, error });
      }
      return verdict;
    }
    if (verdict === 'same' && !first) return verdict;
    const contiguous = !first && known !== undefined && header.number === known.number + 1;
    if (first) await this.admit(node, header, heads);
    this.known = { number: header.number, hash: header.hash };
    this.current = { node, header };
    if (verdict === 'advanced') this.stalled = undefined;
    this.setState(
      this.stalled === undefined
        ? { kind: 'Following', endpoint: node.endpoint, block: this.known }
        : { kind: 'Stalled', endpoint: node.endpoint, error: this.stalled },
    );
    for (const lease of this.leases) lease.advance(this.headFor(node, header, contiguous));
    return verdict;
  }

  private headFor(node: Node, header: BlockHeader, contiguous: boolean): FinalisedHead<Node> | undefined {
    // The storage is not migrated yet but the new code already runs: skip to the next block.
    if (header.upgradesRuntime) return undefined;
    const { number, hash } = header;
    return { block: { number, hash }, genesis: node.genesis, node, contiguous };
  }

  private async judge(
    node: Node,
    header: BlockHeader,
    known: BlockRef | undefined,
    heads: HeadQueue,
  ): Promise<Succession> {
    if (known === undefined || header.number < known.number) return succession(known, header, undefined);
    const hash = provenAncestor(known, header) ?? (await heads.within(node.hashAt(known.number), REQUEST_MS));
    return succession(known, header, hash);
  }

  /** Compares the cursors of all leases with the history of a new connection; throws when no lease can use it. */
  private async admit(node: Node, header: BlockHeader, heads: HeadQueue): Promise<void> {
    const verdicts = new Map<Lease<Node>, Succession>();
    for (const lease of [...this.leases]) {
      verdicts.set(lease, lease.verified ? 'advanced' : await this.judge(node, header, lease.cursor, heads));
    }
    const all = [...verdicts.values()];
    const [lease] = this.leases;
    if (!all.some((verdict) => verdict === 'advanced' || verdict === 'same')) {
      if (all.includes('behind')) throw behind(node.endpoint, lease?.cursor);
      if (all.includes('diverged')) throw diverged(node.endpoint, lease?.cursor);
    }
    for (const [one, verdict] of verdicts) one.judge(verdict, node.endpoint);
  }

  /** A lease that was opened while the connection was in use already. */
  private async admitLater(lease: Lease<Node>, node: Node): Promise<void> {
    const stop = this.running?.stop.signal ?? AbortSignal.abort();
    const heads = new HeadQueue(node.endpoint, this.ports.clock, stop, node.lost);
    try {
      const header = this.current?.header;
      if (header === undefined) return;
      lease.judge(lease.verified ? 'advanced' : await this.judge(node, header, lease.cursor, heads), node.endpoint);
      if (this.current?.node !== node || !this.leases.has(lease)) return;
      lease.setState(this.state);
      lease.advance(this.headFor(node, this.current.header, false));
    } catch {
      // The connection is being dropped; the next one compares again.
    } finally {
      heads.close();
    }
  }

  private reportProblem(endpoint: string, problem: unknown): void {
    const found = findDinfraError(problem);
    const error = found instanceof RetryableError ? found : unreachable(endpoint, 'broke off', problem);
    if (error.code === 'ChainStalled') this.stalled = error;
    this.setState({ kind: error.code === 'ChainStalled' ? 'Stalled' : 'Disconnected', endpoint, error });
  }

  private setState(state: ChainState): void {
    this.state = state;
    for (const lease of this.leases) lease.setState(state);
  }
}
