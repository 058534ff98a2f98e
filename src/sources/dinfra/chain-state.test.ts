import { describe, expect, it } from 'vitest';
import type { FinalisedHead } from '../../substrate/chain-node.ts';
import { unreachable } from '../../substrate/chain-node.ts';
import { ChainState } from './chain-state.ts';
import type { ProviderReading } from './provider-reader.ts';

const MINUTE = 60_000;

/** A chain whose blocks may concern the provider, and which may not answer. */
class World {
  reads = 0;
  asked: number[] = [];
  readonly concerning = new Set<number>();
  isLost = false;
  /** Called while the whole state is being read. */
  meanwhile = () => {};
  readonly state = new ChainState<undefined>({
    read: async ({ block }) => {
      if (this.isLost) throw unreachable('ws://node', 'was lost');
      this.reads++;
      this.meanwhile();
      return reading(block.number);
    },
    concerns: async ({ block }) => {
      if (this.isLost) throw unreachable('ws://node', 'was lost');
      this.asked.push(block.number);
      return this.concerning.has(block.number);
    },
  });

  head(number: number, contiguous = true): void {
    this.state.advance(headAt(number, contiguous));
  }
}

function headAt(number: number, contiguous: boolean): FinalisedHead<undefined> {
  return { block: { number, hash: `0x${number}` }, genesis: '0x', node: undefined, contiguous };
}

function reading(number: number): ProviderReading {
  return {
    block: { number, hash: `0x${number}` },
    provider: undefined,
    awards: [],
    unreadable: [],
    types: new Map(),
    acceptPeriod: 50,
    heartbeatPeriod: 100,
    bounds: { rulesPerCall: 64, strategies: 63 },
  };
}

describe('the chain state of a provider', () => {
  it('there is no state before the first head', async () => {
    expect(await new World().state.refresh([], 0)).toBeUndefined();
  });

  it('while no event concerns the provider, the state is reused at one request per block', async () => {
    const world = new World();
    world.head(1, false);
    await world.state.refresh([], 0);
    for (const number of [2, 3, 4]) {
      world.head(number);
      expect((await world.state.refresh([], 0))?.block.number).toBe(number);
    }
    expect([world.reads, world.asked]).toEqual([1, [2, 3, 4]]);
  });

  it('the state is read again after an event of the provider, after a gap, for a new type, and every five minutes', async () => {
    const world = new World();
    world.head(1, false);
    await world.state.refresh([], 0);
    world.concerning.add(2);
    world.head(2);
    await world.state.refresh([], 0);
    expect(world.reads).toBe(2);
    world.head(9, false);
    await world.state.refresh([], 0);
    expect(world.reads).toBe(3);
    await world.state.refresh(['helm/v1'], 0);
    expect(world.reads).toBe(4);
    await world.state.refresh(['helm/v1'], 5 * MINUTE - 1);
    expect(world.reads).toBe(4);
    await world.state.refresh(['helm/v1'], 5 * MINUTE);
    expect(world.reads).toBe(5);
  });

  it('the state is read again if the last reading failed, so no block is skipped', async () => {
    const world = new World();
    world.head(1, false);
    await world.state.refresh([], 0);
    world.head(2);
    world.isLost = true;
    await expect(world.state.refresh([], 0)).rejects.toMatchObject({ code: 'ChainUnreachable' });
    world.isLost = false;
    await world.state.refresh([], 0);
    expect(world.reads).toBe(2);
  });

  it('the state is read again if a block arrived while it was read', async () => {
    const world = new World();
    world.head(1, false);
    world.meanwhile = () => world.head(2);
    expect((await world.state.refresh([], 0))?.block.number).toBe(1);
    world.meanwhile = () => {};
    expect((await world.state.refresh([], 0))?.block.number).toBe(2);
    expect(world.reads).toBe(2);
  });
});
