import { u8aToHex } from '@polkadot/util';
import { decodeAddress } from '@polkadot/util-crypto';

/**
 * The public keys of the accounts a Provider lists, hex, each once. The same account is written differently for each
 * chain, so only its key can be compared. What is no account is left out: the status of the Provider names it.
 */
export function accountsOf(consumers: readonly string[]): readonly string[] {
  return [...new Set(consumers.flatMap((consumer) => keyOf(consumer) ?? []))];
}

function keyOf(consumer: string): string | undefined {
  try {
    const key = decodeAddress(consumer);
    return key.length === 32 ? u8aToHex(key) : undefined;
  } catch {
    return undefined;
  }
}
