import { describe, expect, it } from 'vitest';
import { running } from '../../../test/support/running.ts';
import type { Deployment, DeploymentStatus } from '../../api/deployment.ts';
import { factsAfter, type Known } from './facts.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const hash = `0x${'11'.repeat(32)}`;

function deployment(status: Partial<DeploymentStatus> = {}, state: Deployment['spec']['state'] = 'Active'): Deployment {
  return {
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'Deployment',
    metadata: {
      name: 'd',
      namespace: 'acme',
      uid: 'u',
      generation: 1,
      resourceVersion: '1',
      creationTimestamp: '2026-11-21T09:00:00Z',
    },
    spec: {
      genesisHash: hash,
      subscription: '1',
      tenure: 1,
      subscriptionRef: { name: 's' },
      providerRef: { name: 'p' },
      consumer: '5Grw',
      accessKey: hash,
      descriptorType: 'helm/v1',
      descriptor: { hash, length: 10, source: 'Preimage' },
      state,
    },
    status: { observedGeneration: 1, ...status },
  };
}

const nothingInTheWay: Known = {
  order: { kind: 'Realisable' },
  found: running,
  hindrance: undefined,
  final: false,
  released: false,
  now: NOW,
};

function factsOf(known: Partial<Known>, status: Partial<DeploymentStatus> = {}) {
  return factsAfter(deployment(status), { ...nothingInTheWay, ...known });
}

const unreachable = { kind: 'Unknown', reason: 'CloudStackUnreachable', message: 'no answer' } as const;

describe('the facts programs decide by', () => {
  it('an accepted order whose first realisation is refused is impossible, so it is declined and not missed', () => {
    const refused: Known = { ...nothingInTheWay, found: { kind: 'Absent' }, hindrance: 'HelmRejected', final: true };
    expect(factsAfter(deployment({}, 'Accepted'), refused)).toMatchObject({ order: 'Impossible' });
    expect(factsAfter(deployment({}, 'Accepted'), { ...refused, final: false })).toMatchObject({ order: 'Realisable' });
    const realised = deployment({ realisation: { descriptorHash: hash } }, 'Accepted');
    expect(factsAfter(realised, refused)).toMatchObject({ order: 'Realisable' });
    expect(factsAfter(deployment({}, 'Active'), refused)).toMatchObject({ order: 'Realisable' });
  });

  it('a workload whose backend cannot be reached is unseen, neither up nor down', () => {
    expect(factsOf({ found: unreachable, hindrance: unreachable.reason })).toMatchObject({ workload: 'Unseen' });
  });

  it('a workload does not count as up before everything was realised as ordered once', () => {
    const found = { ...running, differences: [{ what: 'firewall rule', detail: 'missing' }] };
    const accepted = (status: Partial<DeploymentStatus>) =>
      factsAfter(deployment(status, 'Accepted'), { ...nothingInTheWay, found });
    expect(accepted({}).workload).toBe('Down');
    expect(accepted({ realisation: { descriptorHash: hash } }).workload).toBe('Up');
  });

  it('an Active tenure was up once, even in a restored cluster without a record of it', () => {
    const found = { ...running, differences: [{ what: 'firewall rule', detail: 'missing' }] };
    expect(factsOf({ found }).workload).toBe('Up');
  });

  it('a workload is absent while its backend works on the first create, and down while it works on a later step', () => {
    const busy = { kind: 'Busy', what: 'deploying', pollAfterMs: 1 } as const;
    expect(factsOf({ found: busy }).workload).toBe('Absent');
    const was = factsOf({});
    expect(factsOf({ found: busy }, { facts: was }).workload).toBe('Down');
  });

  it('the times in facts change only when the fact they belong to changes', () => {
    const first = factsOf({});
    const later = factsOf({ now: NOW + 60_000 }, { facts: first });
    expect(later).toEqual(first);
    const down = factsOf({ now: NOW + 60_000, found: { ...running, healthy: false } }, { facts: first });
    expect(down).toMatchObject({ orderSince: first.orderSince, workloadSince: '2026-11-21T10:01:00Z' });
  });

  it('the last known state of an order is kept while the order is not needed', () => {
    expect(factsOf({ order: { kind: 'NotNeeded' } }, { facts: factsOf({}) }).order).toBe('Realisable');
    expect(factsOf({ order: { kind: 'NotNeeded' } }).order).toBe('Undecided');
  });

  it('an order that is impossible always has a code to decline it with', () => {
    const impossible = { kind: 'Impossible', reason: 'DescriptorSchema', message: 'x' } as const;
    const found = { kind: 'Absent' } as const;
    expect(factsOf({ order: impossible, found, hindrance: 'DescriptorSchema' }).reasonCode).toBeGreaterThan(10_000);
    expect(factsOf({ order: impossible, found, hindrance: 'NotOurs' }).reasonCode).toBeGreaterThanOrEqual(10_000);
    expect(factsOf({}).reasonCode).toBeUndefined();
  });
});
