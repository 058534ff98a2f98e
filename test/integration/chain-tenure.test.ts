import type { KeyringPair } from '@polkadot/keyring/types';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultPallets } from '../../src/sources/dinfra/pallets.ts';
import { readStanding } from '../../src/sources/dinfra/tenure-reader.ts';
import { ChainMarket, contentOf, type MarketEvent } from '../support/chain-market.ts';

/** The state machine and the payments, in the runtime's WebAssembly. */
let market: ChainMarket;
let bob: KeyringPair;
let dave: KeyringPair;
let consumer: KeyringPair;
let bobs: number;
let daves: number;

/** Price per block. */
const PRICE = 1_000_000n;
/** Blocks that one heartbeat covers, and blocks until the deadline of an award: the runtime's constants. */
const PERIOD = 50;

beforeAll(async () => {
  market = await ChainMarket.start();
  [bob, dave, consumer] = [market.account('Bob'), market.account('Dave'), market.account('Charlie')];
  bobs = await market.provider(bob, PRICE, 100);
  daves = await market.provider(dave, 2n * PRICE, 100);
});

afterAll(async () => market?.stop());

/** The transitions of one subscription, without events about payments. */
function transitions(emitted: readonly MarketEvent[], id: number): string[] {
  const steps = emitted.filter(({ event, fields }) => fields['id'] === id && event !== 'Paid' && event !== 'Removed');
  return steps.map(({ event, fields }) => `${event} ${fields['tenure']} of ${fields['provider']}`);
}

const alive = () => market.send([bob, market.api.tx.provider.heartbeat()], [dave, market.api.tx.provider.heartbeat()]);

it('a subscription is over for good when its last tenure was released, and not a block before', async () => {
  const { tx } = market.api;
  const isGone = async (id: number) => {
    const [hash, header] = [await market.api.rpc.chain.getFinalizedHead(), await market.api.rpc.chain.getHeader()];
    const block = { number: header.number.toNumber(), hash: hash.toHex() };
    const tenure = { subscription: BigInt(id), tenure: 1 };
    return (await readStanding(market.node, block, bob.address, tenure, defaultPallets)) === 'Gone';
  };
  const { events } = await market.must(consumer, market.subscription({ strategy: { Named: bobs } }));
  const id = Number(events[0]?.fields['id']);
  await market.must(bob, tx.subscription.accept(id, 1));
  expect(await isGone(id)).toBe(false);
  await market.must(consumer, tx.subscription.cancel(id));
  expect(await isGone(id), 'cancelled, and its provider may still run it').toBe(false);
  await market.must(bob, tx.subscription.released(id, 1));
  expect(await isGone(id)).toBe(true);
  expect(await isGone(id + 1), 'never there').toBe(false);
});

it('a tenure that is Active is paid by the block, and a cancel gives the rest back in the same block', async () => {
  const { tx } = market.api;
  const before = await market.balance(consumer);
  const amount = 100n * PRICE;
  const subscribed = await market.must(consumer, market.subscription({ strategy: { Named: bobs }, amount }));
  const id = Number(subscribed.events[0]?.fields['id']);
  expect(transitions(subscribed.events.slice(1), id)).toEqual([`Awarded 1 of ${bobs}`]);
  const held = (await market.balance(consumer)).held;
  expect(held - before.held).toBe(amount + (await depositOf(id)));

  await market.must(bob, tx.subscription.accept(id, 1));
  await market.blocks(3);
  expect(await market.cost(id), 'Accepted costs nothing').toMatchObject({ spent: 0n, owed: 0n });
  const { block: from } = await market.must(bob, tx.subscription.ready(id, 1, { format: 1, bytes: '0xaabb' }));
  await market.blocks(5);
  expect(await market.cost(id)).toMatchObject({ owed: 5n * PRICE, refundable: 95n * PRICE });

  const earnedBefore = (await market.api.query.subscription.earnings(bob.address)).toBigInt();
  const cancelled = await market.must(consumer, tx.subscription.cancel(id));
  const owed = BigInt(cancelled.block - from) * PRICE;
  expect(transitions(cancelled.events, id)).toEqual([`Ended 1 of ${bobs}`]);
  expect(cancelled.events.find(({ event }) => event === 'Ended')?.fields).toMatchObject({
    reason: 1,
    refund: Number(amount - owed),
  });
  expect((await market.api.query.subscription.earnings(bob.address)).toBigInt() - earnedBefore).toBe(owed);

  const freeBefore = (await market.balance(bob)).free;
  const released = await market.must(bob, tx.subscription.released(id, 1));
  expect(released.events.map(({ event }) => event)).toEqual(['Released', 'Removed']);
  expect(await market.view(id)).toBeUndefined();
  const withdrawn = await market.must(consumer, tx.subscription.withdraw(bob.address));
  expect((await market.balance(bob)).free).toBe(freeBefore - released.fee + earnedBefore + owed);

  const after = await market.balance(consumer);
  const fees = subscribed.fee + cancelled.fee + withdrawn.fee;
  expect(after.held).toBe(before.held);
  expect(after.free).toBe(before.free - owed - fees);
});

it('a tenure that is Degraded is not paid until it has recovered', async () => {
  const { tx } = market.api;
  await alive();
  const id = await market.active(consumer, bob, bobs);
  await market.blocks(2);
  const { events } = await market.must(bob, tx.subscription.degraded(id, 1, 10_005));
  expect(transitions(events, id)).toEqual([`Degraded 1 of ${bobs}`]);
  const { spent, owed } = await market.cost(id);
  expect([spent, owed]).toEqual([3n * PRICE, 0n]);
  await market.blocks(4);
  expect(await market.cost(id)).toMatchObject({ spent, owed: 0n });
  await market.must(bob, tx.subscription.recovered(id, 1));
  await market.blocks(2);
  expect(await market.cost(id)).toMatchObject({ spent, owed: 2n * PRICE });
  await market.must(consumer, tx.subscription.cancel(id));
  await market.must(bob, tx.subscription.released(id, 1));
});

it('without funds a tenure is Suspended, then Ended, and holds its capacity until it is released', async () => {
  const { tx } = market.api;
  await alive();
  const used = async () => (await market.api.query.provider.offers(bobs, 'helm/v1')).unwrap().used.toNumber();
  const before = await used();
  // Twelve blocks, and a reserve for four at a quarter of the price.
  const id = await market.active(consumer, bob, bobs, { amount: 13n * PRICE, grace: 4 });
  expect(await market.cost(id)).toMatchObject({ reserved: PRICE, blocksLeft: 12 });
  const emitted = await market.blocks(12);
  expect(transitions(emitted, id)).toEqual([`Suspended 1 of ${bobs}`]);
  expect(await market.cost(id)).toMatchObject({ spent: 12n * PRICE, owed: 0n, refundable: PRICE });

  const resumed = await market.must(dave, tx.subscription.topUp(id, 12n * PRICE));
  expect(transitions(resumed.events, id)).toEqual([`ToppedUp 1 of ${bobs}`, `Resumed 1 of ${bobs}`]);
  const over = await market.blocks(18);
  expect(transitions(over, id)).toEqual([`Suspended 1 of ${bobs}`, `Ended 1 of ${bobs}`]);
  expect(await market.view(id)).toMatchObject({ state: 'Ended', reason: 20_003 });
  expect(await used()).toBe(before + 1);
  const { events } = await market.must(bob, tx.subscription.released(id, 1));
  expect(transitions(events, id)).toEqual([`Released 1 of ${bobs}`]);
  expect(await used()).toBe(before);
});

it('an update runs when the provider accepts it, and one it declines changes nothing', async () => {
  const { tx } = market.api;
  await alive();
  const [first, second] = [contentOf('{"v":1}'), contentOf('{"v":2}')];
  const id = await market.active(consumer, bob, bobs);
  const row = async () => {
    const { rows } = await market.api.call.subscriptionApi.desiredSet(bobs, null, 256);
    const found = rows.find((one) => one.id.toNumber() === id);
    return { content: found?.content.hash_.toHex(), update: found?.update.unwrapOr(undefined)?.hash_.toHex() };
  };
  const { content } = await row();

  await market.must(consumer, tx.subscription.update(id, first));
  expect(await row()).toEqual({ content, update: first.hash_ });
  const declined = await market.must(bob, tx.subscription.declineUpdate(id, 1, first.hash_, 10_001));
  expect(transitions(declined.events, id)).toEqual([`UpdateDeclined 1 of ${bobs}`]);
  expect(await row()).toEqual({ content, update: undefined });

  await market.must(consumer, tx.subscription.update(id, first));
  await market.must(consumer, tx.subscription.update(id, second));
  const [late] = await market.send([bob, tx.subscription.acceptUpdate(id, 1, first.hash_)]);
  expect(late?.error).toBe('subscription.UpdateChanged');
  const accepted = await market.must(bob, tx.subscription.acceptUpdate(id, 1, second.hash_));
  expect(transitions(accepted.events, id)).toEqual([`UpdateAccepted 1 of ${bobs}`]);
  expect(await row()).toEqual({ content: second.hash_, update: undefined });
  expect(await market.view(id)).toMatchObject({ state: 'Active', tenure: 1 });
  await market.must(consumer, tx.subscription.cancel(id));
  await market.must(bob, tx.subscription.released(id, 1));
});

it('a type or the operator role is transferred only to an account that accepts it', async () => {
  const { tx, query } = market.api;
  const [alice, successor, named] = [market.account('Alice'), market.account('Eve'), market.account('Ferdie')];
  const owner = async () => (await query.provider.descriptorTypes('helm/v1')).unwrap().owner.toString();
  await market.must(alice, tx.provider.transferType('helm/v1', successor.address));
  expect([await owner(), (await market.balance(successor)).held]).toEqual([alice.address, 0n]);
  await market.must(successor, tx.provider.acceptType('helm/v1'));
  expect([await owner(), (await market.balance(alice)).held]).toEqual([successor.address, 0n]);
  expect((await market.balance(successor)).held).toBeGreaterThan(0n);

  await market.must(bob, tx.provider.updateProvider(named.address, null, null));
  const register = tx.provider.registerProvider(named.address, `0x${'01'.repeat(32)}`, '', 'Open');
  const [taken] = await market.send([named, register]);
  expect(taken?.error).toBe('provider.AlreadyProvider');
  await market.must(named, tx.provider.resign());
  expect((await query.provider.providers(bobs)).unwrap().operator.toString()).toBe(bob.address);
  await market.must(named, register);
});

it('a silent provider is not paid, a missed deadline moves the award on, and a provider that failed is not chosen again', async () => {
  const { tx } = market.api;
  // In the same blocks: an Active tenure of Bob, and an award that he does not answer. The round-robin reaches him
  // after Dave.
  const active = await market.active(consumer, bob, bobs);
  await market.must(consumer, market.subscription({ strategy: { Named: daves } }));
  const { block: beat } = await market.must(bob, tx.provider.heartbeat());
  const unanswered = await market.subscribe(consumer);
  expect(await market.view(unanswered)).toMatchObject({ state: 'Awarded', tenure: 1, provider: bobs });

  await market.blocks(PERIOD / 2);
  const before = await market.cost(active);
  const { block: seen } = await market.must(dave, tx.provider.heartbeat());
  const emitted = await market.blocks(PERIOD / 2);
  expect(transitions(emitted, unanswered)).toEqual([`Failed 1 of ${bobs}`, `Awarded 2 of ${daves}`]);
  expect(await market.view(unanswered)).toMatchObject({
    state: 'Awarded',
    tenure: 2,
    provider: daves,
    failed: [{ provider: bobs, tenure: 1, reason: 20_001 }],
  });

  // His heartbeat reached as far as block beat + PERIOD.
  await market.blocks(Math.max(0, beat + PERIOD + 3 - (await market.height())));
  const silent = await market.cost(active);
  expect(silent.owed - before.owed).toBe(BigInt(beat + PERIOD - (seen - 1)) * PRICE);
  const back = await market.must(bob, tx.provider.heartbeat());
  await market.blocks(3);
  expect((await market.cost(active)).owed).toBe(silent.owed + BigInt((await market.height()) - back.block) * PRICE);
  expect(await market.view(active), 'silence alone ends nothing').toMatchObject({ state: 'Active', tenure: 1 });

  const declined = await market.must(dave, tx.subscription.decline(unanswered, 2, 10_301));
  expect(transitions(declined.events, unanswered)).toEqual([`Failed 2 of ${daves}`, `Pending 2 of ${daves}`]);
  const [retry] = await market.send([consumer, tx.subscription.retry(unanswered)]);
  expect(retry?.error).toBe('subscription.NoProviderEligible');
  expect(await market.view(unanswered)).toMatchObject({
    state: 'Pending',
    failed: [
      { provider: bobs, tenure: 1, reason: 20_001 },
      { provider: daves, tenure: 2, reason: 10_301 },
    ],
  });
});

async function depositOf(id: number): Promise<bigint> {
  return (await market.api.query.subscription.subscriptions(id)).unwrap().deposit.toBigInt();
}
