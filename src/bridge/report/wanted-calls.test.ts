import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Deployment } from '../../api/deployment.ts';
import type { Offer } from '../../api/offer.ts';
import type { Provider } from '../../api/provider.ts';
import type { DesiredTenure, OnChainProvider, OnChainType, ProviderState } from '../../sources/dinfra/model.ts';
import { offersToSell, type Sides, type WantedCall, wantedCalls } from './wanted-calls.ts';

const HASH = `0x${'11'.repeat(32)}`;
const GENESIS = `0x${'45'.repeat(32)}`;

let account: Sides['keys']['account'];
beforeAll(async () => {
  await cryptoWaitReady();
  account = new Keyring({ type: 'sr25519' }).addFromUri('//Alice');
});

function offer(name: string, type: string, spec: Partial<Offer['spec']> = {}, created = '2026-11-21T09:00:00Z'): Offer {
  return {
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'Offer',
    metadata: { name, namespace: 'acme', uid: name, resourceVersion: '1', generation: 1, creationTimestamp: created },
    spec: {
      providerRef: { name: 'acme' },
      reactorRef: { name: 'cluster' },
      descriptorType: type,
      pricePerBlock: '5',
      capacity: 3,
      ...spec,
    },
    status: { observedGeneration: 1 },
  };
}

const provider: Provider = {
  apiVersion: 'dinfra.io/v1alpha1',
  kind: 'Provider',
  metadata: {
    name: 'acme',
    namespace: 'acme',
    uid: 'u',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-11-21T09:00:00Z',
  },
  spec: {
    chain: { endpoints: ['ws://127.0.0.1:9944'] },
    accountSecretRef: { name: 'acme-account', key: 'suri' },
    consumerPolicy: { mode: 'Open', consumers: [] },
    paused: false,
    ipfsGateways: [],
    teardown: { maxPerHour: 10 },
  },
  status: { observedGeneration: 1 },
};

const type: OnChainType = {
  name: 'helm/v1',
  owner: 'x',
  schema: { hash: HASH, length: 2, source: 'Preimage' },
  version: 1,
  retired: false,
};

const BOB_ON_POLKADOT = '14E5nqKAp3oAJcmzgZhUD2RcptBeUBScxKHgJKU4HPNcKVf3';
const BOB_KEY = '0x8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48';

function registered(change: Partial<OnChainProvider> = {}): OnChainProvider {
  return {
    id: 0,
    owner: account.address,
    operator: account.address,
    accessKey: HASH,
    metadata: '',
    policy: 'Open',
    status: 'Active',
    rules: new Map(),
    offers: new Map([['helm/v1', { price: 5n, capacity: 3, used: 0, withdrawn: false }]]),
    freshUntil: 200,
    ...change,
  };
}

const tenure: DesiredTenure = {
  subscription: 7n,
  tenure: 1,
  state: 'Awarded',
  consumer: 'x',
  accessKey: HASH,
  type: 'helm/v1',
  content: { hash: HASH, length: 2, source: 'Preimage' },
  update: undefined,
  price: 5n,
  paidUntil: undefined,
  deadline: undefined,
  reason: undefined,
};

function stalledFor(
  { subscription, tenure, consumer, type, content, state }: DesiredTenure,
  reason: string,
): Deployment {
  const lastTransitionTime = '2026-11-21T09:30:00Z';
  return {
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'Deployment',
    metadata: { name: 'd', uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: lastTransitionTime },
    spec: {
      genesisHash: GENESIS,
      subscription: `${subscription}`,
      tenure,
      subscriptionRef: { name: 's' },
      providerRef: { name: 'acme' },
      consumer,
      accessKey: HASH,
      descriptorType: type,
      descriptor: content,
      state,
    },
    status: {
      observedGeneration: 1,
      conditions: [{ type: 'Stalled', status: 'True', reason, message: '', lastTransitionTime }],
    },
  };
}

function names(state: Partial<ProviderState>, sides: Partial<Sides> = {}): string[] {
  return calls(state, sides).map(({ name }) => name);
}

function calls(state: Partial<ProviderState>, sides: Partial<Sides> = {}): WantedCall[] {
  return wantedCalls({
    provider,
    offers: offersToSell([offer('helm', 'helm/v1')]),
    keys: { account, accessKey: HASH },
    state: {
      block: { number: 100, hash: HASH },
      provider: registered(),
      tenures: [],
      types: new Map([['helm/v1', type]]),
      heartbeatPeriod: 100,
      ...state,
    },
    genesis: GENESIS,
    deploymentNamed: () => undefined,
    vouch: true,
    now: Date.parse('2026-11-21T10:00:00Z'),
    ...sides,
  });
}

describe('the calls a provider owes its chain', () => {
  it('do not tell of a consumer whom the chain has, only because he is written as for another chain', () => {
    const consumerPolicy = { mode: 'AllowList', consumers: [BOB_ON_POLKADOT] } as const;
    const listing = { ...provider, spec: { ...provider.spec, consumerPolicy } };
    const known = registered({ accessKey: HASH, policy: 'AllowList', rules: new Map([[BOB_KEY, 'Allow']]) });
    expect(names({ provider: known }, { provider: listing })).toEqual([]);
  });

  it('are none when both say the same', () => {
    expect(names({})).toEqual([]);
  });

  it('begin with its registration, and nothing else before it has a number', () => {
    expect(names({ provider: undefined })).toEqual(['registerProvider']);
  });

  it('leave out what the chain would refuse: a type it does not have, and an offer of nothing', () => {
    const unsold = registered({ offers: new Map() });
    expect(names({ provider: unsold })).toEqual(['setOffer']);
    expect(names({ provider: unsold, types: new Map() })).toEqual([]);
    expect(names({ provider: unsold }, { offers: offersToSell([offer('helm', 'helm/v1', { capacity: 0 })]) })).toEqual(
      [],
    );
  });

  it('say for what reason an award is declined', () => {
    const deployment = stalledFor(tenure, 'ChartNotFound');
    const due = calls({ tenures: [tenure] }, { deploymentNamed: () => deployment });
    expect(due.map(({ name, said }) => [name, said])).toEqual([['decline', 'decline with ChartNotFound']]);
  });

  it('have a key that changes with what they say, so that a new price is not taken for the old call', () => {
    const keyAt = (pricePerBlock: string) =>
      wantedCalls({
        provider,
        offers: offersToSell([offer('helm', 'helm/v1', { pricePerBlock })]),
        keys: { account, accessKey: HASH },
        state: {
          block: { number: 100, hash: HASH },
          provider: registered(),
          tenures: [],
          types: new Map([['helm/v1', type]]),
          heartbeatPeriod: 100,
        },
        genesis: GENESIS,
        deploymentNamed: () => undefined,
        vouch: true,
        now: 0,
      }).map(({ key }) => key);
    expect(keyAt('6')).not.toEqual(keyAt('7'));
  });
});

describe('the heartbeat', () => {
  it('is due half a period before the last one runs out', () => {
    expect(names({ provider: registered({ freshUntil: 151 }) })).toEqual([]);
    expect(names({ provider: registered({ freshUntil: 150 }) })).toEqual(['heartbeat']);
    expect(names({ provider: registered({ freshUntil: undefined }) })).toEqual(['heartbeat']);
  });

  it('is not sent by an operator that does not see its cluster', () => {
    expect(names({ provider: registered({ freshUntil: undefined }) }, { vouch: false })).toEqual([]);
  });

  it('is not paid for by a provider that offers and serves nothing', () => {
    const idle = registered({ offers: new Map(), freshUntil: undefined });
    expect(names({ provider: idle }, { offers: new Map() })).toEqual([]);
    expect(names({ provider: idle, tenures: [tenure] }, { offers: new Map() })).toEqual(['heartbeat']);
  });
});

describe('two Offers of one type', () => {
  const older = offer('b', 'helm/v1', {}, '2026-11-21T08:00:00Z');
  const newer = offer('a', 'helm/v1', {}, '2026-11-21T09:00:00Z');

  it('are sold as the older one, in whatever order they are read', () => {
    expect(offersToSell([older, newer]).get('helm/v1')).toBe(older);
    expect(offersToSell([newer, older]).get('helm/v1')).toBe(older);
  });

  it('are sold as the first by name when they are of the same age', () => {
    const twin = offer('b', 'helm/v1', {}, '2026-11-21T09:00:00Z');
    expect(offersToSell([twin, newer]).get('helm/v1')).toBe(newer);
  });

  it('are one when the other is being deleted', () => {
    const leaving = { ...older, metadata: { ...older.metadata, deletionTimestamp: '2026-11-21T09:30:00Z' } };
    expect(offersToSell([leaving, newer]).get('helm/v1')).toBe(newer);
  });
});
