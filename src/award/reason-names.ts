import { catalogue } from '../errors/catalogue.ts';

/** The codes the chain itself gives (chain/pallets/subscription/src/reason.rs). */
export const chainReasons: ReadonlyMap<number, string> = new Map([
  [1, 'Cancelled'],
  [20_001, 'AcceptDeadlineMissed'],
  [20_002, 'ReadyDeadlineMissed'],
  [20_003, 'OutOfFunds'],
  [20_004, 'ProviderLost'],
  [20_005, 'DegradedTooLong'],
  [20_006, 'NoProvider'],
]);

const PROVIDER_REASONS: ReadonlyMap<number, string> = new Map(
  Object.entries(catalogue).flatMap(([name, entry]) =>
    'chainCode' in entry ? [[entry.chainCode, name] as const] : [],
  ),
);

/** The name of a reason code: ours, the chain's, or whose range it is in when another provider chose it. */
export function reasonName(code: number): string {
  const name = chainReasons.get(code) ?? PROVIDER_REASONS.get(code);
  if (name !== undefined) return name;
  if (code < 10_000) return 'ConsumerReason';
  return code < 20_000 ? 'ProviderReason' : 'NetworkReason';
}
