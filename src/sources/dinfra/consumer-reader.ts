import type { ApiPromise } from '@polkadot/api';
import type { ApiDecoration } from '@polkadot/api/types';
import type { ContentRef } from '../../base/content-ref.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import { type PalletNames, palletsAt } from './pallets.ts';

/** A subscription as its consumer sees it, at one block. Amounts in the chain's smallest unit. */
export interface ConsumerSubscription {
  readonly id: bigint;
  readonly type: string;
  readonly state: 'Pending' | 'Awarded' | 'Accepted' | 'Active' | 'Degraded' | 'Suspended' | 'Ended';
  readonly consumer: string;
  /** Number of the last award; 0 before the first. */
  readonly tenure: number;
  readonly provider: number | undefined;
  readonly descriptorHash: string;
  /** Price of one block of the running tenure. */
  readonly price: bigint | undefined;
  readonly paidUntil: number | undefined;
  readonly deadline: number | undefined;
  /** Why it is Degraded or has ended: a reason code. */
  readonly reason: number | undefined;
  /** The tenures that failed before, oldest first: their providers are not chosen again. */
  readonly failed: readonly { readonly provider: number; readonly tenure: number; readonly reason: number }[];
  readonly cost:
    | {
        readonly spent: bigint;
        /** Earned by the provider and not paid yet. */
        readonly owed: bigint;
        /** The refund if it were cancelled now, without the deposit. */
        readonly refundable: bigint;
        readonly deposit: bigint;
        /** The number of active blocks that the funds still pay for. */
        readonly blocksLeft: number | undefined;
      }
    | undefined;
}

/** The terms of a consumer for the provider that is awarded. */
export interface Terms {
  readonly strategy: Strategy;
  /** Highest price of one block, in the chain's smallest unit. */
  readonly maxPrice: bigint;
  /** Number of blocks for which data is kept after the funds are used up. */
  readonly grace: number;
}

/** How the provider is chosen among the candidates. */
export type Strategy =
  | 'RoundRobin'
  | 'Random'
  | 'MostFree'
  | 'LowestPrice'
  | 'MostReputable'
  | { readonly Named: number };

/** A provider of a type, and why it cannot be awarded; undefined when it can. */
export interface Candidate {
  readonly provider: number;
  readonly price: bigint | undefined;
  readonly excluded: string | undefined;
}

/** A subscription; undefined if the chain has none with that id. */
export async function readSubscription(api: ApiPromise, id: bigint): Promise<ConsumerSubscription | undefined> {
  const at = await api.at(await api.rpc.chain.getFinalizedHead());
  return readAt(at, id);
}

/** The subscriptions of an account that were not ended and released, oldest first. */
export async function readSubscriptionsOf(
  api: ApiPromise,
  account: string,
  names: PalletNames,
): Promise<ConsumerSubscription[]> {
  const at = await api.at(await api.rpc.chain.getFinalizedHead());
  const keys = await palletsAt(at, names).subscription.byConsumer.keys(account);
  const ids = keys.map(({ args }) => args[1].toBigInt()).sort((a, b) => (a < b ? -1 : 1));
  const found = await Promise.all(ids.map((id) => readAt(at, id)));
  return found.filter((subscription) => subscription !== undefined);
}

/** The providers that could be awarded such a subscription now, and why the others of the type could not. */
export async function readCandidates(
  api: ApiPromise,
  type: string,
  consumer: string,
  terms: Terms,
  amount: bigint,
): Promise<Candidate[]> {
  const candidates = await api.call.subscriptionApi.eligibleProviders(type, consumer, termsArgument(terms), amount);
  return candidates.map(({ provider, price, excluded }) => ({
    provider: provider.toNumber(),
    price: price.isSome ? price.unwrap().toBigInt() : undefined,
    excluded: excluded.isSome ? excluded.unwrap().type : undefined,
  }));
}

/** The content reference and the schema of a descriptor type; undefined if the chain has no such type. */
export async function readType(
  api: ApiPromise,
  name: string,
  names: PalletNames,
): Promise<{ schema: ContentRef; version: number } | undefined> {
  const found = await palletsAt(api, names).provider.descriptorTypes(name);
  if (found.isNone) return undefined;
  const { schema, version } = found.unwrap();
  const { hash_, len, source } = schema;
  return {
    schema: { hash: hash_.toHex(), length: len.toNumber(), source: source.type },
    version: version.toNumber(),
  };
}

/** The terms as an argument for the runtime, without a minimum reputation. */
export function termsArgument({ strategy, maxPrice, grace }: Terms) {
  return { strategy, maxPrice, grace, minReputation: 0 };
}

async function readAt(at: ApiDecoration<'promise'>, id: bigint): Promise<ConsumerSubscription | undefined> {
  const [found, cost] = await Promise.all([at.call.subscriptionApi.subscription(id), at.call.subscriptionApi.cost(id)]);
  if (found.isNone) return undefined;
  const view = found.unwrap();
  return {
    id,
    type: view.typeName.toUtf8(),
    state: view.state.type,
    consumer: view.consumer.toString(),
    tenure: view.tenure.toNumber(),
    provider: view.provider.isSome ? view.provider.unwrap().toNumber() : undefined,
    descriptorHash: view.content.hash_.toHex(),
    price: view.price.isSome ? view.price.unwrap().toBigInt() : undefined,
    paidUntil: view.paidUntil.isSome ? view.paidUntil.unwrap().toNumber() : undefined,
    deadline: view.deadline.isSome ? view.deadline.unwrap().toNumber() : undefined,
    reason: view.reason.isSome ? view.reason.unwrap().toNumber() : undefined,
    failed: view.failed.map(({ provider, tenure, reason }) => ({
      provider: provider.toNumber(),
      tenure: tenure.toNumber(),
      reason: reason.toNumber(),
    })),
    cost: cost.isSome
      ? {
          spent: cost.unwrap().spent.toBigInt(),
          owed: cost.unwrap().owed.toBigInt(),
          refundable: cost.unwrap().refundable.toBigInt(),
          deposit: cost.unwrap().deposit.toBigInt(),
          blocksLeft: cost.unwrap().blocksLeft.isSome ? cost.unwrap().blocksLeft.unwrap().toNumber() : undefined,
        }
      : undefined,
  };
}

/**
 * The bytes of a preimage; undefined if the chain has none with that hash and length.
 *
 * @throws RetryableError ChainUnreachable.
 */
export async function readPreimage(api: ApiPromise, hash: string, length: number): Promise<Uint8Array | undefined> {
  const found = await api.query.preimage.preimageFor([hash, length]).catch((cause: unknown) => {
    throw new RetryableError('ChainUnreachable', { message: `the preimage ${hash} could not be read`, cause });
  });
  // A copy: the codec is a view of the whole reply.
  return found.isSome ? Uint8Array.from(found.unwrap()) : undefined;
}
