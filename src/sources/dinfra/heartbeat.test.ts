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

describe('what to do about the heartbeat', () => {
  it('is to send it half a period before the last one runs out', () => {
    expect(nextHeartbeat({ ...facts, block: 75 })).toEqual({ do: 'wait', until: 76 });
    expect(nextHeartbeat(facts)).toEqual({ do: 'send' });
    expect(nextHeartbeat({ ...facts, reading: { ...reading, freshUntil: undefined } })).toEqual({ do: 'send' });
  });

  it('is to wait while the operator cannot speak for what runs', () => {
    expect(nextHeartbeat({ ...facts, mayReport: false })).toEqual({ do: 'wait', until: 77 });
  });

  it('is nothing for a provider that is not registered, or offers and serves nothing', () => {
    expect(nextHeartbeat({ ...facts, reading: { ...reading, provider: undefined } }).do).toBe('wait');
    expect(nextHeartbeat({ ...facts, reading: { ...reading, serves: false } }).do).toBe('wait');
  });

  it('is to send it in the place of whatever is stuck when it had no effect for a sixteenth of the period', () => {
    expect(nextHeartbeat({ ...facts, block: 78, sentAt: 76 })).toEqual({ do: 'wait', until: 79 });
    expect(nextHeartbeat({ ...facts, block: 79, sentAt: 76 })).toEqual({ do: 'sendInstead' });
  });
});

/** A provider that is registered, on a chain of one node. A block takes six seconds. */
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

  /** As the pallet counts: a heartbeat covers a period from the block it is in. */
  get freshUntil(): number | undefined {
    const last = this.pool.blocks.findLast(({ content }) =>
      content.some(({ calls }) => calls.some(({ key }) => key === 'heartbeat')),
    );
    return last === undefined ? undefined : last.header.number + PERIOD;
  }

  send(...calls: TestCall[]): void {
    this.sender.send(calls);
  }

  /** The source has read the provider. */
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

  /** Blocks until a heartbeat is in one, counted from now. */
  async untilBeat(atMost: number): Promise<number> {
    const before = this.freshUntil;
    for (let count = 1; count <= atMost; count++) {
      await this.blocks(1);
      if (this.freshUntil !== before) return count;
    }
    throw new Error(`no heartbeat within ${atMost} blocks`);
  }
}

/** The block of the next heartbeat may be a quarter of the period after it is due, half a period after the last. */
const LATEST = PERIOD / 2 + PERIOD / 4;

describe('a heartbeat', () => {
  it('is sent once per half period, and costs nothing in between', async () => {
    const world = new World();
    await world.untilBeat(3);
    const reads = world.reads;
    for (let i = 0; i < 4; i++) expect(await world.untilBeat(LATEST)).toBeLessThanOrEqual(PERIOD / 2 + 2);
    expect(world.pool.included.length).toBe(5);
    expect(world.reads - reads).toBeLessThanOrEqual(4 * 4);
    world.end();
  });

  it('follows in the next block when an offer shows that a process before this one has sent', async () => {
    const world = new World();
    world.serves = false;
    await world.blocks(2);
    expect(world.freshUntil).toBeUndefined();
    world.serves = true;
    world.isRead();
    expect(await world.untilBeat(2)).toBeLessThanOrEqual(2);
    // What it knows already is no reason to look.
    const { reads } = world;
    for (let i = 0; i < 5; i++) world.isRead();
    await world.blocks(3);
    expect(world.reads - reads).toBeLessThanOrEqual(2);
    world.end();
  });

  it.each([
    ['the pool drops everything it holds', (world: World) => world.pool.dropAll()],
    [
      'a batch stands before it that no block takes',
      (world: World) => {
        world.pool.includedWeight = 5;
        world.send(...Array.from({ length: 10 }, (_, index) => ({ key: `c${index}` })));
      },
    ],
    [
      'another wallet has a transaction stuck before it',
      (world: World) => {
        world.pool.includedWeight = 1;
        world.pool.otherWallet('theirs', { tip: 50n, weight: 2 });
      },
    ],
    [
      'another wallet signs further ahead and leaves a gap',
      (world: World) => world.pool.otherWallet('theirs', { nonce: 3 }),
    ],
  ])('is never later than a quarter of its period when %s at any block before it is due', async (_, happen) => {
    for (const at of [1, 10, 19, 23]) {
      const world = new World();
      await world.untilBeat(3);
      await world.blocks(at);
      happen(world);
      expect(at + (await world.untilBeat(LATEST))).toBeLessThanOrEqual(LATEST);
      world.end();
    }
  });

  it('is in time when another wallet outbids it', async () => {
    const world = new World();
    await world.untilBeat(3);
    await world.blocks(23);
    // In the pool, and not in a block yet.
    for (let i = 0; i < 4 && !world.pool.pooled.flat().includes('heartbeat'); i++) await world.blocks(1);
    world.pool.dropAll();
    world.pool.otherWallet('theirs');
    expect(await world.untilBeat(PERIOD / 4)).toBeLessThanOrEqual(PERIOD / 4);
    world.end();
  });

  it('goes on while nothing becomes final', async () => {
    const world = new World();
    await world.untilBeat(3);
    world.finalises = false;
    for (let i = 0; i < 3; i++) expect(await world.untilBeat(LATEST)).toBeLessThanOrEqual(LATEST);
    world.end();
  });

  it('is not sent by an operator that may not report, and is at once when it may again', async () => {
    const world = new World();
    world.mayReport = false;
    await world.blocks(20);
    expect(world.pool.submitted).toEqual([]);
    world.mayReport = true;
    expect(await world.untilBeat(3)).toBeLessThanOrEqual(3);
    world.end();
  });

  it('is sent as soon as the chain can be reached again', async () => {
    const world = new World();
    world.pool.isLost = true;
    await world.blocks(3);
    world.pool.isLost = false;
    expect(await world.untilBeat(3)).toBeLessThanOrEqual(3);
    world.end();
  });

  it('of an account that cannot pay is tried once a block and not in a loop', async () => {
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
