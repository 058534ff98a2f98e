import type { KeyringPair } from '@polkadot/keyring/types';
import type { PalletDinfraSubscriptionApiDesiredPage } from '@polkadot/types/lookup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCandidates, type Strategy } from '../../src/sources/dinfra/consumer-reader.ts';
import { ALL_STRATEGIES, ChainMarket, TOKEN, TYPE, type Wish } from '../support/chain-market.ts';

/** Which provider gets an award, and the reasons that the runtime API gives, in the runtime's WebAssembly. */
let market: ChainMarket;
let consumer: KeyringPair;
const providers = new Map<string, number>();

/** Prices per block and capacities of three providers that can take any subscription. */
const good = { Bob: { price: 3n, capacity: 20 }, Dave: { price: 1n, capacity: 25 }, Eve: { price: 2n, capacity: 60 } };

beforeAll(async () => {
  market = await ChainMarket.start();
  consumer = market.account('Charlie');
  for (const [name, { price, capacity }] of Object.entries(good)) await add(name, price, capacity);
});

afterAll(async () => market?.stop());

async function add(name: string, price: bigint, capacity: number, strategies = ALL_STRATEGIES): Promise<KeyringPair> {
  const account = market.account(name);
  providers.set(name, await market.provider(account, price, capacity, strategies));
  return account;
}

function idOf(name: string): number {
  const id = providers.get(name);
  if (id === undefined) throw new Error(`${name} is no provider`);
  return id;
}

/** Subscribes several times in one block. Returns the names of the awarded providers, in order. */
async function awarded(wish: Wish, times = 1): Promise<string[]> {
  const calls = Array.from({ length: times }, () => market.subscription(wish));
  const { events } = await market.must(consumer, market.api.tx.utility.batchAll(calls));
  const names = new Map([...providers].map(([name, id]) => [id, name]));
  const awards = events.filter(({ event }) => event === 'Awarded');
  return awards.map(({ fields }) => names.get(Number(fields['provider'])) ?? 'nobody we know');
}

describe('a strategy', () => {
  it('RoundRobin awards to each provider in turn', async () => {
    expect(await awarded({ strategy: 'RoundRobin' }, 6)).toEqual(['Bob', 'Dave', 'Eve', 'Bob', 'Dave', 'Eve']);
  });

  it('LowestPrice awards to the cheapest provider', async () => {
    expect(await awarded({ strategy: 'LowestPrice' }, 2)).toEqual(['Dave', 'Dave']);
  });

  it('MostFree awards to the provider with the most free capacity', async () => {
    expect(await awarded({ strategy: 'MostFree' }, 2)).toEqual(['Eve', 'Eve']);
  });

  it('Named awards to the named provider', async () => {
    expect(await awarded({ strategy: { Named: idOf('Bob') } })).toEqual(['Bob']);
  });

  it('Random awards to several providers', async () => {
    const winners = await awarded({ strategy: 'Random' }, 12);
    expect(winners).toHaveLength(12);
    expect(new Set(winners).size).toBeGreaterThan(1);
  });

  it('MostReputable skips a provider that gave up an accepted tenure', async () => {
    const { tx } = market.api;
    const broken = await market.subscribe(consumer, { strategy: { Named: idOf('Bob') } });
    await market.must(market.account('Bob'), tx.subscription.accept(broken, 1));
    await market.must(market.account('Bob'), tx.subscription.decline(broken, 1, 10_000));
    // Bob is next after Eve.
    expect(await awarded({ strategy: { Named: idOf('Eve') } })).toEqual(['Eve']);
    expect(await awarded({ strategy: 'MostReputable' })).toEqual(['Dave']);
  });
});

describe('before anybody pays, the chain says of each provider why it could not take a subscription', () => {
  const amount = 10_000n;
  const maxPrice = 1_000n;
  const grace = 10;

  beforeAll(async () => {
    const { tx } = market.api;
    const paused = await add('One', 1n, 1);
    await add('Alice//stash', 1n, 1);
    const picky = await add('Bob//stash', 1n, 1);
    const leaving = await add('Charlie//stash', 1n, 2);
    await add('Dave//stash', 1n, 1, 1 << 3);
    await add('Eve//stash', maxPrice + 1n, 1);
    await add('Ferdie//stash', maxPrice, 1);
    const silent = market.account('Two');
    const [registered] = await market.send(
      [silent, tx.provider.registerProvider(silent.address, `0x${'01'.repeat(32)}`, '', 'Open')],
      [silent, tx.provider.setOffer(TYPE, 1n, 1, ALL_STRATEGIES)],
      [paused, tx.provider.pause()],
      [picky, tx.provider.setPolicy('AllowList')],
      [consumer, market.subscription({ strategy: { Named: idOf('Alice//stash') } })],
      [consumer, market.subscription({ strategy: { Named: idOf('Charlie//stash') } })],
      [leaving, tx.provider.leave()],
    );
    providers.set('Two', Number(registered?.events[0]?.fields['provider']));
  });

  async function excluded(strategy: Strategy): Promise<Record<string, string | undefined>> {
    const terms = { strategy, maxPrice, grace };
    const candidates = await readCandidates(market.api, TYPE, consumer.address, terms, amount);
    const found = new Map(candidates.map(({ provider, excluded }) => [provider, excluded]));
    return Object.fromEntries([...providers].map(([name, id]) => [name, found.has(id) ? found.get(id) : 'unlisted']));
  }

  it('the chain names why a provider is not eligible by its offer, state, consumers and terms', async () => {
    expect(await excluded('RoundRobin')).toEqual({
      Bob: undefined,
      Dave: undefined,
      Eve: undefined,
      One: 'Paused',
      Two: 'StaleHeartbeat',
      'Alice//stash': 'Full',
      'Bob//stash': 'ConsumerNotAllowed',
      'Charlie//stash': 'Leaving',
      'Dave//stash': 'StrategyNotAccepted',
      'Eve//stash': 'PriceTooHigh',
      'Ferdie//stash': 'FundsTooLow',
    });
  });

  it('the chain names why a provider is not eligible when another one is named', async () => {
    const answer = await excluded({ Named: idOf('Dave') });
    expect([answer['Dave'], answer['Bob']]).toEqual([undefined, 'NotNamed']);
    const nobody = 99;
    const terms = { strategy: { Named: nobody }, maxPrice, grace };
    const candidates = await readCandidates(market.api, TYPE, consumer.address, terms, amount);
    expect(candidates.find(({ provider }) => provider === nobody)?.excluded).toBe('NotOffered');
  });

  it('the chain names why a provider is not eligible when a reputation is required', async () => {
    const terms = { strategy: 'RoundRobin', maxPrice, grace, minReputation: 950_000 };
    const { api } = market;
    const candidates = await api.call.subscriptionApi.eligibleProviders(TYPE, consumer.address, terms, amount);
    const reason = (name: string) => candidates.find(({ provider }) => provider.eq(idOf(name)))?.excluded;
    expect(reason('Bob')?.unwrapOr(undefined)?.type).toBe('ReputationTooLow');
    expect(reason('Dave')?.unwrapOr(undefined)).toBeUndefined();
  });

  it('a subscription waits while no provider is eligible', async () => {
    const id = await market.subscribe(consumer, {
      strategy: 'RoundRobin',
      minReputation: 1_000_000,
      maxPrice: 1n,
      amount,
    });
    expect(await market.view(id), 'Dave alone is that cheap').toMatchObject({
      state: 'Awarded',
      provider: idOf('Dave'),
    });
    await market.must(market.account('Dave'), market.api.tx.provider.pause());
    const waiting = await market.subscribe(consumer, { maxPrice: 1n, amount });
    expect(await market.view(waiting)).toMatchObject({ state: 'Pending', tenure: 0 });
    await market.must(market.account('Dave'), market.api.tx.provider.resume());
    await market.must(market.account('Ferdie'), market.api.tx.subscription.retry(waiting));
    expect(await market.view(waiting)).toMatchObject({ state: 'Awarded', tenure: 1, provider: idOf('Dave') });
  });
});

it('the desired set of a provider is read page by page at one block, each tenure once', async () => {
  expect(await awarded({ strategy: { Named: idOf('Eve') }, amount: TOKEN }, 25)).toHaveLength(25);
  const { api } = market;
  const at = await api.at(await api.rpc.chain.getFinalizedHead());
  const whole = await at.call.subscriptionApi.desiredSet(idOf('Eve'), null, 256);
  expect(whole.next.isNone).toBe(true);
  const all = whole.rows.map(({ id }) => id.toNumber());
  expect(all.length).toBeGreaterThanOrEqual(25);

  const seen: number[] = [];
  let next: [number, number] | null = null;
  let pages = 0;
  do {
    const page: PalletDinfraSubscriptionApiDesiredPage = await at.call.subscriptionApi.desiredSet(idOf('Eve'), next, 7);
    expect(page.rows.length).toBeLessThanOrEqual(7);
    seen.push(...page.rows.map(({ id }) => id.toNumber()));
    next = page.next.isSome ? [page.next.unwrap()[0].toNumber(), page.next.unwrap()[1].toNumber()] : null;
    pages++;
  } while (next !== null);
  expect(seen).toEqual(all);
  expect(new Set(seen).size).toBe(all.length);
  expect(pages).toBe(Math.ceil(all.length / 7));
});
