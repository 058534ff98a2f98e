import type { OnChainProvider } from './model.ts';

/** A call of pallet-provider, as plain data. */
export type ProviderCall =
  | {
      readonly call: 'registerProvider';
      /** SS58 address of the hot account. */
      readonly operator: string;
      readonly accessKey: string;
      readonly metadata: string;
      readonly policy: OnChainProvider['policy'];
    }
  | { readonly call: 'updateProvider'; readonly accessKey: string | undefined; readonly metadata: string | undefined }
  | { readonly call: 'setPolicy'; readonly policy: OnChainProvider['policy'] }
  /** Undefined takes a rule back. */
  | { readonly call: 'setConsumerRules'; readonly rules: readonly (readonly [string, 'Allow' | 'Deny' | undefined])[] }
  | { readonly call: 'pause' }
  | { readonly call: 'resume' }
  | {
      readonly call: 'setOffer';
      readonly type: string;
      readonly price: bigint;
      readonly capacity: number;
      /** Bits of the strategies it may be awarded by. */
      readonly strategies: number;
    }
  | { readonly call: 'removeOffer'; readonly type: string }
  | { readonly call: 'heartbeat' };
