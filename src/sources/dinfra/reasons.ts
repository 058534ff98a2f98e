import type { FamiliesOf, Reasons } from '../../errors/catalogue.ts';

/** Reasons of our pallets. */
export const dinfraReasons = {
  ChainPalletMissing: {
    family: 'retryable',
    summary: 'The runtime of the chain does not have a pallet that the operator needs, or has it under another name.',
    remedy: 'Set spec.chain.pallets of the Provider to the names of this runtime, or point it at another chain.',
  },
  AwardUndecodable: {
    family: 'retryable',
    summary: 'An award on chain could not be decoded; what runs for it is left as it is.',
    remedy: 'Upgrade the operator: the chain may have been upgraded since.',
  },
} as const satisfies Reasons;

declare module '../../errors/catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof dinfraReasons> {}
}
