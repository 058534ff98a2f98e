import { decodeAddress } from '@polkadot/util-crypto';
import { RetryableError } from '../../errors/dinfra-error.ts';

/** What is wrong with the first of a Provider's consumers that is no account, undefined when all of them are some. */
export function consumerProblem(consumers: readonly string[]): RetryableError | undefined {
  const index = consumers.findIndex((consumer) => !isAccount(consumer));
  if (index < 0) return undefined;
  const path = `spec.consumerPolicy.consumers[${index}]`;
  return new RetryableError('ConsumerInvalid', {
    message: `${path} is "${consumers[index]}", which is no account: look for a typing error`,
  });
}

function isAccount(address: string): boolean {
  try {
    return decodeAddress(address).length === 32;
  } catch {
    return false;
  }
}
