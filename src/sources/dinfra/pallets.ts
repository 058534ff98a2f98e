import type { ApiPromise } from '@polkadot/api';
import type { ApiDecoration } from '@polkadot/api/types';
import { stringCamelCase } from '@polkadot/util';
import { RetryableError } from '../../errors/dinfra-error.ts';

/** Names of the pallets in a runtime, as in its metadata or in camelCase. */
export interface PalletNames {
  /** The name of pallet-dinfra-provider. */
  readonly provider: string;
  /** The name of pallet-dinfra-subscription. */
  readonly subscription: string;
}

export const defaultPallets: PalletNames = { provider: 'Provider', subscription: 'Subscription' };

/** A runtime at a block, or at the head. */
type At = Pick<ApiDecoration<'promise'>, 'call' | 'consts' | 'events' | 'query'>;

/** The two pallets of a runtime for reading at a block, whatever their names. */
export interface PalletsAt {
  readonly provider: At['query']['provider'];
  readonly subscription: At['query']['subscription'];
  readonly constants: {
    readonly provider: At['consts']['provider'];
    readonly subscription: At['consts']['subscription'];
  };
  readonly events: { readonly subscription: At['events']['subscription'] };
  /** The names in storage, constants, calls and events of the API. */
  readonly sections: PalletNames;
}

/**
 * Finds the pallets in the metadata.
 *
 * @throws RetryableError ChainPalletMissing, with the names of the existing pallets.
 */
export function palletsAt(at: At, names: PalletNames): PalletsAt {
  const sections = sectionsOf(names);
  const provider = at.query[sections.provider] as At['query']['provider'] | undefined;
  const subscription = at.query[sections.subscription] as At['query']['subscription'] | undefined;
  if (provider?.providerOf === undefined)
    throw missing(names.provider, 'pallet-dinfra-provider', Object.keys(at.query));
  if (subscription?.tenures === undefined || at.call.subscriptionApi === undefined) {
    throw missing(names.subscription, 'pallet-dinfra-subscription', Object.keys(at.query));
  }
  const constants = {
    provider: at.consts[sections.provider] as At['consts']['provider'],
    subscription: at.consts[sections.subscription] as At['consts']['subscription'],
  };
  const events = { subscription: at.events[sections.subscription] as At['events']['subscription'] };
  return { provider, subscription, constants, events, sections };
}

/** The calls of the two pallets. */
export function palletCalls(api: ApiPromise, names: PalletNames) {
  const { provider, subscription } = sectionsOf(names);
  return {
    provider: api.tx[provider] as ApiPromise['tx']['provider'],
    subscription: api.tx[subscription] as ApiPromise['tx']['subscription'],
  };
}

/** The names in storage, constants, calls, events and errors of the API. */
export function sectionsOf({ provider, subscription }: PalletNames): PalletNames {
  return { provider: stringCamelCase(provider), subscription: stringCamelCase(subscription) };
}

function missing(name: string, pallet: string, there: readonly string[]): RetryableError {
  return new RetryableError('ChainPalletMissing', {
    message: `the runtime has no ${pallet} under the name "${name}"; its pallets are ${there.join(', ')}`,
  });
}
