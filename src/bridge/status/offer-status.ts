import { conditionsAfter, type Statement } from '../../api/conditions.ts';
import type { Offer, OfferStatus } from '../../api/offer.ts';
import type { Reason } from '../../errors/catalogue.ts';
import type { OnChainOffer } from '../../sources/dinfra/model.ts';

/** What is known of an Offer. */
export interface OfferFacts {
  readonly onChain: OnChainOffer | undefined;
  /** False when the chain has no such descriptor type. */
  readonly typeOnChain: boolean;
  /** Why the type's schema cannot be used, if so. */
  readonly typeProblem: { readonly reason: Reason; readonly message: string } | undefined;
  /** Name of the older Offer of the same type, if there is one. */
  readonly duplicateOf: string | undefined;
  /** The chain's name for why it refused the last call about it. */
  readonly refusal: string | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** The status of an Offer whose Provider is known to the chain. Pure. */
export function offerStatus({ metadata, spec, status }: Offer, facts: OfferFacts): OfferStatus {
  const { ready, reason, message } = readiness(spec, facts);
  const statement = { status: ready, reason, message };
  const busy = ready !== 'True';
  const statements: Statement[] = [
    { type: 'Ready', ...statement },
    { type: 'Reconciling', ...statement, status: busy ? 'True' : undefined },
  ];
  const { onChain } = facts;
  return {
    observedGeneration: metadata.generation,
    conditions: conditionsAfter(status.conditions, statements, metadata.generation, facts.now),
    ...(onChain && {
      onChain: { pricePerBlock: `${onChain.price}`, capacity: onChain.capacity, used: onChain.used },
    }),
  };
}

function readiness(
  { descriptorType, capacity, pricePerBlock }: Offer['spec'],
  { onChain, typeOnChain, typeProblem, duplicateOf, refusal }: OfferFacts,
): { ready: 'True' | 'False'; reason: Reason; message: string } {
  if (duplicateOf !== undefined) {
    return {
      ready: 'False',
      reason: 'OfferDuplicate',
      message: `Offer ${duplicateOf} already sells ${descriptorType}.`,
    };
  }
  if (!typeOnChain) {
    return {
      ready: 'False',
      reason: 'DescriptorTypeNotOnChain',
      message: `spec.descriptorType is "${descriptorType}"; the chain has no descriptor type of that name.`,
    };
  }
  if (refusal !== undefined) {
    return { ready: 'False', reason: 'CallRefused', message: `The chain refused the offer: ${refusal}.` };
  }
  if (capacity === 0) {
    const gone = onChain === undefined || onChain.withdrawn;
    return gone
      ? { ready: 'False', reason: 'Withdrawn', message: 'spec.capacity is 0: the offer is withdrawn from the chain.' }
      : { ready: 'False', reason: 'Registering', message: 'spec.capacity is 0: withdrawing the offer.' };
  }
  const same =
    onChain !== undefined &&
    !onChain.withdrawn &&
    onChain.capacity === capacity &&
    `${onChain.price}` === pricePerBlock;
  if (!same) return { ready: 'False', reason: 'Registering', message: 'Telling the chain of the offer.' };
  if (typeProblem !== undefined) return { ready: 'False', ...typeProblem };
  return { ready: 'True', reason: 'Registered', message: `On chain: ${onChain.used} of ${capacity} in use.` };
}
