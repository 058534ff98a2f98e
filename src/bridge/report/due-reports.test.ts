import { describe, expect, it } from 'vitest';
import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import type { DesiredTenure } from '../../sources/dinfra/model.ts';
import { dueReports } from './due-reports.ts';

const GENESIS = `0x${'45'.repeat(32)}`;
const HASH = `0x${'11'.repeat(32)}`;
const NEXT = `0x${'22'.repeat(32)}`;
const NOW = Date.parse('2026-11-21T10:00:00Z');

const row: DesiredTenure = {
  subscription: 1n,
  tenure: 2,
  state: 'Active',
  consumer: '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty',
  accessKey: HASH,
  type: 'helm/v1',
  content: { hash: HASH, length: 10, source: 'Preimage' },
  update: undefined,
  price: 5n,
  paidUntil: 90,
  deadline: undefined,
  reason: undefined,
};

function mirror(state: Deployment['spec']['state'], status: Partial<DeploymentStatus>): Deployment {
  return {
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'Deployment',
    metadata: { name: 'd', uid: 'u', resourceVersion: '1', generation: 4, creationTimestamp: '2026-11-21T09:00:00Z' },
    spec: {
      genesisHash: GENESIS,
      subscription: '1',
      tenure: 2,
      subscriptionRef: { name: 's' },
      providerRef: { name: 'p' },
      consumer: row.consumer,
      accessKey: HASH,
      descriptorType: 'helm/v1',
      descriptor: row.content,
      state,
    },
    status: { observedGeneration: 4, ...status },
  };
}

const condition = (type: string, status: 'True' | 'False' | 'Unknown', reason: string) =>
  ({ type, status, reason, message: '', lastTransitionTime: '2026-11-21T09:30:00Z' }) as const;

const calls = (one: DesiredTenure, deployment: Deployment | undefined) =>
  dueReports(GENESIS, [one], () => deployment, NOW).map(({ call }) => call);

describe('the reports that are due', () => {
  it('name the tenure they speak of', () => {
    const down = mirror('Active', { conditions: [condition('Ready', 'False', 'AwaitingHealth')] });
    expect(calls(row, down)).toEqual([{ call: 'degraded', reason: 10_300, subscription: 1n, tenure: 2 }]);
  });

  it('give the chain the code of the reason it stalled with', () => {
    const stalled = mirror('Awarded', {
      conditions: [condition('Ready', 'False', 'DescriptorSchema'), condition('Stalled', 'True', 'DescriptorSchema')],
    });
    expect(calls({ ...row, state: 'Awarded' }, stalled)).toMatchObject([{ call: 'decline', reason: 10_005 }]);
  });

  it('decline what a full backend has no room for, and wait with those that nobody could look at', () => {
    const awarded = (reason: string) =>
      mirror('Awarded', {
        conditions: [condition('Resolved', 'Unknown', reason), condition('Ready', 'Unknown', reason)],
      });
    const wish = { ...row, state: 'Awarded' } as const;
    expect(calls(wish, awarded('CloudStackLimitReached'))).toMatchObject([{ call: 'decline', reason: 10_201 }]);
    expect(calls(wish, awarded('CloudStackUnreachable'))).toEqual([]);
  });

  it('count the time a resumed tenure takes to start from when that began, and not from its suspension', () => {
    const began = (ago: number) => ({
      ...condition('Reconciling', 'True', 'Starting'),
      lastTransitionTime: new Date(NOW - ago).toISOString(),
    });
    const starting = (ago: number) =>
      mirror('Active', { conditions: [condition('Ready', 'False', 'Starting'), began(ago)] });
    expect(calls(row, starting(29_000))).toEqual([]);
    expect(calls(row, starting(31_000))).toMatchObject([{ call: 'degraded' }]);
  });

  it('are none while the mirror has not caught up with the chain', () => {
    const older = mirror('Accepted', { conditions: [condition('Ready', 'True', 'Running')] });
    expect(calls(row, older)).toEqual([]);
    expect(calls(row, undefined)).toEqual([]);
  });

  it('answer what the consumer wants next, once it was looked at', () => {
    const wish = { ...row, update: { hash: NEXT, length: 20, source: 'Preimage' as const } };
    const up = [condition('Ready', 'True', 'Running')];
    expect(calls(wish, mirror('Active', { conditions: up }))).toEqual([]);
    const good = { hash: NEXT, verdict: 'Acceptable', reason: 'DescriptorVerified', message: '' } as const;
    expect(calls(wish, mirror('Active', { conditions: up, update: good }))).toMatchObject([
      { call: 'acceptUpdate', hash: NEXT },
    ]);
    const bad = { hash: NEXT, verdict: 'Refused', reason: 'DescriptorSchema', message: '' } as const;
    expect(calls(wish, mirror('Active', { conditions: up, update: bad }))).toMatchObject([
      { call: 'declineUpdate', hash: NEXT, reason: 10_005 },
    ]);
    const older = { ...good, hash: HASH };
    expect(calls(wish, mirror('Active', { conditions: up, update: older }))).toEqual([]);
  });
});
