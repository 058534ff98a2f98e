import { decodeAddress } from '@polkadot/util-crypto';
import { RetryableError } from '../../errors/dinfra-error.ts';

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
