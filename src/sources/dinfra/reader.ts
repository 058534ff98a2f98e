import type { ApiPromise } from '@polkadot/api';
import type { ApiDecoration } from '@polkadot/api/types';
import type {
  PalletDinfraProviderContent,
  PalletDinfraProviderProviderInfo,
  PalletDinfraSubscriptionApiDesiredPage,
  PalletDinfraSubscriptionApiDesiredTenure,
} from '@polkadot/types/lookup';
import type { ContentRef } from '../../base/content-ref.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import type { BlockRef } from '../../substrate/block-ref.ts';
import type { DesiredTenure, OnChainOffer, OnChainProvider, OnChainType, ProviderState } from './model.ts';

type At = ApiDecoration<'promise'>;

/** Rows of one page of the desired set: what the runtime gives at most. */
const PAGE = 256;
/** Pages read at most. A provider cannot hold more tenures than the chain lets its offers have. */
const MAX_PAGES = 4096;

/**
 * Everything of the provider an account owns or operates, at one block. `types` are descriptor types wanted beside those
 * of its tenures. Decoded with the runtime of that block; a part that cannot be decoded fails the whole.
 *
 * @throws RetryableError ChainUnreachable or ChainUndecodable. Never an empty answer for a failed one.
 */
export async function readProviderState(
  api: ApiPromise,
  block: BlockRef,
  account: string,
  types: readonly string[],
): Promise<ProviderState> {
  return decoding(block, async () => {
    const at = await api.at(block.hash);
    const heartbeatPeriod = at.consts.provider.heartbeatPeriod.toNumber();
    const found = await at.query.provider.providerOf(account);
    if (found.isNone) {
      return { block, provider: undefined, tenures: [], types: await readTypes(at, types), heartbeatPeriod };
    }
    const id = found.unwrap().toNumber();
    const [provider, tenures] = await Promise.all([readProvider(at, id), readDesiredSet(at, id)]);
    const names = new Set([...types, ...tenures.map(({ type }) => type)]);
    return { block, provider, tenures, types: await readTypes(at, [...names]), heartbeatPeriod };
  });
}

/**
 * Whether anything in a block may have changed what `readProviderState` says: an event of pallet-provider, or one of
 * pallet-subscription for this provider. When the events cannot be read the answer is yes.
 */
export async function concernsProvider(
  api: ApiPromise,
  block: BlockRef,
  provider: number | undefined,
): Promise<boolean> {
  try {
    const events = await (await api.at(block.hash)).query.system.events();
    return events.some(({ event }) => {
      if (event.section === 'provider') return true;
      if (event.section !== 'subscription') return false;
      const told = (event.data as unknown as { readonly provider?: { toJSON(): unknown } }).provider;
      return told?.toJSON() === provider;
    });
  } catch {
    // A block that cannot be understood is no block to be skipped.
    return true;
  }
}

/**
 * Whether a subscription is over for good at a block: it was there, and the chain has removed it, which it does when every
 * tenure of it was released or cleaned up.
 *
 * @throws RetryableError ChainUnreachable or ChainUndecodable.
 */
export async function isSubscriptionGone(api: ApiPromise, block: BlockRef, subscription: bigint): Promise<boolean> {
  return decoding(block, async () => {
    const at = await api.at(block.hash);
    const [found, next] = await Promise.all([
      at.query.subscription.subscriptions(subscription),
      at.query.subscription.nextId(),
    ]);
    return found.isNone && subscription < next.toBigInt();
  });
}

/**
 * The bytes of a preimage, undefined when the chain has none of that hash and length.
 *
 * @throws RetryableError ChainUnreachable or ChainUndecodable.
 */
export async function readPreimage(api: ApiPromise, hash: string, length: number): Promise<Uint8Array | undefined> {
  const found = await api.query.preimage.preimageFor([hash, length]).catch((cause: unknown) => {
    throw new RetryableError('ChainUnreachable', { message: `the preimage ${hash} could not be read`, cause });
  });
  // A copy: the codec is a view of the whole reply.
  return found.isSome ? Uint8Array.from(found.unwrap()) : undefined;
}

async function readDesiredSet(at: At, provider: number): Promise<DesiredTenure[]> {
  const rows: DesiredTenure[] = [];
  let after: [bigint, number] | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const reply: PalletDinfraSubscriptionApiDesiredPage = await at.call.subscriptionApi.desiredSet(
      provider,
      after,
      PAGE,
    );
    rows.push(...reply.rows.map(tenureOf));
    if (reply.next.isNone) return rows;
    const [id, tenure] = reply.next.unwrap();
    after = [id.toBigInt(), tenure.toNumber()];
  }
  throw new RetryableError('ChainUndecodable', { message: `the desired set of provider ${provider} has no end` });
}

async function readProvider(at: At, id: number): Promise<OnChainProvider> {
  const [info, offers, rules, heartbeat] = await Promise.all([
    at.query.provider.providers(id),
    at.query.provider.offers.entries(id),
    at.query.provider.consumerRules.entries(id),
    at.query.provider.heartbeats(id),
  ]);
  const { owner, operator, accessKey, metadata, policy, status }: PalletDinfraProviderProviderInfo = info.unwrap();
  return {
    id,
    owner: owner.toString(),
    operator: operator.toString(),
    accessKey: accessKey.toHex(),
    metadata: metadata.toUtf8(),
    policy: policy.type,
    status: status.type,
    rules: new Map(rules.map(([{ args }, rule]) => [args[1].toHex(), rule.unwrap().type])),
    offers: new Map(
      offers.map(([{ args }, offer]): [string, OnChainOffer] => {
        const { price, capacity, used, withdrawn } = offer.unwrap();
        return [
          args[1].toUtf8(),
          {
            price: price.toBigInt(),
            capacity: capacity.toNumber(),
            used: used.toNumber(),
            withdrawn: withdrawn.isTrue,
          },
        ];
      }),
    ),
    freshUntil: heartbeat.isSome ? heartbeat.unwrap().until.toNumber() : undefined,
  };
}

async function readTypes(at: At, names: readonly string[]): Promise<ReadonlyMap<string, OnChainType>> {
  if (names.length === 0) return new Map();
  const found = await at.query.provider.descriptorTypes.multi([...names]);
  return new Map(
    names.flatMap((name, index): [string, OnChainType][] => {
      const type = found[index];
      if (type === undefined || type.isNone) return [];
      const { owner, schema, version, retired } = type.unwrap();
      return [
        [
          name,
          {
            name,
            owner: owner.toString(),
            schema: contentOf(schema),
            version: version.toNumber(),
            retired: retired.isTrue,
          },
        ],
      ];
    }),
  );
}

function tenureOf(row: PalletDinfraSubscriptionApiDesiredTenure): DesiredTenure {
  return {
    subscription: row.id.toBigInt(),
    tenure: row.tenure.toNumber(),
    state: row.state.type,
    consumer: row.consumer.toString(),
    accessKey: row.accessKey.toHex(),
    type: row.typeName.toUtf8(),
    content: contentOf(row.content),
    update: row.update.isSome ? contentOf(row.update.unwrap()) : undefined,
    price: row.price.toBigInt(),
    paidUntil: row.paidUntil.isSome ? row.paidUntil.unwrap().toNumber() : undefined,
    deadline: row.deadline.isSome ? row.deadline.unwrap().toNumber() : undefined,
    reason: row.reason.isSome ? row.reason.unwrap().toNumber() : undefined,
  };
}

/** The field is `hash_` because every codec has a `hash` of its own, that of its encoding. */
function contentOf({ hash_, len, source }: PalletDinfraProviderContent): ContentRef {
  return { hash: hash_.toHex(), length: len.toNumber(), source: source.type };
}

async function decoding<T>(block: BlockRef, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof RetryableError) throw cause;
    throw new RetryableError('ChainUndecodable', {
      message: `the state at block ${block.number} could not be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
}
