import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
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

/** The extrinsic of a call. */
export function buildProviderCall({ tx }: ApiPromise, call: ProviderCall): SubmittableExtrinsic<'promise'> {
  switch (call.call) {
    case 'registerProvider':
      return tx.provider.registerProvider(call.operator, call.accessKey, call.metadata, call.policy);
    case 'updateProvider':
      return tx.provider.updateProvider(null, call.accessKey ?? null, call.metadata ?? null);
    case 'setPolicy':
      return tx.provider.setPolicy(call.policy);
    case 'setConsumerRules':
      return tx.provider.setConsumerRules(
        call.rules.map(([consumer, rule]): [string, 'Allow' | 'Deny' | null] => [consumer, rule ?? null]),
      );
    case 'pause':
      return tx.provider.pause();
    case 'resume':
      return tx.provider.resume();
    case 'setOffer':
      return tx.provider.setOffer(call.type, call.price, call.capacity, call.strategies);
    case 'removeOffer':
      return tx.provider.removeOffer(call.type);
    case 'heartbeat':
      return tx.provider.heartbeat();
  }
}
