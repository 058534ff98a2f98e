import type { ApiPromise } from '@polkadot/api';
import type { DispatchError, Event } from '@polkadot/types/interfaces';
import type { SpRuntimeDispatchError } from '@polkadot/types/lookup';

/** The outcome of one call in a finalised block. */
export type CallOutcome =
  | { readonly kind: 'Applied' }
  /** `error` is the pallet's name for it, e.g. `subscription.WrongState`. */
  | { readonly kind: 'Failed'; readonly error: string };

/** The outcome of each call of a transaction, by its place in it. */
export type OutcomeOf = (place: number) => CallOutcome;

/** The outcomes of a transaction's calls, derived from its events in a block. */
export function outcomesOf(api: ApiPromise, events: readonly { readonly event: Event }[]): OutcomeOf {
  const failed = events.find(({ event }) => event.section === 'system' && event.method === 'ExtrinsicFailed');
  if (failed !== undefined) {
    const error = dispatchErrorName(api, failed.event.data[0] as unknown as DispatchError);
    return () => ({ kind: 'Failed', error });
  }
  // A batch emits an event for each of its items in order: utility.ItemCompleted, or utility.ItemFailed with the error.
  const items = events.filter(({ event }) => event.section === 'utility' && event.method.startsWith('Item'));
  return (place) => {
    const item = items[place]?.event;
    if (item?.method !== 'ItemFailed') return { kind: 'Applied' };
    return { kind: 'Failed', error: dispatchErrorName(api, item.data[0] as unknown as DispatchError) };
  };
}

/**
 * The pallet's name for an error, e.g. `subscription.WrongState`; otherwise the runtime's, e.g. `Token.FundsUnavailable`
 * or `BadOrigin`.
 */
export function dispatchErrorName(api: ApiPromise, error: DispatchError | SpRuntimeDispatchError): string {
  if (error.isToken) return `Token.${error.asToken.type}`;
  if (error.isArithmetic) return `Arithmetic.${error.asArithmetic.type}`;
  if (!error.isModule) return error.type;
  const { section, name } = api.registry.findMetaError(error.asModule);
  return `${section}.${name}`;
}
