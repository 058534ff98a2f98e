import { describe, expect, it } from 'vitest';
import { MemoryPool, type TestCall } from '../../test/support/memory-pool.ts';
import { LeadershipLostError } from '../base/fence.ts';
import { AccountSender, type SentResult } from './account-sender.ts';
import { unreachable } from './chain-node.ts';
import { fateOf, type PendingTransaction } from './transaction-fate.ts';
import { SubmitError, submitProblem } from './transaction-node.ts';

class World {
  readonly pool = new MemoryPool();
  readonly results: [key: string, result: string][] = [];
  held = true;
  readonly sender = new AccountSender<TestCall>({
    node: () => {
      if (this.pool.isLost) throw unreachable('ws://node', 'was lost');
      return this.pool;
    },
    fence: {
      remainingMs: () => (this.held ? 1_000 : 0),
      assertHeld: () => {
        if (!this.held) throw new LeadershipLostError();
      },
    },
    onResult: ({ key }, result) => this.results.push([key, shown(result)]),
  });

  constructor() {
    this.sender.follow(this.pool.best);
  }

  async send(...keys: string[]): Promise<void> {
    this.sender.send(keys.map((key) => ({ key })));
    await this.sender.idle();
  }

  /** Makes blocks, each final at once. */
  async blocks(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.sender.follow(this.pool.build());
      await this.sender.idle();
    }
  }
}

function shown(result: SentResult): string {
  if (result.kind === 'Lost') return 'Lost';
  return result.kind === 'Applied' ? `Applied in ${result.block}` : `Refused: ${result.error}`;
}

describe('the calls of an account', () => {
  it('go out in one transaction, and each is told by what became of it in the block', async () => {
    const world = new World();
    world.sender.send([{ key: 'a' }, { key: 'b', refused: 'subscription.WrongState' }, { key: 'c' }]);
    await world.sender.idle();
    expect(world.pool.pooled).toEqual([['a', 'b', 'c']]);
    await world.blocks(1);
    expect(world.results).toEqual([
      ['a', 'Applied in 1'],
      ['b', 'Refused: subscription.WrongState'],
      ['c', 'Applied in 1'],
    ]);
  });

  it('cost no request at a block while none is under way', async () => {
    const world = new World();
    await world.send('a');
    await world.blocks(1);
    world.pool.isLost = true;
    await world.blocks(3);
    expect(world.sender.problem).toBeUndefined();
  });

  it('one that cannot be written is refused and the others go out', async () => {
    const world = new World();
    world.sender.send([{ key: 'a' }, { key: 'bad', unwritable: true }, { key: 'b' }]);
    await world.sender.idle();
    expect(world.pool.pooled).toEqual([['a', 'b']]);
    expect(world.results).toEqual([['bad', 'Refused: it cannot be written: no room']]);
  });

  it('a batch that no block has room for is split until its parts go through', async () => {
    const world = new World();
    world.sender.send(Array.from({ length: 8 }, (_, index) => ({ key: `c${index}`, weight: 30 })));
    await world.sender.idle();
    expect(world.pool.pooled.map((keys) => keys.length)).toEqual([2, 2, 2, 2]);
    await world.blocks(1);
    expect(world.results.filter(([, result]) => result === 'Applied in 1')).toHaveLength(8);
  });

  it('a single call that is too heavy for any block is refused, and keeps none of the others back', async () => {
    const world = new World();
    world.sender.send([{ key: 'a' }, { key: 'huge', weight: 500 }, { key: 'b' }]);
    await world.sender.idle();
    await world.blocks(1);
    expect(new Map(world.results)).toEqual(
      new Map([
        ['huge', 'Refused: it is too heavy for a block: exhausts the block limits'],
        ['a', 'Applied in 1'],
        ['b', 'Applied in 1'],
      ]),
    );
  });

  it('a batch that stands in the pool and no block takes is lost when its validity ends, and the next is smaller', async () => {
    const world = new World();
    world.pool.includedWeight = 20;
    await world.send(...Array.from({ length: 40 }, (_, index) => `c${index}`));
    await world.blocks(66);
    expect(world.results.filter(([, result]) => result === 'Lost')).toHaveLength(40);
    await world.send(...Array.from({ length: 40 }, (_, index) => `d${index}`));
    expect(world.pool.pooled.map((keys) => keys.length)).toEqual([20, 20]);
  });

  it('a transaction that the pool dropped without a word is found missing two blocks later', async () => {
    const world = new World();
    await world.send('a');
    world.pool.dropAll();
    await world.blocks(1);
    expect(world.results).toEqual([]);
    await world.blocks(1);
    expect(world.results).toEqual([['a', 'Lost']]);
    await world.send('a');
    await world.blocks(1);
    expect(world.results.at(-1)).toEqual(['a', 'Applied in 3']);
  });

  it('a transaction that another wallet outbid is lost, and its nonce is read anew', async () => {
    const world = new World();
    await world.send('a');
    world.pool.dropAll();
    world.pool.otherWallet('theirs', { nonce: 0, tip: 1_000n });
    await world.blocks(1);
    expect(world.results).toEqual([['a', 'Lost']]);
    await world.send('b');
    await world.blocks(1);
    expect(world.results.at(-1)).toEqual(['b', 'Applied in 2']);
  });

  it('another wallet that uses the account in between takes nothing from ours', async () => {
    const world = new World();
    world.pool.otherWallet('theirs');
    await world.send('a');
    world.pool.otherWallet('theirs again');
    await world.send('b');
    await world.blocks(1);
    expect(world.pool.included).toEqual(['theirs', 'a', 'theirs again', 'b']);
    expect(world.results).toEqual([
      ['a', 'Applied in 1'],
      ['b', 'Applied in 1'],
    ]);
  });

  it('what is final in one of several blocks is found in the one it is in', async () => {
    const world = new World();
    await world.send('a');
    world.pool.build();
    world.pool.build();
    await world.blocks(1);
    expect(world.results).toEqual([['a', 'Applied in 1']]);
  });

  it('are valid from the best chain while finality is far behind', async () => {
    const world = new World();
    for (let i = 0; i < 30; i++) world.pool.build();
    await world.send('a');
    expect(world.pool.submitted[0]?.terms.from.number).toBe(29);
  });

  it('are not sent once leadership is lost', async () => {
    const world = new World();
    world.held = false;
    await world.send('a');
    expect(world.pool.submitted).toEqual([]);
  });

  it('are lost and said to be why when the account cannot pay', async () => {
    const world = new World();
    world.pool.refusal = new SubmitError('Unpayable', 'the account cannot pay its fee');
    await world.send('a');
    expect(world.results).toEqual([['a', 'Lost']]);
    expect(world.sender.problem?.message).toContain('cannot pay its fee');
    world.pool.refusal = undefined;
    await world.send('a');
    expect(world.sender.problem).toBeUndefined();
  });

  it('are lost when the node is lost, and follow their transaction to the next node', async () => {
    const world = new World();
    world.pool.isLost = true;
    await world.send('a');
    expect(world.results).toEqual([['a', 'Lost']]);
    expect(world.sender.problem).toMatchObject({ code: 'ChainUnreachable' });
  });
});

describe('an urgent call', () => {
  it('goes out before batches that wait', async () => {
    const world = new World();
    world.sender.send(Array.from({ length: 120 }, (_, index) => ({ key: `c${index}` })));
    world.sender.sendUrgent({ key: 'heartbeat' }, false);
    await world.sender.idle();
    expect(world.pool.pooled.map(([first]) => first).indexOf('heartbeat')).toBeLessThan(2);
  });

  it('takes the place of a transaction that is stuck, for a tip, and its calls are lost', async () => {
    const world = new World();
    world.pool.includedWeight = 3;
    await world.send('a', 'b', 'c', 'd');
    await world.blocks(2);
    world.sender.sendUrgent({ key: 'heartbeat' }, true);
    await world.sender.idle();
    expect(world.results).toEqual(['a', 'b', 'c', 'd'].map((key) => [key, 'Lost']));
    expect(world.pool.submitted.at(-1)?.terms).toMatchObject({ nonce: 0, tip: 11n });
    await world.blocks(1);
    expect(world.results.at(-1)).toEqual(['heartbeat', 'Applied in 3']);
  });

  it('bids more until it takes the place of what another wallet has stuck there', async () => {
    const world = new World();
    world.pool.includedWeight = 0;
    world.pool.otherWallet('theirs', { nonce: 0, tip: 100n });
    world.sender.sendUrgent({ key: 'heartbeat' }, true);
    await world.sender.idle();
    expect(world.pool.pooled).toEqual([['heartbeat']]);
    expect(world.pool.submitted.at(-1)?.terms.tip).toBe(176n);
  });

  it('fills a gap that a dropped transaction left, so that what waits behind it goes on', async () => {
    const world = new World();
    await world.send('a');
    world.pool.dropAll();
    // Another wallet has signed further ahead.
    world.pool.otherWallet('theirs', { nonce: 1 });
    world.sender.sendUrgent({ key: 'heartbeat' }, true);
    await world.sender.idle();
    await world.blocks(1);
    expect(world.pool.included).toEqual(['heartbeat', 'theirs']);
  });
});

describe('the fate of a transaction', () => {
  const pending: PendingTransaction = { nonce: 5, hash: '0x', sentAt: 10, validUntil: 74, missingFor: 0 };
  it.each([
    ['Used', { block: 11, nonce: 6, nextNonce: 6 }, 0],
    ['Waiting', { block: 11, nonce: 5, nextNonce: 6 }, 0],
    ['Waiting', { block: 74, nonce: 5, nextNonce: 6 }, 0],
    ['Expired', { block: 75, nonce: 5, nextNonce: 6 }, 0],
    ['Missing', { block: 11, nonce: 5, nextNonce: 5 }, 0],
    ['Dropped', { block: 12, nonce: 5, nextNonce: 5 }, 1],
  ] as const)('is %s at %j', (fate, at, missingFor) => {
    expect(fateOf({ ...pending, missingFor }, at)).toBe(fate);
  });
});

describe('what a node says of a transaction it did not take', () => {
  it.each([
    ['1010: Invalid Transaction: Transaction would exhaust the block limits', 'TooHeavy'],
    ['{"invalid":{"exhaustsResources":null}}', 'TooHeavy'],
    ['1010: Invalid Transaction: Inability to pay some fees (e.g. account balance too low)', 'Unpayable'],
    ['1: {"invalid":{"payment":null}}', 'Unpayable'],
    ['1010: Invalid Transaction: Transaction is outdated', 'NonceTaken'],
    ['{"invalid":{"stale":null}}', 'NonceTaken'],
    ['1014: Priority is too low: (8 vs 8): The transaction has too low priority', 'NonceTaken'],
    ['1013: Transaction Already Imported', 'Known'],
    ['1010: Invalid Transaction: Transaction has a bad signature', 'Outdated'],
    ['1010: Invalid Transaction: Transaction has an ancient birth block', 'Outdated'],
    ['1016: Immediately Dropped: The transaction could not enter the pool because of the limit', 'PoolFull'],
    ['something new', 'Other'],
  ])('%s is %s', (said, problem) => {
    expect(submitProblem(said)).toBe(problem);
  });
});
