import type { ApiPromise } from '@polkadot/api';
import type { DispatchError } from '@polkadot/types/interfaces';
import type { SpRuntimeDispatchError } from '@polkadot/types/lookup';
import type { ISubmittableResult } from '@polkadot/types/types';

/** What became of one call in a finalised block. */
export type CallOutcome =
  | { readonly kind: 'Applied' }
  /** `error` is the pallet's name for it, e.g. `subscription.WrongState`. */
  | { readonly kind: 'Failed'; readonly error: string };

/** The outcome of each call of a transaction, by its key, in the order they were sent in. */
export function outcomesOf(
  api: ApiPromise,
  result: ISubmittableResult,
  keys: readonly string[],
): Map<string, CallOutcome> {
  if (result.dispatchError !== undefined) {
    const error = dispatchErrorName(api, result.dispatchError);
    return new Map(keys.map((key) => [key, { kind: 'Failed', error }]));
  }
  // A batch tells of its items in order: utility.ItemCompleted, or utility.ItemFailed with the error.
  const items = result.events.filter(({ event }) => event.section === 'utility' && event.method.startsWith('Item'));
  return new Map(
    keys.map((key, index): [string, CallOutcome] => {
      const item = items[index]?.event;
      if (item?.method !== 'ItemFailed') return [key, { kind: 'Applied' }];
      return [key, { kind: 'Failed', error: dispatchErrorName(api, item.data[0] as unknown as DispatchError) }];
    }),
  );
}

/**
 * The pallet's name for an error, e.g. `subscription.WrongState`; the runtime's own when it is of no pallet, e.g.
 * `Token.FundsUnavailable` or `BadOrigin`.
 */
export function dispatchErrorName(api: ApiPromise, error: DispatchError | SpRuntimeDispatchError): string {
  if (error.isToken) return `Token.${error.asToken.type}`;
  if (error.isArithmetic) return `Arithmetic.${error.asArithmetic.type}`;
  if (!error.isModule) return error.type;
  const { section, name } = api.registry.findMetaError(error.asModule);
  return `${section}.${name}`;
}
