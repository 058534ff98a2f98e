import { describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../../test/support/manual-clock.ts';
import { MemoryPool, type TestCall } from '../../../test/support/memory-pool.ts';
import { openFence } from '../../base/fence.ts';
import { AccountSender } from '../../substrate/account-sender.ts';
import { unreachable } from '../../substrate/chain-node.ts';
import { nextHeartbeat } from './heartbeat.ts';
import { HeartbeatLoop } from './heartbeat-loop.ts';
import type { HeartbeatReading } from './provider-reader.ts';

const PERIOD = 48;
const reading: HeartbeatReading = { period: PERIOD, provider: 0, freshUntil: 100, serves: true };
const facts = { block: 76, reading, mayReport: true, sentAt: undefined };

describe('nextHeartbeat', () => {
  it('a heartbeat is sent half a period before the last one expires', () => {
    expect(nextHeartbeat({ ...facts, block: 75 })).toEqual({ do: 'wait', until: 76 });
    expect(nextHeartbeat(facts)).toEqual({ do: 'send' });
    expect(nextHeartbeat({ ...facts, reading: { ...reading, freshUntil: undefined } })).toEqual({ do: 'send' });
  });

  it('no heartbeat is sent while the operator does not know what runs', () => {
    expect(nextHeartbeat({ ...facts, mayReport: false })).toEqual({ do: 'wait', until: 77 });
  });

  it('a provider that is not registered, or neither offers nor serves anything, needs no heartbeat', () => {
    expect(nextHeartbeat({ ...facts, reading: { ...reading, provider: undefined } }).do).toBe('wait');
    expect(nextHeartbeat({ ...facts, reading: { ...reading, serves: false } }).do).toBe('wait');
  });

  it('a heartbeat without effect for a sixteenth of the period replaces the transaction that is stuck', () => {
    expect(nextHeartbeat({ ...facts, block: 78, sentAt: 76 })).toEqual({ do: 'wait', until: 79 });
    expect(nextHeartbeat({ ...facts, block: 79, sentAt: 76 })).toEqual({ do: 'sendInstead' });
  });
});

/** A registered provider on a chain of one node. A block takes six seconds. */
class World {
  readonly clock = new ManualClock();
  readonly pool = new MemoryPool();
  finalises = true;
  mayReport = true;
  serves = true;
  reads = 0;
  private readonly stop = new AbortController();
  private readonly sender = new AccountSender<TestCall>({
    node: () => this.pool,
    fence: openFence,
    onResult: (call, result) => this.loop.settle(call, result),
  });
  private readonly loop: HeartbeatLoop<TestCall> = new HeartbeatLoop<TestCall>({
    best: () => this.pool.bestHeader(),
    read: async () => {
      this.reads++;
      return { ...reading, serves: this.serves, freshUntil: this.freshUntil };
    },
    mayReport: () => this.mayReport,
    call: () => ({ key: 'heartbeat' }),
    send: (call, instead) => this.sender.sendUrgent(call, instead),
    blockMs: () => 6_000,
    clock: this.clock,
  });

  constructor() {
    void this.loop.run(this.stop.signal);
  }

  end(): void {
    this.stop.abort();
  }

  /** Like the pallet: a heartbeat covers a period from the block that includes it. */
  get freshUntil(): number | undefined {
    const last = this.pool.blocks.findLast(({ content }) =>
      content.some(({ calls }) => calls.some(({ key }) => key === 'heartbeat')),
    );
    return last === undefined ? undefined : last.header.number + PERIOD;
  }

  send(...calls: TestCall[]): void {
    this.sender.send(calls);
  }

  /** Reports that the source has read the provider. */
  isRead(): void {
    this.loop.noteServing(this.serves);
  }

  async blocks(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await this.clock.advance(6_000);
      const block = this.pool.isLost ? undefined : this.pool.build();
      if (block !== undefined && this.finalises) {
        this.sender.follow(block);
        this.loop.onFinalised(block.number);
      }
      for (let turn = 0; turn < 5; turn++) await settle();
    }
  }

  /** Produces blocks until one includes a heartbeat; returns their number. */
  async untilBeat(atMost: number): Promise<number> {
    const before = this.freshUntil;
    for (let count = 1; count <= atMost; count++) {
      await this.blocks(1);
      if (this.freshUntil !== before) return count;
    }
    throw new Error(`no heartbeat within ${atMost} blocks`);
  }
}

/** The next heartbeat is due half a period after the last, and may be a quarter of a period late. */
const LATEST = PERIOD / 2 + PERIOD / 4;

describe('a heartbeat', () => {
  it('a heartbeat is sent once per half period, without requests in between', async () => {
    const world = new World();
    await world.untilBeat(3);
    const reads = world.reads;
    for (let i = 0; i < 4; i++) expect(await world.untilBeat(LATEST)).toBeLessThanOrEqual(PERIOD / 2 + 2);
    expect(world.pool.included.length).toBe(5);
    expect(world.reads - reads).toBeLessThanOrEqual(4 * 4);
    world.end();
  });

  it('a heartbeat follows in the next block after an offer that an earlier process has sent', async () => {
    const world = new World();
    world.serves = false;
    await world.blocks(2);
    expect(world.freshUntil).toBeUndefined();
    world.serves = true;
    world.isRead();
    expect(await world.untilBeat(2)).toBeLessThanOrEqual(2);
    // A known state triggers no check.
    const { reads } = world;
    for (let i = 0; i < 5; i++) world.isRead();
    await world.blocks(3);
    expect(world.reads - reads).toBeLessThanOrEqual(2);
    world.end();
  });

  it.each([
    ['the pool drops all transactions', (world: World) => world.pool.dropAll()],
    [
      'a batch that no block includes is queued before it',
      (world: World) => {
        world.pool.includedWeight = 5;
        world.send(...Array.from({ length: 10 }, (_, index) => ({ key: `c${index}` })));
      },
    ],
    [
      'a transaction of another wallet is stuck before it',
      (world: World) => {
        world.pool.includedWeight = 1;
        world.pool.otherWallet('theirs', { tip: 50n, weight: 2 });
      },
    ],
    ['another wallet leaves a nonce gap', (world: World) => world.pool.otherWallet('theirs', { nonce: 3 })],
  ])('a heartbeat is at most a quarter of its period late if %s at any block before it is due', async (_, happen) => {
    for (const at of [1, 10, 19, 23]) {
      const world = new World();
      await world.untilBeat(3);
      await world.blocks(at);
      happen(world);
      expect(at + (await world.untilBeat(LATEST))).toBeLessThanOrEqual(LATEST);
      world.end();
    }
  });

  it('a heartbeat that another wallet outbids is still in time', async () => {
    const world = new World();
    await world.untilBeat(3);
    await world.blocks(23);
    // In the pool, not in a block yet.
    for (let i = 0; i < 4 && !world.pool.pooled.flat().includes('heartbeat'); i++) await world.blocks(1);
    world.pool.dropAll();
    world.pool.otherWallet('theirs');
    expect(await world.untilBeat(PERIOD / 4)).toBeLessThanOrEqual(PERIOD / 4);
    world.end();
  });

  it('heartbeats continue while finality stalls', async () => {
    const world = new World();
    await world.untilBeat(3);
    world.finalises = false;
    for (let i = 0; i < 3; i++) expect(await world.untilBeat(LATEST)).toBeLessThanOrEqual(LATEST);
    world.end();
  });

  it('a heartbeat is not sent while the operator may not report, and immediately once it may', async () => {
    const world = new World();
    world.mayReport = false;
    await world.blocks(20);
    expect(world.pool.submitted).toEqual([]);
    world.mayReport = true;
    expect(await world.untilBeat(3)).toBeLessThanOrEqual(3);
    world.end();
  });

  it('a due heartbeat is sent as soon as the chain can be reached again', async () => {
    const world = new World();
    world.pool.isLost = true;
    await world.blocks(3);
    world.pool.isLost = false;
    expect(await world.untilBeat(3)).toBeLessThanOrEqual(3);
    world.end();
  });

  it('the heartbeat of an account that cannot pay is tried once per block and not in a loop', async () => {
    const world = new World();
    await world.untilBeat(3);
    await world.blocks(20);
    let asked = 0;
    world.pool.submit = async () => {
      asked++;
      throw unreachable('ws://node', 'says no');
    };
    await world.blocks(15);
    expect(asked).toBeGreaterThan(3);
    expect(asked).toBeLessThanOrEqual(15);
    world.end();
  });
});
