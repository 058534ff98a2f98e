import { describe, expect, it } from 'vitest';
import type { Provider, ProviderStatus } from '../../api/provider.ts';
import { type ProviderFacts, problemStatus, providerStatus } from './provider-status.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const away = { reason: 'ChainUnreachable', message: 'nobody answers' } as const;
const well: ProviderFacts = {
  problem: undefined,
  account: '5Acme',
  providerId: 3,
  genesis: `0x${'45'.repeat(32)}`,
  point: { number: 7, hash: '0x07' },
  moved: false,
  counts: { tenures: 2, ready: 1 },
  inStep: true,
  refusal: undefined,
  teardowns: undefined,
  held: [],
  perHour: 10,
  isMirrored: true,
  failures: [],
  unreadable: [],
  waitsFor: undefined,
  now: NOW,
};

function provider(status: Partial<ProviderStatus> = {}): Provider {
  return {
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
      teardown: { maxPerHour: 1 },
    },
    status: { observedGeneration: 1, ...status },
  };
}

const condition = ({ conditions }: ProviderStatus, type: string) => conditions?.find((one) => one.type === type);

describe('the status of a Provider', () => {
  it('a Provider whose problem only a person can solve is Stalled and not Reconciling', () => {
    const status = providerStatus(provider(), { ...well, problem: { reason: 'AccountInUse', message: 'taken' } });
    expect(condition(status, 'Stalled')).toMatchObject({ status: 'True', reason: 'AccountInUse' });
    expect(condition(status, 'Reconciling')).toBeUndefined();
    const waiting = providerStatus(provider(), { ...well, problem: away });
    expect(condition(waiting, 'Stalled')).toBeUndefined();
    expect(condition(waiting, 'Reconciling')).toMatchObject({ status: 'True', reason: 'ChainUnreachable' });
  });

  it('awards that cannot be decoded are counted, and the Provider stays Ready', () => {
    const status = providerStatus(provider(), { ...well, unreadable: [{ message: 'state 9 is unknown' }] });
    expect(condition(status, 'Ready')).toMatchObject({ status: 'True' });
    expect(condition(status, 'Mirrored')).toMatchObject({
      status: 'False',
      reason: 'AwardUndecodable',
      message: 'cannot decode 1 award, what runs is left as it is: state 9 is unknown',
    });
  });

  it('a Provider is Ready once its registration on chain is what its resource says', () => {
    expect(condition(providerStatus(provider(), well), 'Ready')).toMatchObject({
      status: 'True',
      reason: 'Registered',
    });
    const behind = providerStatus(provider(), { ...well, inStep: false });
    expect(condition(behind, 'Ready')).toMatchObject({ status: 'False', reason: 'Registering' });
  });

  it('a Provider whose source cannot be read reports the problem and keeps the rest of its status', () => {
    const before = providerStatus(provider(), well);
    const status = problemStatus(provider(before), away, undefined, NOW);
    expect(condition(status, 'Ready')).toMatchObject({ status: 'False', reason: 'ChainUnreachable' });
    const { conditions: _before, ...known } = before;
    const { conditions: _after, ...kept } = status;
    expect(kept).toEqual(known);
  });

  it('TeardownHeld stays True while the chain is unreachable, and is False once no teardown waits', () => {
    const held = providerStatus(provider(), { ...well, held: ['dinfra-1-1-a'] });
    expect(condition(held, 'TeardownHeld')).toMatchObject({ status: 'True' });
    const during = problemStatus(provider(held), away, undefined, NOW + 60_000);
    expect(condition(during, 'TeardownHeld')).toEqual(condition(held, 'TeardownHeld'));
    expect(condition(providerStatus(provider(during), well), 'TeardownHeld')).toBeUndefined();
  });

  it('the block in the status moves only when the mirror changes', () => {
    const before = providerStatus(provider(), well);
    const next = { number: 8, hash: '0x08' };
    expect(providerStatus(provider(before), { ...well, point: next }).chain?.finalized).toEqual(well.point);
    expect(providerStatus(provider(before), { ...well, point: next, moved: true }).chain?.finalized).toEqual(next);
  });
});
