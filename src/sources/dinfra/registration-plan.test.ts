import { describe, expect, it } from 'vitest';
import type { OnChainProvider } from './model.ts';
import { accountsOf, planRegistration as plan, type WantedProvider } from './registration-plan.ts';

const bounds = { rulesPerCall: 64, strategies: 63 };
const planRegistration = (wanted: WantedProvider, onChain: OnChainProvider | undefined) =>
  plan(wanted, onChain, bounds);
const KEY = `0x${'aa'.repeat(32)}`;
const wanted: WantedProvider = {
  account: 'ACCOUNT',
  accessKey: KEY,
  metadata: '{"name":"Acme"}',
  policy: 'Open',
  consumers: [],
  paused: false,
  offers: [{ type: 'helm/v1', price: 5n, capacity: 10 }],
};
const onChain: OnChainProvider = {
  id: 0,
  owner: 'ACCOUNT',
  operator: 'ACCOUNT',
  accessKey: KEY,
  metadata: '{"name":"Acme"}',
  policy: 'Open',
  status: 'Active',
  rules: new Map(),
  offers: new Map([['helm/v1', { price: 5n, capacity: 10, used: 2, withdrawn: false }]]),
  freshUntil: 50,
};

describe('registration', () => {
  it('nothing is submitted if the chain is as the resources say', () => {
    expect(planRegistration(wanted, onChain)).toEqual([]);
  });

  it('an unknown provider is registered first, and its offers afterwards', () => {
    expect(planRegistration(wanted, undefined).map(({ call }) => call)).toEqual(['registerProvider']);
    const bare = { ...onChain, offers: new Map() };
    expect(planRegistration(wanted, bare)).toEqual([
      { call: 'setOffer', type: 'helm/v1', price: 5n, capacity: 10, strategies: 63 },
    ]);
  });

  it('only differences are submitted', () => {
    expect(planRegistration({ ...wanted, metadata: '{}' }, onChain)).toEqual([
      { call: 'updateProvider', accessKey: undefined, metadata: '{}' },
    ]);
    const dearer = { ...wanted, offers: [{ type: 'helm/v1', price: 6n, capacity: 10 }] };
    expect(planRegistration(dearer, onChain)).toMatchObject([{ call: 'setOffer', price: 6n }]);
  });

  it('an offer whose resource is gone is withdrawn, once', () => {
    const none = { ...wanted, offers: [] };
    expect(planRegistration(none, onChain)).toEqual([{ call: 'removeOffer', type: 'helm/v1' }]);
    const withdrawn = new Map([['helm/v1', { price: 5n, capacity: 10, used: 2, withdrawn: true }]]);
    expect(planRegistration(none, { ...onChain, offers: withdrawn })).toEqual([]);
    expect(planRegistration(wanted, { ...onChain, offers: withdrawn })).toMatchObject([{ call: 'setOffer' }]);
  });

  it('a provider is paused and resumed, unless it is leaving', () => {
    expect(planRegistration({ ...wanted, paused: true }, onChain)).toEqual([{ call: 'pause' }]);
    expect(planRegistration(wanted, { ...onChain, status: 'Paused' })).toEqual([{ call: 'resume' }]);
    expect(planRegistration(wanted, { ...onChain, status: 'Leaving' })).toEqual([]);
  });

  it('the rules of a list are set before the list applies, and rules it no longer has are removed', () => {
    const listed = { ...wanted, policy: 'AllowList', consumers: ['A', 'B'] } as const;
    const rules = new Map([
      ['A', 'Allow'],
      ['C', 'Allow'],
    ] as const);
    expect(planRegistration(listed, { ...onChain, rules })).toEqual([
      {
        call: 'setConsumerRules',
        rules: [
          ['B', 'Allow'],
          ['C', undefined],
        ],
      },
      { call: 'setPolicy', policy: 'AllowList' },
    ]);
  });

  it('the bounds of the runtime determine the rules per call and the strategies', () => {
    const consumers = Array.from({ length: 5 }, (_, index) => `C${index}`);
    const other = { rulesPerCall: 2, strategies: 0b111 };
    const calls = plan({ ...wanted, policy: 'DenyList', consumers }, { ...onChain, offers: new Map() }, other);
    expect(calls.map(({ call }) => call)).toEqual([
      'setConsumerRules',
      'setConsumerRules',
      'setConsumerRules',
      'setPolicy',
      'setOffer',
    ]);
    expect(calls.at(-1)).toMatchObject({ strategies: 0b111 });
  });

  it('many rules are split into calls that the chain accepts', () => {
    const consumers = Array.from({ length: 150 }, (_, index) => `C${index}`);
    const calls = planRegistration({ ...wanted, policy: 'DenyList', consumers }, onChain);
    expect(calls.map(({ call }) => call)).toEqual([
      'setConsumerRules',
      'setConsumerRules',
      'setConsumerRules',
      'setPolicy',
    ]);
  });
});

const BOB = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty';
const BOB_ON_POLKADOT = '14E5nqKAp3oAJcmzgZhUD2RcptBeUBScxKHgJKU4HPNcKVf3';
const BOB_KEY = '0x8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48';
const MISTYPED = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694tz';

describe('the accounts a Provider lists', () => {
  it('accounts are compared by their public keys, whatever their address prefix, without duplicates', () => {
    expect(accountsOf([BOB, BOB_ON_POLKADOT])).toEqual([BOB_KEY]);
  });

  it('entries that are not accounts are left out', () => {
    expect(accountsOf([MISTYPED, BOB])).toEqual([BOB_KEY]);
  });
});
