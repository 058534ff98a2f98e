import type { ApiPromise } from '@polkadot/api';
import type { KeyringPair } from '@polkadot/keyring/types';
import { xxhashAsHex } from '@polkadot/util-crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, ChainMarket, contentOf, type Receipt, TOKEN, TYPE, termsOf } from '../support/chain-market.ts';

/** Bad input, in the runtime's WebAssembly: each call has a named error, costs its fee, and changes nothing. */
let market: ChainMarket;

/** The callers, and the entities that their calls refer to. */
interface World {
  readonly tx: ApiPromise['tx'];
  /** Owner of the descriptor type. */
  readonly alice: KeyringPair;
  readonly provider: KeyringPair;
  readonly consumer: KeyringPair;
  readonly stranger: KeyringPair;
  /** Subscriptions whose tenure 1 is Active, Awarded, and Ended but not released. */
  readonly active: number;
  readonly awarded: number;
  readonly ended: number;
}

type Refusal = readonly [what: string, error: string, call: (world: World) => readonly [KeyringPair, Call]];

const UNKNOWN = 999;
const KEY = `0x${'07'.repeat(32)}`;
/** The runtime's bounds. */
const MAX_CONTENT = 256 * 1024;
const MAX_PRICE = 1_000_000n * TOKEN;
const MAX_CAPACITY = 1_000_000;
const MAX_GRACE = 100_800;
const NO_FUNDS = 'Token.FundsUnavailable';

const missing = { ...contentOf('nobody has noted this'), source: 'Preimage' };
const tooLong = { ...contentOf('{}'), len: MAX_CONTENT + 1 };
const empty = { ...contentOf(''), len: 0 };

function subscribe({ tx }: World, changes: { type?: string; content?: object; amount?: bigint; terms?: object }): Call {
  const { type = TYPE, content = contentOf('{}'), amount = TOKEN, terms } = changes;
  return tx.subscription.subscribe(type, content as never, KEY, amount, { ...termsOf({}), ...terms });
}

const refusals: readonly Refusal[] = [
  ['an existing type', 'provider.TypeExists', (w) => [w.stranger, w.tx.provider.registerType(TYPE, contentOf('{}'))]],
  [
    'a type with a bad name',
    'provider.BadTypeName',
    (w) => [w.alice, w.tx.provider.registerType('A b', contentOf('{}'))],
  ],
  [
    'a schema without a preimage',
    'provider.PreimageMissing',
    (w) => [w.alice, w.tx.provider.registerType('x', missing as never)],
  ],
  ['a schema over the bound', 'provider.ContentLength', (w) => [w.alice, w.tx.provider.registerType('x', tooLong)]],
  ['a new schema over the bound', 'provider.ContentLength', (w) => [w.alice, w.tx.provider.updateType(TYPE, tooLong)]],
  ['an empty schema', 'provider.ContentLength', (w) => [w.alice, w.tx.provider.updateType(TYPE, empty)]],
  [
    "another's type updated",
    'provider.NotTypeOwner',
    (w) => [w.stranger, w.tx.provider.updateType(TYPE, contentOf('{}'))],
  ],
  ["another's type handed over", 'provider.NotTypeOwner', (w) => [w.stranger, w.tx.provider.transferType(TYPE, KEY)]],
  ["another's type taken", 'provider.NotHeir', (w) => [w.stranger, w.tx.provider.acceptType(TYPE)]],
  ["another's type retired", 'provider.NotTypeOwner', (w) => [w.stranger, w.tx.provider.retireType(TYPE)]],
  ['an unknown type retired', 'provider.UnknownType', (w) => [w.alice, w.tx.provider.retireType('none')]],
  [
    'a second provider of an account',
    'provider.AlreadyProvider',
    (w) => [w.provider, w.tx.provider.registerProvider(KEY, KEY, '', 'Open')],
  ],
  [
    'an update by an account that is no provider',
    'provider.NotProvider',
    (w) => [w.stranger, w.tx.provider.updateProvider(null, KEY, null)],
  ],
  [
    'a policy of an account that is no provider',
    'provider.NotProvider',
    (w) => [w.stranger, w.tx.provider.setPolicy('Open')],
  ],
  [
    'rules of an account that is no provider',
    'provider.NotProvider',
    (w) => [w.stranger, w.tx.provider.setConsumerRules([])],
  ],
  ['a resignation of the owner', 'provider.NotOperator', (w) => [w.provider, w.tx.provider.resign()]],
  ['a pause by an account that is no provider', 'provider.NotProvider', (w) => [w.stranger, w.tx.provider.pause()]],
  ['a resume of a provider that is not paused', 'provider.NotPaused', (w) => [w.provider, w.tx.provider.resume()]],
  ['a leave by an account that is no provider', 'provider.NotProvider', (w) => [w.stranger, w.tx.provider.leave()]],
  ['the end of a leave that never began', 'provider.NotLeaving', (w) => [w.stranger, w.tx.provider.completeLeave(0)]],
  [
    'the end of a leave of an unknown provider',
    'provider.UnknownProvider',
    (w) => [w.stranger, w.tx.provider.completeLeave(UNKNOWN)],
  ],
  ['a price of zero', 'provider.PriceZero', (w) => [w.provider, w.tx.provider.setOffer(TYPE, 0, 1, 63)]],
  [
    'a price over the bound',
    'provider.PriceTooHigh',
    (w) => [w.provider, w.tx.provider.setOffer(TYPE, MAX_PRICE + 1n, 1, 63)],
  ],
  [
    'the largest number as a price',
    'provider.PriceTooHigh',
    (w) => [w.provider, w.tx.provider.setOffer(TYPE, 2n ** 128n - 1n, 1, 63)],
  ],
  ['a capacity of zero', 'provider.CapacityZero', (w) => [w.provider, w.tx.provider.setOffer(TYPE, 1, 0, 63)]],
  [
    'a capacity over the bound',
    'provider.CapacityTooLarge',
    (w) => [w.provider, w.tx.provider.setOffer(TYPE, 1, MAX_CAPACITY + 1, 63)],
  ],
  ['an offer for no strategy', 'provider.BadStrategies', (w) => [w.provider, w.tx.provider.setOffer(TYPE, 1, 1, 0)]],
  [
    'an offer of an unknown type',
    'provider.UnknownType',
    (w) => [w.provider, w.tx.provider.setOffer('none', 1, 1, 63)],
  ],
  ['an unknown offer removed', 'provider.UnknownOffer', (w) => [w.provider, w.tx.provider.removeOffer('none')]],
  [
    'a heartbeat of an account that is no provider',
    'provider.NotProvider',
    (w) => [w.stranger, w.tx.provider.heartbeat()],
  ],

  ['a subscription to an unknown type', 'provider.UnknownType', (w) => [w.consumer, subscribe(w, { type: 'none' })]],
  [
    'a descriptor without a preimage',
    'provider.PreimageMissing',
    (w) => [w.consumer, subscribe(w, { content: missing })],
  ],
  ['a descriptor over the bound', 'provider.ContentLength', (w) => [w.consumer, subscribe(w, { content: tooLong })]],
  ['funds of zero', 'subscription.AmountZero', (w) => [w.consumer, subscribe(w, { amount: 0n })]],
  ['more funds than the account has', NO_FUNDS, (w) => [w.consumer, subscribe(w, { amount: 2n ** 127n })]],
  [
    'a maximum price of zero',
    'subscription.MaxPriceZero',
    (w) => [w.consumer, subscribe(w, { terms: { maxPrice: 0 } })],
  ],
  [
    'a grace over the bound',
    'subscription.GraceOutOfBounds',
    (w) => [w.consumer, subscribe(w, { terms: { grace: MAX_GRACE + 1 } })],
  ],
  [
    'an accept of an accepted tenure',
    'subscription.WrongState',
    (w) => [w.provider, w.tx.subscription.accept(w.active, 1)],
  ],
  [
    'an accept of an unknown tenure',
    'subscription.UnknownTenure',
    (w) => [w.provider, w.tx.subscription.accept(w.awarded, 2)],
  ],
  [
    'an accept of an unknown subscription',
    'subscription.UnknownSubscription',
    (w) => [w.provider, w.tx.subscription.accept(UNKNOWN, 1)],
  ],
  [
    'an accept by an account that is no provider',
    'provider.NotProvider',
    (w) => [w.stranger, w.tx.subscription.accept(w.awarded, 1)],
  ],
  [
    'a decline for a reason of the network',
    'subscription.ReasonOutOfRange',
    (w) => [w.provider, w.tx.subscription.decline(w.awarded, 1, 20_001)],
  ],
  [
    'a decline of an Active tenure',
    'subscription.WrongState',
    (w) => [w.provider, w.tx.subscription.decline(w.active, 1, 10_000)],
  ],
  ['ready before accept', 'subscription.WrongState', (w) => [w.provider, w.tx.subscription.ready(w.awarded, 1, null)]],
  [
    'degraded for a reason of the consumer',
    'subscription.ReasonOutOfRange',
    (w) => [w.provider, w.tx.subscription.degraded(w.active, 1, 1)],
  ],
  [
    'recovered of a tenure that is not Degraded',
    'subscription.WrongState',
    (w) => [w.provider, w.tx.subscription.recovered(w.active, 1)],
  ],
  [
    'the termination of an award',
    'subscription.WrongState',
    (w) => [w.provider, w.tx.subscription.terminate(w.awarded, 1, 10_000)],
  ],
  [
    'the release of an Active tenure',
    'subscription.WrongState',
    (w) => [w.provider, w.tx.subscription.released(w.active, 1)],
  ],
  [
    'an info of an ended tenure',
    'subscription.WrongState',
    (w) => [w.provider, w.tx.subscription.setInfo(w.ended, 1, null)],
  ],
  [
    'the acceptance of an update that was not requested',
    'subscription.NoUpdate',
    (w) => [w.provider, w.tx.subscription.acceptUpdate(w.active, 1, KEY)],
  ],
  [
    'the decline of an update that was not requested',
    'subscription.NoUpdate',
    (w) => [w.provider, w.tx.subscription.declineUpdate(w.active, 1, KEY, 10_000)],
  ],
  [
    "another's subscription cancelled",
    'subscription.NotConsumer',
    (w) => [w.stranger, w.tx.subscription.cancel(w.active)],
  ],
  [
    'the cancellation of an ended subscription',
    'subscription.WrongState',
    (w) => [w.consumer, w.tx.subscription.cancel(w.ended)],
  ],
  [
    "another's subscription updated",
    'subscription.NotConsumer',
    (w) => [w.stranger, w.tx.subscription.update(w.active, contentOf('{"b":1}'))],
  ],
  [
    'an update to a descriptor without a preimage',
    'provider.PreimageMissing',
    (w) => [w.consumer, w.tx.subscription.update(w.active, missing as never)],
  ],
  [
    'an update to the same descriptor',
    'subscription.SameContent',
    (w) => [w.consumer, w.tx.subscription.update(w.active, contentOf('{"a":1}'))],
  ],
  ['a top-up of zero', 'subscription.AmountZero', (w) => [w.stranger, w.tx.subscription.topUp(w.active, 0)]],
  [
    'a top-up of more than the account has',
    NO_FUNDS,
    (w) => [w.stranger, w.tx.subscription.topUp(w.active, 2n ** 127n)],
  ],
  [
    'a top-up of an ended subscription',
    'subscription.WrongState',
    (w) => [w.stranger, w.tx.subscription.topUp(w.ended, 1)],
  ],
  ['a settlement of nothing', 'subscription.NothingEarned', (w) => [w.stranger, w.tx.subscription.settle(w.awarded)]],
  [
    'a withdrawal of nothing',
    'subscription.NothingEarned',
    (w) => [w.stranger, w.tx.subscription.withdraw(w.stranger.address)],
  ],
  [
    'a retry of a subscription that is not Pending',
    'subscription.WrongState',
    (w) => [w.stranger, w.tx.subscription.retry(w.active)],
  ],
  [
    'a report about a provider that is not lost',
    'subscription.NotLost',
    (w) => [w.stranger, w.tx.subscription.reportLost(w.active)],
  ],
  ['an early clean-up', 'subscription.TooEarly', (w) => [w.stranger, w.tx.subscription.cleanUp(0, w.ended, 1)]],
  [
    'a clean-up of an unknown tenure',
    'subscription.UnknownTenure',
    (w) => [w.stranger, w.tx.subscription.cleanUp(1, w.ended, 1)],
  ],
];

/** The complete storage of both pallets, by key, except the number of the last processed block. */
async function storage({ rpc, query }: ApiPromise): Promise<Map<string, string>> {
  const pages = ['Provider', 'Subscription'].map((pallet) => rpc.state.getKeysPaged(xxhashAsHex(pallet, 128), 1_000));
  const keys = (await Promise.all(pages)).flatMap((page) => page.map((key) => key.toHex()));
  const kept = keys.filter((key) => key !== query.subscription.nextBucket.key());
  const read = kept.map(async (key): Promise<[string, string]> => {
    const value = await rpc.state.getStorage(key);
    return [key, String(value)];
  });
  return new Map(await Promise.all(read));
}

describe('the chain refuses', () => {
  let receipts: Receipt[];
  let before: Map<string, string>;
  let after: Map<string, string>;
  const paid = new Map<
    string,
    { readonly had: bigint; readonly has: bigint; readonly fees: bigint; readonly held: bigint }
  >();

  beforeAll(async () => {
    market = await ChainMarket.start();
    const [alice, provider, consumer, stranger] = ['Alice', 'Bob', 'Charlie', 'Ferdie'].map((name) =>
      market.account(name),
    );
    if (!(alice && provider && consumer && stranger)) throw new Error('there are four names');
    const id = await market.provider(provider, 1_000n, 10);
    const active = await market.active(consumer, provider, id);
    const ended = await market.active(consumer, provider, id);
    const { tx } = market.api;
    await market.must(consumer, tx.subscription.cancel(ended));
    const awarded = await market.subscribe(consumer);
    // The largest allowed value is no error.
    await market.must(provider, tx.provider.setOffer(TYPE, MAX_PRICE, MAX_CAPACITY, 63));

    const world = { tx, alice, provider, consumer, stranger, active, awarded, ended };
    const calls = refusals.map(([, , call]) => call(world));
    const balances = async () =>
      Promise.all([alice, provider, consumer, stranger].map((account) => market.balance(account)));
    before = await storage(market.api);
    const had = await balances();
    receipts = await market.send(...calls);
    after = await storage(market.api);
    const has = await balances();
    for (const [index, account] of [alice, provider, consumer, stranger].entries()) {
      const fees = calls.reduce(
        (sum, [signer], place) => sum + (signer.address === account.address ? feeOf(place) : 0n),
        0n,
      );
      const [first, last] = [had[index], has[index]];
      if (first && last)
        paid.set(account.address, { had: first.free, has: last.free, fees, held: last.held - first.held });
    }
  }, 120_000);

  afterAll(async () => market?.stop());

  const feeOf = (place: number) => receipts[place]?.fee ?? 0n;

  it.each(refusals.map(([what, error], place) => ({ what, error, place })))(
    'the chain refuses $what with $error',
    ({ error, place }) => {
      expect(receipts[place]).toMatchObject({ error, events: [] });
      expect(feeOf(place)).toBeGreaterThan(0n);
    },
  );

  it('a refused call leaves no state behind', () => {
    expect(before.size).toBeGreaterThan(15);
    expect(after).toEqual(before);
  });

  it('a refused call costs its fee and nothing else', () => {
    expect(paid.size).toBe(4);
    for (const { had, has, fees, held } of paid.values()) {
      expect(had - has).toBe(fees);
      expect(held).toBe(0n);
    }
  });

  it('a refusal is tested for every call', () => {
    const { tx } = market.api;
    const all = [...Object.keys(tx.provider), ...Object.keys(tx.subscription)];
    const called = new Set(
      refusals.map(([, , call]) => /tx\.(?:provider|subscription)\.(\w+)/.exec(call.toString())?.[1]),
    );
    expect(all.filter((name) => !called.has(name) && name !== 'subscribe')).toEqual([]);
  });

  it('the chain refuses every call that is not signed by an account', async () => {
    const { tx } = market.api;
    const { sudo } = tx;
    const calls = [tx.provider.heartbeat(), tx.subscription.cancel(0), tx.subscription.settle(0)];
    const alice = market.account('Alice');
    await market.send(...calls.map((call) => [alice, sudo.sudo(call)] as const));
    const events = await (await market.api.at(await market.api.rpc.chain.getFinalizedHead())).query.system.events();
    const results = events.flatMap(({ event }) =>
      market.api.events.sudo.Sudid.is(event) ? [event.data.sudoResult.toString()] : [],
    );
    expect(results).toEqual(calls.map(() => '{"err":{"badOrigin":null}}'));
  });
});
