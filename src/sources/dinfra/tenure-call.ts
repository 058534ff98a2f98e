import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';

/** A call of pallet-subscription by which a provider tells the chain of one of its tenures, as plain data. */
export type TenureCall = { readonly subscription: bigint; readonly tenure: number } & (
  | { readonly call: 'accept' | 'ready' | 'recovered' | 'released' }
  /** `reason` from 10000 to 19999. */
  | { readonly call: 'decline' | 'degraded'; readonly reason: number }
  /** `hash` of the descriptor that was asked for. */
  | { readonly call: 'declineUpdate'; readonly hash: string; readonly reason: number }
  | { readonly call: 'acceptUpdate'; readonly hash: string }
);

/** The extrinsic of a call. */
export function buildTenureCall({ tx }: ApiPromise, call: TenureCall): SubmittableExtrinsic<'promise'> {
  const { subscription, tenure } = call;
  switch (call.call) {
    case 'ready':
      return tx.subscription.ready(subscription, tenure, null);
    case 'accept':
    case 'recovered':
    case 'released':
      return tx.subscription[call.call](subscription, tenure);
    case 'decline':
    case 'degraded':
      return tx.subscription[call.call](subscription, tenure, call.reason);
    case 'acceptUpdate':
      return tx.subscription.acceptUpdate(subscription, tenure, call.hash);
    case 'declineUpdate':
      return tx.subscription.declineUpdate(subscription, tenure, call.hash, call.reason);
  }
}
