import { u8aToHex } from '@polkadot/util';
import { decodeAddress } from '@polkadot/util-crypto';

/**
 * The public keys of the accounts a Provider lists, in hex, without duplicates. The address of an account differs
 * between chains, so only its key can be compared. Entries that are not accounts are left out: the status of the
 * Provider names them.
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
