import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../test/support/manual-clock.ts';
import { RetryableError } from '../errors/dinfra-error.ts';
import type { BlockHeader, BlockRef } from './block-ref.ts';
import { ChainClient, type ChainClientOptions } from './chain-client.ts';
import type { ChainLease } from './chain-lease.ts';
import { type ChainNode, type ChainState, type FinalisedHead, RuntimeReplaced, unreachable } from './chain-node.ts';

const GENESIS = `0x${'45'.repeat(32)}`;

/** A history of blocks; `fork` names it, so that two differ. */
function block(number: number, fork = 'a', upgradesRuntime = false): BlockHeader {
  const parentHash = number === 0 ? '0x' : `0x${fork}${number - 1}`;
  return { number, hash: `0x${fork}${number}`, parentHash, upgradesRuntime };
}

/** An in-memory node that finalises blocks on demand, and answers or not. */
class MemoryNode implements ChainNode {
  readonly endpoint: string;
  genesis = GENESIS;
  blockMs: number | undefined = 6_000;
  fork = 'a';
  /** Blocks below it are not synced yet. */
  lowest = 0;
  head: BlockHeader;
  isDark = false;
  requests = 0;
  private readonly losing = new AbortController();
  private push: ((header: BlockHeader) => void) | undefined;

  constructor(endpoint: string, number: number) {
    this.endpoint = endpoint;
    this.head = block(number);
  }

  get lost(): AbortSignal {
    return this.losing.signal;
  }

  get isClosed(): boolean {
    return this.losing.signal.aborted;
  }

  async followFinalised(onHeader: (header: BlockHeader) => void): Promise<void> {
    this.push = onHeader;
  }

  finalisedHeader(): Promise<BlockHeader> {
    return this.answer(() => this.head);
  }

  bestHeader(): Promise<BlockHeader> {
    return this.answer(() => this.head);
  }

  hashAt(number: number): Promise<string | undefined> {
    return this.answer(() =>
      number > this.head.number || number < this.lowest ? undefined : `0x${this.fork}${number}`,
    );
  }

  async close(): Promise<void> {
    this.lose(unreachable(this.endpoint, 'was left'));
  }

  finalise(number: number, upgradesRuntime = false): void {
    this.head = block(number, this.fork, upgradesRuntime);
    if (!this.isDark) this.push?.(this.head);
  }

  lose(reason: Error): void {
    this.losing.abort(reason);
  }

  private answer<T>(value: () => T): Promise<T> {
    this.requests++;
    return this.isDark ? new Promise(() => undefined) : Promise.resolve(value());
  }
}

/** What an observer received. */
class Observer {
  readonly heads: FinalisedHead<MemoryNode>[] = [];
  readonly states: ChainState[] = [];
  onHead = (head: FinalisedHead<MemoryNode>) => void this.heads.push(head);
  onState = (state: ChainState) => void this.states.push(state);

  get numbers(): number[] {
    return this.heads.map(({ block }) => block.number);
  }

  get kinds(): string[] {
    return this.states.map((state) => ('error' in state ? state.error.code : state.kind));
  }
}

class World {
  readonly clock = new ManualClock();
  readonly client: ChainClient<MemoryNode>;
  /** Made on each connect, by endpoint; throws what cannot be connected to. */
  readonly nodes = new Map<string, () => MemoryNode>();
  readonly connections: MemoryNode[] = [];
  readonly attempts: { readonly endpoint: string; readonly at: number }[] = [];
  readonly leases: ChainLease<MemoryNode>[] = [];

  constructor(endpoints: readonly string[], options: Partial<ChainClientOptions> = {}) {
    this.client = new ChainClient(
      { endpoints, genesis: undefined, ...options },
      {
        clock: this.clock,
        random: () => 1,
        connect: async (endpoint) => {
          this.attempts.push({ endpoint, at: this.clock.monotonic() });
          const make = this.nodes.get(endpoint);
          if (make === undefined) throw unreachable(endpoint, 'does not answer');
          const node = make();
          this.connections.push(node);
          return node;
        },
      },
    );
  }

  /** Connections to this endpoint lead to nodes at that height. */
  serve(endpoint: string, number: number, change: (node: MemoryNode) => void = () => undefined): void {
    this.nodes.set(endpoint, () => {
      const node = new MemoryNode(endpoint, number);
      change(node);
      return node;
    });
  }

  get node(): MemoryNode {
    const last = this.connections.at(-1);
    if (last === undefined) throw new Error('nobody connected');
    return last;
  }

  async open(cursor?: BlockRef): Promise<{ observer: Observer; lease: ChainLease<MemoryNode> }> {
    const observer = new Observer();
    const lease = this.client.open(observer, cursor);
    this.leases.push(lease);
    await this.clock.advance(0);
    return { observer, lease };
  }

  async finalise(number: number, upgradesRuntime = false): Promise<void> {
    this.node.finalise(number, upgradesRuntime);
    await settle();
  }
}

let world: World;
const A = 'ws://a';
const B = 'ws://b';

afterEach(async () => {
  await Promise.all(world.leases.map((lease) => lease.close()));
});

describe('following a chain', () => {
  it('each pushed head is passed on once without a request to the node', async () => {
    world = new World([A]);
    world.serve(A, 10);
    const { observer } = await world.open();
    const before = world.node.requests;
    for (const number of [11, 12, 13]) await world.finalise(number);
    expect(observer.numbers).toEqual([10, 11, 12, 13]);
    expect(observer.heads.map(({ contiguous }) => contiguous)).toEqual([false, true, true, true]);
    expect(world.node.requests - before).toBe(0);
  });

  it('a gap between two heads costs one request and is passed on as not contiguous', async () => {
    world = new World([A]);
    world.serve(A, 10);
    const { observer } = await world.open();
    const before = world.node.requests;
    await world.finalise(14);
    expect(observer.heads.at(-1)).toMatchObject({ block: { number: 14 }, contiguous: false });
    expect(world.node.requests - before).toBe(1);
  });

  it('a node that stops pushing heads is polled', async () => {
    world = new World([A]);
    world.serve(A, 10);
    const { observer } = await world.open();
    world.node.isDark = true;
    world.node.finalise(11);
    world.node.isDark = false;
    await world.clock.advance(12_000);
    expect(observer.numbers).toEqual([10, 11]);
  });

  it('a finalised head that goes backwards is not passed on', async () => {
    world = new World([A]);
    world.serve(A, 10);
    const { observer } = await world.open();
    await world.finalise(9);
    expect(observer.numbers).toEqual([10]);
    expect(observer.kinds.at(-1)).toBe('ChainBehind');
    await world.finalise(11);
    expect(observer.kinds.at(-1)).toBe('Following');
  });

  it('a node of another genesis is rejected and none of its heads is passed on', async () => {
    world = new World([A], { genesis: `0x${'11'.repeat(32)}` });
    world.serve(A, 10);
    const { observer, lease } = await world.open();
    expect(observer.kinds).toEqual(['ChainGenesisMismatch']);
    expect(observer.heads).toEqual([]);
    expect(() => lease.node).toThrow(RetryableError);
  });

  it('a node is not handed out before its history was accepted', async () => {
    world = new World([A]);
    world.serve(A, 10, (node) => {
      node.isDark = true;
    });
    const { observer, lease } = await world.open({ number: 10, hash: '0xa10' });
    expect(() => lease.node).toThrow(expect.objectContaining({ code: 'ChainUnreachable' }));
    await world.clock.advance(31_000);
    expect(observer.kinds).toEqual(['ChainUnreachable']);
  });

  it('a node of another history is dropped in favour of one of our history', async () => {
    world = new World([A, B]);
    world.serve(A, 12, (node) => {
      node.fork = 'z';
      node.head = block(12, 'z');
    });
    world.serve(B, 12);
    const { observer, lease } = await world.open({ number: 10, hash: '0xa10' });
    expect(observer.kinds).toEqual(['ChainDiverged']);
    await world.clock.advance(1_000);
    expect(observer.kinds).toEqual(['ChainDiverged', 'Following']);
    expect(lease.node.endpoint).toBe(B);
  });

  it('a node that was wiped or is warp-syncing counts as behind, not as diverged', async () => {
    world = new World([A]);
    world.serve(A, 3);
    const { observer } = await world.open({ number: 10, hash: '0xa10' });
    expect(observer.kinds).toEqual(['ChainBehind']);
    // Its head is higher, but the blocks below are not synced yet.
    world.serve(A, 500, (node) => {
      node.lowest = 400;
    });
    await world.clock.advance(1_000);
    expect([...new Set(observer.kinds)]).toEqual(['ChainBehind']);
    world.serve(A, 501);
    await world.clock.advance(5_000);
    expect(observer.kinds.at(-1)).toBe('Following');
    expect(observer.numbers).toEqual([501]);
  });

  it('a connection lost during a request is reported as lost and not as another problem', async () => {
    world = new World([A]);
    world.serve(A, 10);
    const { observer } = await world.open();
    world.node.isDark = true;
    world.node.finalise(20);
    await world.clock.advance(13_000);
    world.node.lose(unreachable(A, 'closed the connection'));
    await world.clock.advance(0);
    expect(observer.kinds.at(-1)).toBe('ChainUnreachable');
  });
});

describe('while finality stalls', () => {
  it('a finality stall is reported until a higher block is final, over any number of connections', async () => {
    world = new World([A]);
    world.serve(A, 10);
    const { observer } = await world.open();
    await world.finalise(11);
    world.serve(A, 11);
    await world.clock.advance(10 * 60_000);
    const after = observer.kinds.slice(observer.kinds.indexOf('ChainStalled'));
    expect(world.connections.length).toBeGreaterThan(3);
    expect([...new Set(after)]).toEqual(['ChainStalled']);
    world.serve(A, 12);
    const before = observer.kinds.length;
    await world.clock.advance(70_000);
    expect(observer.kinds.slice(before)).toContain('Following');
  });

  it('the backoff between connections grows when each of them reports the same head', async () => {
    world = new World([A], { stallMs: 10_000, backoff: { initialMs: 500, maxMs: 30_000 } });
    world.serve(A, 10);
    await world.open();
    await world.clock.advance(5 * 60_000);
    const waits = world.attempts.slice(1).map(({ at }, index) => at - (world.attempts[index]?.at ?? 0) - 10_000);
    // The first connection brought a head, so that the second attempt is the first failure.
    expect(waits.slice(0, 8)).toEqual([500, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
  });

  it('while finality stalls the node can still be read and written to', async () => {
    world = new World([A], { stallMs: 10_000 });
    world.serve(A, 10);
    const { lease } = await world.open();
    await world.clock.advance(11_000);
    expect(lease.state.kind).toBe('Stalled');
    expect(lease.node).toBe(world.node);
  });

  it('a chain that finalises every 60 s does not flap', async () => {
    world = new World([A]);
    world.serve(A, 10);
    const { observer } = await world.open();
    for (let number = 20; number <= 100; number += 10) {
      await world.clock.advance(60_000);
      await world.finalise(number);
    }
    expect([...new Set(observer.kinds)]).toEqual(['Following']);
    expect(world.connections).toHaveLength(1);
  });
});

describe('a runtime upgrade', () => {
  it('a runtime upgrade makes the client reconnect at once without reporting a problem', async () => {
    world = new World([A]);
    world.serve(A, 10);
    const { observer } = await world.open();
    world.serve(A, 11);
    world.node.lose(new RuntimeReplaced(1, 2));
    await settle();
    await world.clock.advance(0);
    expect(world.connections).toHaveLength(2);
    expect(observer.kinds).toEqual(['Following', 'Following']);
    expect(observer.heads.at(-1)).toMatchObject({ block: { number: 11 }, contiguous: false });
  });

  it('the block of a runtime upgrade is skipped and the next one is passed on as not contiguous', async () => {
    world = new World([A]);
    world.serve(A, 10);
    const { observer } = await world.open();
    await world.finalise(11, true);
    expect(observer.numbers).toEqual([10]);
    expect(observer.states.at(-1)).toMatchObject({ kind: 'Following', block: { number: 11 } });
    await world.finalise(12);
    expect(observer.heads.at(-1)).toMatchObject({ block: { number: 12 }, contiguous: false });
  });

  it('a node that keeps reporting new runtime versions is backed off', async () => {
    world = new World([A]);
    world.serve(A, 10, (node) => node.lose(new RuntimeReplaced(1, 2)));
    await world.open();
    expect(world.connections.length).toBeLessThan(10);
  });
});

describe('Providers of one chain', () => {
  it('Providers of one chain share a connection, which is closed with the last of them', async () => {
    world = new World([A]);
    world.serve(A, 10);
    const first = await world.open();
    const second = await world.open({ number: 8, hash: '0xa8' });
    await world.finalise(11);
    expect(world.connections).toHaveLength(1);
    expect(first.observer.numbers).toEqual([10, 11]);
    expect(second.observer.numbers).toEqual([10, 11]);
    await first.lease.close();
    expect(world.node.isClosed).toBe(false);
    await second.lease.close();
    expect(world.node.isClosed).toBe(true);
  });

  it('a Provider whose cursor is of another history gets no node and does not hold back the others', async () => {
    world = new World([A]);
    world.serve(A, 10);
    const good = await world.open();
    const bad = await world.open({ number: 8, hash: '0xzz' });
    await world.finalise(11);
    expect(good.observer.kinds.at(-1)).toBe('Following');
    expect(good.observer.numbers).toEqual([10, 11]);
    expect(bad.observer.kinds.at(-1)).toBe('ChainDiverged');
    expect(bad.observer.heads).toEqual([]);
    expect(() => bad.lease.node).toThrow(RetryableError);
  });

  it('a chain can be followed again after the last lease was closed', async () => {
    world = new World([A]);
    world.serve(A, 10);
    const first = await world.open();
    await first.lease.close();
    const second = await world.open();
    expect(second.observer.numbers).toEqual([10]);
  });
});
