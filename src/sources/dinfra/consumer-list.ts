import { u8aToHex } from '@polkadot/util';
import { decodeAddress } from '@polkadot/util-crypto';
import { RetryableError } from '../../errors/dinfra-error.ts';

/**
 * The public keys of the accounts a Provider lists, hex, each once. The same account is written differently for each
 * chain, so only its key can be compared. What is no account is left out: see `consumerProblem`.
 */
export function accountsOf(consumers: readonly string[]): readonly string[] {
  return [...new Set(consumers.flatMap((consumer) => keyOf(consumer) ?? []))];
}

/** What is wrong with the first of the consumers that is no account, undefined when all of them are some. */
export function consumerProblem(consumers: readonly string[]): RetryableError | undefined {
  const index = consumers.findIndex((consumer) => keyOf(consumer) === undefined);
  if (index < 0) return undefined;
  const path = `spec.consumerPolicy.consumers[${index}]`;
  return new RetryableError('ConsumerInvalid', {
    message: `${path} is "${consumers[index]}", which is no account: look for a typing error`,
  });
}

function keyOf(consumer: string): string | undefined {
  try {
    const key = decodeAddress(consumer);
    return key.length === 32 ? u8aToHex(key) : undefined;
  } catch {
    return undefined;
  }
}
