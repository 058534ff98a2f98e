import type { Deployment } from '../../api/deployment.ts';
import type { Offer } from '../../api/offer.ts';
import { RetryableError, TerminalError } from '../../errors/dinfra-error.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import type { Reactor } from '../../providers/port.ts';
import type { ReactorRegistry } from '../reactor/reactor-registry.ts';

/** A reactor, under the name of its resource. */
export interface BoundReactor {
  readonly name: string;
  readonly reactor: Reactor;
}

/** Finds the reactor of a Deployment. */
export interface ReactorSource {
  /**
   * The reactor that realised the tenure, or the one its Offer names.
   *
   * @throws TerminalError DescriptorTypeNotOffered when there is no Offer for its type.
   * @throws RetryableError ReactorMissing, or why the reactor cannot be used at present.
   */
  reactorFor(deployment: Deployment): BoundReactor;

  /**
   * Every reactor of a namespace.
   *
   * @throws RetryableError why one of them cannot be used at present.
   */
  reactorsIn(namespace: string): readonly BoundReactor[];
}

/** Finds reactors through Offers. */
export class OfferedReactors implements ReactorSource {
  private readonly offers: StoreView<Offer>;
  private readonly registry: ReactorRegistry;

  constructor(offers: StoreView<Offer>, registry: ReactorRegistry) {
    this.offers = offers;
    this.registry = registry;
  }

  reactorFor(deployment: Deployment): BoundReactor {
    const namespace = deployment.metadata.namespace ?? '';
    // A tenure stays with the reactor it was made by, whatever the Offer says by now.
    const name =
      deployment.spec.reactorRef?.name ??
      deployment.status.realisation?.reactor?.name ??
      this.offeredReactor(deployment, namespace);
    return { name, reactor: this.registry.get(`${namespace}/${name}`) };
  }

  reactorsIn(namespace: string): readonly BoundReactor[] {
    return this.registry.keysIn(namespace).map((key) => ({
      name: key.slice(namespace.length + 1),
      reactor: this.registry.get(key),
    }));
  }

  private offeredReactor({ spec }: Deployment, namespace: string): string {
    const offer = this.offers
      .list()
      .find(
        ({ metadata, spec: offered }) =>
          metadata.namespace === namespace &&
          offered.providerRef.name === spec.providerRef.name &&
          offered.descriptorType === spec.descriptorType,
      );
    if (offer !== undefined) return offer.spec.reactorRef.name;
    const message = `provider ${spec.providerRef.name} has no Offer of type ${spec.descriptorType} in namespace ${namespace}`;
    // Once accepted it was offered: a missing Offer is then a mistake of the provider's, not of the consumer's.
    if (spec.state !== 'Awarded') throw new RetryableError('OfferMissing', { message });
    throw new TerminalError('DescriptorTypeNotOffered', { message, path: '/descriptorType' });
  }
}
