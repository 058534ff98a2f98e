import { decodeAddress } from '@polkadot/util-crypto';
import type { Offer } from '../../api/offer.ts';
import type { Provider } from '../../api/provider.ts';
import type { Desired, WantedRegistration } from '../../award/source.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import type { ServesType } from '../ports.ts';
import { wantedOffers } from './offer-verdicts.ts';

/**
 * The provider as its source should have it. Pure. A Provider that is being deleted takes no new awards and sells
 * nothing. Undefined if it is being deleted and was never registered: then it is not registered any more.
 */
export function wantedRegistration(
  { metadata, spec }: Provider,
  desired: Desired,
  sold: ReadonlyMap<string, Offer>,
  servesType: ServesType,
): WantedRegistration | undefined {
  const isLeaving = metadata.deletionTimestamp !== undefined;
  if (isLeaving && desired.provider === undefined) return undefined;
  return {
    metadata: spec.metadata === undefined ? '' : JSON.stringify(spec.metadata),
    policy: spec.consumerPolicy.mode,
    consumers: spec.consumerPolicy.consumers,
    paused: spec.paused || isLeaving,
    offers: isLeaving ? [] : wantedOffers(sold, desired, servesType),
  };
}

/** The problem with the first entry of a Provider's consumers that is not an account; undefined if all are accounts. */
export function consumerProblem(consumers: readonly string[]): RetryableError | undefined {
  const index = consumers.findIndex((consumer) => !isAccount(consumer));
  if (index < 0) return undefined;
  const path = `spec.consumerPolicy.consumers[${index}]`;
  return new RetryableError('ConsumerInvalid', {
    message: `${path} is "${consumers[index]}", which is not an account: check it for a typing error`,
  });
}

function isAccount(address: string): boolean {
  try {
    return decodeAddress(address).length === 32;
  } catch {
    return false;
  }
}
