import type { Deployment } from '../../src/api/deployment.ts';
import type { Order } from '../../src/providers/port.ts';

/** The Deployment for an order, as the bridge would mirror it. */
export function deploymentFor({ identity, consumer, accessKey, type }: Order, namespace = 'acme'): Deployment {
  const { genesis, subscription, tenure } = identity.tenure;
  return {
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'Deployment',
    metadata: {
      name: identity.name,
      namespace,
      uid: identity.name,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-11-21T09:00:00Z',
    },
    spec: {
      genesisHash: genesis,
      subscription: String(subscription),
      tenure,
      subscriptionRef: { name: 's' },
      providerRef: { name: 'p' },
      consumer,
      accessKey,
      descriptorType: type,
      descriptor: { hash: accessKey, length: 1, source: 'Preimage' },
      state: 'Active',
    },
    status: { observedGeneration: 1 },
  };
}
