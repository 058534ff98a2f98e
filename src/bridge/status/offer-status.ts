import { conditionsAfter } from '../../api/conditions.ts';
import type { Offer, OfferStatus } from '../../api/offer.ts';
import type { RegisteredOffer } from '../../award/source.ts';
import type { Problem } from '../failures.ts';
import { handledRequest, notReady, type Readiness, readyStatements } from './readiness.ts';

/** What is known of an Offer whose Provider is served. */
export interface OfferFacts {
  readonly onChain: RegisteredOffer | undefined;
  /** What in the cluster prevents it from being sold. */
  readonly hindrance: Problem | undefined;
  /** False until it is known whether its Reactor realises the type. */
  readonly reactorKnown: boolean;
  /** False if the chain has no such descriptor type. */
  readonly typeOnChain: boolean;
  /** Why the schema of the type cannot be used, if it cannot. */
  readonly typeProblem: Problem | undefined;
  /** The source's name of the error, if it refused the last submission about the offer. */
  readonly refusal: string | undefined;
  /** True while its Provider is being deleted. */
  readonly leaving: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/** The status of an Offer whose Provider is served. Pure. */
export function offerStatus(offer: Offer, facts: OfferFacts): OfferStatus {
  const { onChain } = facts;
  return {
    ...statusWith(offer, readiness(offer.spec, facts), facts.now),
    ...(onChain && {
      onChain: { pricePerBlock: `${onChain.price}`, capacity: onChain.capacity, used: onChain.used },
    }),
  };
}

/** The status of an Offer that no session serves, and why. The last known state on chain is kept. Pure. */
export function unservedOfferStatus(offer: Offer, problem: Problem, now: number): OfferStatus {
  const { onChain } = offer.status;
  return { ...statusWith(offer, notReady(problem), now), ...(onChain && { onChain }) };
}

function statusWith({ metadata, status }: Offer, ready: Readiness, now: number): OfferStatus {
  return {
    observedGeneration: metadata.generation,
    conditions: conditionsAfter(status.conditions, readyStatements(ready), metadata.generation, now),
    ...handledRequest(metadata),
  };
}

function readiness(spec: Offer['spec'], facts: OfferFacts): Readiness {
  const { descriptorType, capacity, pricePerBlock, reactorRef } = spec;
  const { onChain } = facts;
  const no = (reason: Problem['reason'], message: string) => notReady({ reason, message });
  const isGone = onChain === undefined || onChain.withdrawn;
  if (facts.hindrance !== undefined) return notReady(facts.hindrance);
  if (!facts.typeOnChain) {
    return no(
      'DescriptorTypeNotOnChain',
      `spec.descriptorType is "${descriptorType}"; the chain has no descriptor type of that name.`,
    );
  }
  if (facts.leaving) {
    return isGone
      ? no('Withdrawn', 'The Provider is being deleted: the offer is withdrawn from the chain.')
      : no('Registering', 'The Provider is being deleted: withdrawing the offer.');
  }
  if (facts.refusal !== undefined) return no('CallRefused', `The chain refused the offer: ${facts.refusal}.`);
  if (capacity === 0) {
    return isGone
      ? no('Withdrawn', 'spec.capacity is 0: the offer is withdrawn from the chain.')
      : no('Registering', 'spec.capacity is 0: withdrawing the offer.');
  }
  if (isGone && !facts.reactorKnown) {
    return no('Registering', `Waiting to know whether Reactor ${reactorRef.name} realises ${descriptorType}.`);
  }
  const isSame =
    onChain !== undefined &&
    !onChain.withdrawn &&
    onChain.capacity === capacity &&
    `${onChain.price}` === pricePerBlock;
  if (!isSame) return no('Registering', 'Registering the offer on chain.');
  if (facts.typeProblem !== undefined) return notReady(facts.typeProblem);
  return { status: 'True', reason: 'Registered', message: `On chain: ${onChain.used} of ${capacity} in use.` };
}
