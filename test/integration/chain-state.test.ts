import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChainState } from '../../src/bridge/chain-state.ts';
import type { BlockRef } from '../../src/substrate/block-ref.ts';
import { ChainMarket } from '../support/chain-market.ts';

const MINUTE = 60_000;
const PRICE = 1_000_000n;

let market: ChainMarket;
let provider: number;

beforeAll(async () => {
  market = await ChainMarket.start();
  provider = await market.provider(market.account('Bob'), PRICE, 100);
});
afterAll(async () => market?.stop());

async function lastBlock(): Promise<BlockRef> {
  const header = await market.api.rpc.chain.getHeader();
  return { number: header.number.toNumber(), hash: header.hash.toHex() };
}

/** The state of Bob's provider, told of each block as the follower tells of it. */
class Reader {
  private readonly state = new ChainState(market.account('Bob').address);
  private isFirst = true;

  async read(now: number) {
    const { api } = market;
    this.state.advance({ block: await lastBlock(), genesis: '0x', api, contiguous: !this.isFirst });
    this.isFirst = false;
    return this.state.refresh([], now);
  }
}

/** Changes how long the heartbeat lasts, which no event tells of. */
async function changeSilently(until: number): Promise<void> {
  await market.change({ provider: { heartbeats: [[[provider], { at: 1, until, counted: 1 }]] } });
  await market.blocks(1);
}

describe('what the chain says of a provider', () => {
  it('is read again when an event tells that it may have changed', async () => {
    const reader = new Reader();
    expect((await reader.read(0))?.provider?.status).toBe('Active');
    await market.must(market.account('Bob'), market.api.tx.provider.pause());
    expect((await reader.read(0))?.provider?.status).toBe('Paused');
    await market.must(market.account('Bob'), market.api.tx.provider.resume());
    expect((await reader.read(0))?.provider?.status).toBe('Active');
  });

  it('is taken to be as it was when no event tells otherwise, and read anew every few minutes all the same', async () => {
    const reader = new Reader();
    await changeSilently(1_000);
    expect((await reader.read(0))?.provider?.freshUntil).toBe(1_000);
    await changeSilently(2_000);
    for (let minute = 1; minute < 5; minute++) {
      await market.blocks(1);
      expect(await reader.read(minute * MINUTE)).toMatchObject({
        block: await lastBlock(),
        provider: { freshUntil: 1_000 },
      });
    }
    await market.blocks(1);
    expect((await reader.read(5 * MINUTE))?.provider?.freshUntil).toBe(2_000);
  });
});
