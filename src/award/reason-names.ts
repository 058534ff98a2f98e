import { reasonOfChainCode } from '../errors/catalogue.ts';

/** The codes the chain itself sets (chain/pallets/subscription/src/reason.rs). */
export const chainReasons: ReadonlyMap<number, string> = new Map([
  [1, 'Cancelled'],
  [20_001, 'AcceptDeadlineMissed'],
  [20_002, 'ReadyDeadlineMissed'],
  [20_003, 'OutOfFunds'],
  [20_004, 'ProviderLost'],
  [20_005, 'DegradedTooLong'],
  [20_006, 'NoProvider'],
]);

/** The name of a reason code: ours, the chain's, or the name of its range when another provider chose it. */
export function reasonName(code: number): string {
  const name = chainReasons.get(code) ?? reasonOfChainCode(code);
  if (name !== undefined) return name;
  if (code < 10_000) return 'ConsumerReason';
  return code < 20_000 ? 'ProviderReason' : 'NetworkReason';
}
