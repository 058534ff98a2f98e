import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import { reasonName } from '../../award/reason-names.ts';
import type { TenureReport } from '../../award/report.ts';
import type { Submission } from '../../award/source.ts';
import type { OnChainProvider } from './model.ts';
import { type PalletNames, palletCalls } from './pallets.ts';

/** A call of pallet-dinfra-provider, as plain data. */
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
  /** Undefined removes a rule. */
  | { readonly call: 'setConsumerRules'; readonly rules: readonly (readonly [string, 'Allow' | 'Deny' | undefined])[] }
  | { readonly call: 'pause' }
  | { readonly call: 'resume' }
  | {
      readonly call: 'setOffer';
      readonly type: string;
      readonly price: bigint;
      readonly capacity: number;
      /** Bits of the strategies by which it may be awarded. */
      readonly strategies: number;
    }
  | { readonly call: 'removeOffer'; readonly type: string }
  | { readonly call: 'heartbeat' };

/** A submission, and its encoding for a runtime. */
export interface SourceCall extends Submission {
  build(api: ApiPromise): SubmittableExtrinsic<'promise'>;
}

/** A part of the registration, or the heartbeat, as a submission. */
export function registrationCall(call: ProviderCall, names: PalletNames): SourceCall {
  const aboutOffer = call.call === 'setOffer' || call.call === 'removeOffer';
  return {
    key: JSON.stringify(call, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
    name: call.call,
    text: call.call,
    about: aboutOffer ? `offer ${call.type}` : call.call === 'heartbeat' ? 'heartbeat' : 'provider',
    tenure: undefined,
    build: (api) => buildProviderCall(api, call, names),
  };
}

/** A report of a tenure as a submission. */
export function reportCall(report: TenureReport, names: PalletNames): SourceCall {
  const { genesis, subscription, tenure } = report;
  return {
    key: `${report.report} ${subscription}/${tenure}`,
    name: report.report,
    text: 'reason' in report ? `${report.report} with ${reasonName(report.reason)}` : report.report,
    about: 'tenure',
    tenure: { genesis, subscription, tenure },
    build: (api) => buildReport(api, report, names),
  };
}

function buildProviderCall(api: ApiPromise, call: ProviderCall, names: PalletNames): SubmittableExtrinsic<'promise'> {
  const { provider } = palletCalls(api, names);
  switch (call.call) {
    case 'registerProvider':
      return provider.registerProvider(call.operator, call.accessKey, call.metadata, call.policy);
    case 'updateProvider':
      return provider.updateProvider(null, call.accessKey ?? null, call.metadata ?? null);
    case 'setPolicy':
      return provider.setPolicy(call.policy);
    case 'setConsumerRules':
      return provider.setConsumerRules(
        call.rules.map(([consumer, rule]): [string, 'Allow' | 'Deny' | null] => [consumer, rule ?? null]),
      );
    case 'pause':
      return provider.pause();
    case 'resume':
      return provider.resume();
    case 'setOffer':
      return provider.setOffer(call.type, call.price, call.capacity, call.strategies);
    case 'removeOffer':
      return provider.removeOffer(call.type);
    case 'heartbeat':
      return provider.heartbeat();
  }
}

function buildReport(api: ApiPromise, report: TenureReport, names: PalletNames): SubmittableExtrinsic<'promise'> {
  const calls = palletCalls(api, names).subscription;
  const { subscription, tenure } = report;
  switch (report.report) {
    case 'ready':
      return calls.ready(subscription, tenure, null);
    case 'accept':
    case 'recovered':
    case 'released':
      return calls[report.report](subscription, tenure);
    case 'decline':
    case 'degraded':
      return calls[report.report](subscription, tenure, report.reason);
    case 'acceptUpdate':
      return calls.acceptUpdate(subscription, tenure, report.hash);
    case 'declineUpdate':
      return calls.declineUpdate(subscription, tenure, report.hash, report.reason);
  }
}
