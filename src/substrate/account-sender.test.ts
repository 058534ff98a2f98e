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

  /** Produces blocks, each final at once. */
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
  it('the calls of an account go out in one transaction, and each gets its own result from the block', async () => {
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

  it('a finalised block costs no request while no transaction is pending', async () => {
    const world = new World();
    await world.send('a');
    await world.blocks(1);
    world.pool.isLost = true;
    await world.blocks(3);
    expect(world.sender.problem).toBeUndefined();
  });

  it('a call that cannot be encoded is refused and the others are sent', async () => {
    const world = new World();
    world.sender.send([{ key: 'a' }, { key: 'bad', unwritable: true }, { key: 'b' }]);
    await world.sender.idle();
    expect(world.pool.pooled).toEqual([['a', 'b']]);
    expect(world.results).toEqual([['bad', 'Refused: it cannot be written: no room']]);
  });

  it('a batch that is too heavy for a block is split until its parts are included', async () => {
    const world = new World();
    world.sender.send(Array.from({ length: 8 }, (_, index) => ({ key: `c${index}`, weight: 30 })));
    await world.sender.idle();
    expect(world.pool.pooled.map((keys) => keys.length)).toEqual([2, 2, 2, 2]);
    await world.blocks(1);
    expect(world.results.filter(([, result]) => result === 'Applied in 1')).toHaveLength(8);
  });

  it('a single call that is too heavy for any block is refused and does not hold back the others', async () => {
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

  it('a batch that expires in the pool is lost, and the next one is smaller', async () => {
    const world = new World();
    world.pool.includedWeight = 20;
    await world.send(...Array.from({ length: 40 }, (_, index) => `c${index}`));
    await world.blocks(66);
    expect(world.results.filter(([, result]) => result === 'Lost')).toHaveLength(40);
    await world.send(...Array.from({ length: 40 }, (_, index) => `d${index}`));
    expect(world.pool.pooled.map((keys) => keys.length)).toEqual([20, 20]);
  });

  it('a transaction the pool dropped silently is detected two blocks later', async () => {
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

  it('a transaction outbid by another wallet is lost, and the nonce is read again', async () => {
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

  it('another wallet that uses the account in between does not affect our calls', async () => {
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

  it('a transaction is found in whichever of several finalised blocks contains it', async () => {
    const world = new World();
    await world.send('a');
    world.pool.build();
    world.pool.build();
    await world.blocks(1);
    expect(world.results).toEqual([['a', 'Applied in 1']]);
  });

  it('the validity of a transaction counts from the best block while finality is far behind', async () => {
    const world = new World();
    for (let i = 0; i < 30; i++) world.pool.build();
    await world.send('a');
    expect(world.pool.submitted[0]?.terms.from.number).toBe(29);
  });

  it('no transaction is sent once leadership is lost', async () => {
    const world = new World();
    world.held = false;
    await world.send('a');
    expect(world.pool.submitted).toEqual([]);
  });

  it('calls are lost with a reason when the account cannot pay', async () => {
    const world = new World();
    world.pool.refusal = new SubmitError('Unpayable', 'the account cannot pay its fee');
    await world.send('a');
    expect(world.results).toEqual([['a', 'Lost']]);
    expect(world.sender.problem?.message).toContain('cannot pay its fee');
    world.pool.refusal = undefined;
    await world.send('a');
    expect(world.sender.problem).toBeUndefined();
  });

  it('a transaction survives the loss of its node and is tracked on the next one', async () => {
    const world = new World();
    world.pool.isLost = true;
    await world.send('a');
    expect(world.results).toEqual([['a', 'Lost']]);
    expect(world.sender.problem).toMatchObject({ code: 'ChainUnreachable' });
  });
});

describe('an urgent call', () => {
  it('an urgent call is sent before waiting batches', async () => {
    const world = new World();
    world.sender.send(Array.from({ length: 120 }, (_, index) => ({ key: `c${index}` })));
    world.sender.sendUrgent({ key: 'heartbeat' }, false);
    await world.sender.idle();
    expect(world.pool.pooled.map(([first]) => first).indexOf('heartbeat')).toBeLessThan(2);
  });

  it('an urgent call replaces a stuck transaction by a tip, and the replaced calls are lost', async () => {
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

  it('an urgent call raises its tip until it replaces a stuck transaction of another wallet', async () => {
    const world = new World();
    world.pool.includedWeight = 0;
    world.pool.otherWallet('theirs', { nonce: 0, tip: 100n });
    world.sender.sendUrgent({ key: 'heartbeat' }, true);
    await world.sender.idle();
    expect(world.pool.pooled).toEqual([['heartbeat']]);
    expect(world.pool.submitted.at(-1)?.terms.tip).toBe(176n);
  });

  it('an urgent call fills the nonce gap of a dropped transaction, so that later transactions proceed', async () => {
    const world = new World();
    await world.send('a');
    world.pool.dropAll();
    // Another wallet has used higher nonces.
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
  ] as const)('a pending transaction is %s at %j', (fate, at, missingFor) => {
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
  ])('the node’s rejection "%s" is classified as %s', (said, problem) => {
    expect(submitProblem(said)).toBe(problem);
  });
});
