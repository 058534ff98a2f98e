import type { Offer } from '../../api/offer.ts';
import type { Desired, WantedRegistration } from '../../award/source.ts';
import type { Problem } from '../failures.ts';
import type { ServesType } from '../ports.ts';

/** The Offers a provider sells, by descriptor type: of two Offers of one type the older one, ties broken by name. */
export function offersToSell(offers: readonly Offer[]): ReadonlyMap<string, Offer> {
  const sold = new Map<string, Offer>();
  for (const offer of offers) {
    if (offer.metadata.deletionTimestamp !== undefined) continue;
    const before = sold.get(offer.spec.descriptorType);
    if (before === undefined || isOlder(offer, before)) sold.set(offer.spec.descriptorType, offer);
  }
  return sold;
}

/** What in the cluster prevents an Offer from being sold; undefined if nothing does. */
export function hindranceOf(
  { metadata, spec }: Offer,
  sold: ReadonlyMap<string, Offer>,
  servesType: ServesType,
): Problem | undefined {
  const seller = sold.get(spec.descriptorType);
  if (seller !== undefined && seller.metadata.name !== metadata.name) {
    const message = `Offer ${seller.metadata.name} already sells ${spec.descriptorType}.`;
    return { reason: 'OfferDuplicate', message };
  }
  const reactor = spec.reactorRef.name;
  switch (servesType(`${metadata.namespace}/${reactor}`, spec.descriptorType)) {
    case 'Missing':
      return {
        reason: 'ReactorMissing',
        message: `spec.reactorRef names Reactor ${reactor}; there is none in namespace ${metadata.namespace}.`,
      };
    case 'No':
      return {
        reason: 'ReactorTypeUnsupported',
        message: `spec.reactorRef names Reactor ${reactor}, which does not realise ${spec.descriptorType}.`,
      };
    case 'Yes':
    case 'Unknown':
      return undefined;
  }
}

/**
 * The Offers as the source should have them, without those that the source would refuse or no reactor could realise.
 */
export function wantedOffers(
  sold: ReadonlyMap<string, Offer>,
  { types, provider }: Pick<Desired, 'types' | 'provider'>,
  servesType: ServesType,
): WantedRegistration['offers'] {
  return [...sold.values()]
    .filter((offer) => {
      const { descriptorType, capacity, reactorRef } = offer.spec;
      if (!types.has(descriptorType) || capacity === 0) return false;
      const serves = servesType(`${offer.metadata.namespace}/${reactorRef.name}`, descriptorType);
      // A Reactor that was not reached yet neither withdraws an offer from the chain nor adds one.
      return serves === 'Yes' || (serves === 'Unknown' && provider?.offers.get(descriptorType)?.withdrawn === false);
    })
    .map(({ spec }) => ({
      type: spec.descriptorType,
      price: BigInt(spec.pricePerBlock),
      capacity: spec.capacity,
    }));
}

function isOlder(one: Offer, other: Offer): boolean {
  const [a, b] = [one.metadata, other.metadata];
  if (a.creationTimestamp !== b.creationTimestamp) return a.creationTimestamp < b.creationTimestamp;
  return a.name < b.name;
}
