import { describe, expect, it } from 'vitest';
import { deploymentFor } from '../../../test/support/deployment-for.ts';
import { FakeReactor, ORDER } from '../../../test/support/reconciler-bench.ts';
import type { Offer } from '../../api/offer.ts';
import { Store } from '../../kube/cache/store.ts';
import { ReactorRegistry } from '../reactor/reactor-registry.ts';
import { RegisteredReactors } from './choose-reactor.ts';

function offer(name: string, created: string, reactor: string, more: Partial<Offer['metadata']> = {}): Offer {
  return {
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'Offer',
    metadata: {
      name,
      namespace: 'acme',
      uid: name,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: created,
      ...more,
    },
    spec: {
      providerRef: { name: 'p' },
      descriptorType: 'vm/v1',
      reactorRef: { name: reactor },
      pricePerBlock: '1',
      capacity: 1,
    },
    status: { observedGeneration: 1 },
  };
}

function reactorsOf(...offers: readonly Offer[]): RegisteredReactors {
  const store = new Store<Offer>();
  for (const one of offers) store.put(one);
  return new RegisteredReactors(store, new ReactorRegistry());
}

const deployment = deploymentFor(ORDER);
const awarded = { ...deployment, spec: { ...deployment.spec, state: 'Awarded' as const } };

describe('the reactor of an Offer', () => {
  it('of two Offers of one type the older one counts, because it is the one that is sold', () => {
    const reactors = reactorsOf(
      offer('alpha', '2026-02-01T00:00:00Z', 'made-later'),
      offer('zeta', '2026-01-01T00:00:00Z', 'made-first'),
    );
    expect(reactors.offered(deployment)).toBe('made-first');
  });

  it('an Offer that is being deleted, or of another provider, does not count', () => {
    const leaving = offer('a', '2026-01-01T00:00:00Z', 'one', { deletionTimestamp: '2026-01-02T00:00:00Z' });
    const strange = offer('b', '2026-01-01T00:00:00Z', 'two');
    const reactors = reactorsOf(leaving, { ...strange, spec: { ...strange.spec, providerRef: { name: 'other' } } });
    expect(() => reactors.offered(awarded)).toThrow(
      expect.objectContaining({ code: 'DescriptorTypeNotOffered', family: 'terminal' }),
    );
  });

  it('an Offer that is missing once the award was accepted is a mistake of the provider, not of the consumer', () => {
    expect(() => reactorsOf().offered(deployment)).toThrow(
      expect.objectContaining({ code: 'OfferMissing', family: 'retryable' }),
    );
  });

  it('the reactors of a namespace are listed by their names', () => {
    const registry = new ReactorRegistry();
    registry.set('acme/cloud', new FakeReactor());
    registry.set('other/cluster', new FakeReactor());
    expect(new RegisteredReactors(new Store<Offer>(), registry).namesIn('acme')).toEqual(['cloud']);
  });
});
