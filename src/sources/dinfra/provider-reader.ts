import type { ApiDecoration } from '@polkadot/api/types';
import type {
  PalletDinfraProviderContent,
  PalletDinfraSubscriptionApiDesiredPage,
  PalletDinfraSubscriptionApiDesiredTenure,
} from '@polkadot/types/lookup';
import { type Award, type TenureState, tenureStates } from '../../award/award.ts';
import type { PublishedType } from '../../award/source.ts';
import type { ContentRef } from '../../base/content-ref.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import type { BlockRef } from '../../substrate/block-ref.ts';
import type { Connection } from '../../substrate/connection.ts';
import type { OnChainOffer, OnChainProvider } from './model.ts';
import { type PalletNames, type PalletsAt, palletsAt } from './pallets.ts';
import type { RegistrationBounds } from './registration-plan.ts';

/** Everything of one provider, read at one finalised block. */
export interface ProviderReading {
  readonly block: BlockRef;
  /** Undefined if the account neither owns nor operates one. */
  readonly provider: OnChainProvider | undefined;
  readonly awards: readonly Award[];
  /** Rows of the desired set that cannot be decoded, e.g. with a state that a later runtime has added. */
  readonly unreadable: readonly UnreadableRow[];
  /** The requested types and those of the awards, without types that the chain does not have. */
  readonly types: ReadonlyMap<string, PublishedType>;
  readonly acceptPeriod: number;
  /** Blocks covered by one heartbeat. */
  readonly heartbeatPeriod: number;
  readonly bounds: RegistrationBounds;
}

export interface UnreadableRow {
  readonly subscription: bigint;
  readonly tenure: number;
  readonly error: RetryableError;
}

type At = ApiDecoration<'promise'>;

/** Rows of one page of the desired set: the maximum of the runtime. */
const PAGE = 256;
/** Guards against endless pagination. A provider cannot have more tenures than the chain allows its offers. */
const MAX_PAGES = 4096;

/**
 * Reads everything of the provider that an account owns or operates, at one block. `types` are descriptor types needed
 * in addition to those of its awards.
 *
 * @throws RetryableError ChainUnreachable, ChainUndecodable or ChainPalletMissing. A failed read never returns an empty
 * result.
 */
export function readProvider(
  node: Connection,
  block: BlockRef,
  account: string,
  types: readonly string[],
  names: PalletNames,
): Promise<ProviderReading> {
  return node.read(block, async (at) => {
    const pallets = palletsAt(at, names);
    await demandState(at, block);
    const rest = {
      block,
      acceptPeriod: pallets.constants.subscription.acceptPeriod.toNumber(),
      heartbeatPeriod: pallets.constants.provider.heartbeatPeriod.toNumber(),
      bounds: {
        rulesPerCall: pallets.constants.provider.maxRulesPerCall.toNumber(),
        strategies: strategiesOf(at),
      },
    };
    const found = await pallets.provider.providerOf(account);
    if (found.isNone) {
      return { ...rest, provider: undefined, awards: [], unreadable: [], types: await readTypes(pallets, types) };
    }
    const id = found.unwrap().toNumber();
    const [provider, rows] = await Promise.all([readRegistration(pallets, id), readDesiredSet(at, id)]);
    const wanted = new Set([...types, ...rows.awards.map(({ type }) => type)]);
    return { ...rest, ...rows, provider, types: await readTypes(pallets, [...wanted]) };
  });
}

/** The state that decides whether a heartbeat is due. */
export interface HeartbeatReading {
  /** Blocks covered by one heartbeat. */
  readonly period: number;
  /** Undefined if the account acts for no provider. */
  readonly provider: number | undefined;
  /** Last block its heartbeats cover; undefined before the first. */
  readonly freshUntil: number | undefined;
  /** True if it offers something or serves a tenure: otherwise a heartbeat has no use. */
  readonly serves: boolean;
}

/** @throws RetryableError as `readProvider` does. */
export function readHeartbeat(
  node: Connection,
  block: BlockRef,
  account: string,
  names: PalletNames,
): Promise<HeartbeatReading> {
  return node.read(block, async (at) => {
    const { provider, subscription, constants } = palletsAt(at, names);
    const period = constants.provider.heartbeatPeriod.toNumber();
    const found = await provider.providerOf(account);
    if (found.isNone) return { period, provider: undefined, freshUntil: undefined, serves: false };
    const id = found.unwrap().toNumber();
    const [heartbeat, offers, tenures] = await Promise.all([
      provider.heartbeats(id),
      provider.offers.keysPaged({ args: [id], pageSize: 1 }),
      subscription.tenures.keysPaged({ args: [id], pageSize: 1 }),
    ]);
    return {
      period,
      provider: id,
      freshUntil: heartbeat.isSome ? heartbeat.unwrap().until.toNumber() : undefined,
      serves: offers.length > 0 || tenures.length > 0,
    };
  });
}

/**
 * Whether anything in a block may have changed the result of `readProvider`: an event of pallet-dinfra-provider, or one
 * of pallet-dinfra-subscription for this provider. True if the events cannot be decoded.
 *
 * @throws RetryableError ChainUnreachable.
 */
export async function concernsProvider(
  node: Connection,
  block: BlockRef,
  provider: number | undefined,
  names: PalletNames,
): Promise<boolean> {
  try {
    return await node.read(block, async (at) => {
      const { sections } = palletsAt(at, names);
      const events = await at.query.system.events();
      // Every block has events: a node that returns none does not have the state of the block.
      if (events.length === 0) return true;
      return events.some(({ event }) => {
        if (event.section === sections.provider) return true;
        if (event.section !== sections.subscription) return false;
        const named = (event.data as unknown as { readonly provider?: { toJSON(): unknown } }).provider;
        return named?.toJSON() === provider;
      });
    });
  } catch (error) {
    if (error instanceof RetryableError && error.code === 'ChainUndecodable') return true;
    throw error;
  }
}

/**
 * Ensures that the node has the state of a block. A node that answers every query with nothing would look like a chain
 * on which the provider is not registered.
 *
 * @throws RetryableError ChainUnreachable.
 */
export async function demandState(at: At, { number }: BlockRef): Promise<void> {
  const found = (await at.query.system.number()).toNumber();
  if (found === number) return;
  throw new RetryableError('ChainUnreachable', {
    message: `the node does not have the state of block ${number}: it returns ${found}`,
  });
}

async function readDesiredSet(at: At, provider: number): Promise<Pick<ProviderReading, 'awards' | 'unreadable'>> {
  const awards: Award[] = [];
  const unreadable: UnreadableRow[] = [];
  let after: [bigint, number] | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const reply: PalletDinfraSubscriptionApiDesiredPage = await at.call.subscriptionApi.desiredSet(
      provider,
      after,
      PAGE,
    );
    for (const row of reply.rows) {
      const read = awardOf(row);
      if ('error' in read) unreadable.push(read);
      else awards.push(read);
    }
    if (reply.next.isNone) return { awards, unreadable };
    const [id, tenure] = reply.next.unwrap();
    const next: [bigint, number] = [id.toBigInt(), tenure.toNumber()];
    // A page whose next key points to itself would be read without end.
    if (after !== null && next[0] === after[0] && next[1] === after[1]) break;
    after = next;
  }
  throw new RetryableError('ChainUndecodable', { message: `the desired set of provider ${provider} has no end` });
}

async function readRegistration({ provider: pallet }: PalletsAt, id: number): Promise<OnChainProvider> {
  const [info, offers, rules, heartbeat] = await Promise.all([
    pallet.providers(id),
    pallet.offers.entries(id),
    pallet.consumerRules.entries(id),
    pallet.heartbeats(id),
  ]);
  const { owner, operator, accessKey, metadata, policy, status } = info.unwrap();
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

async function readTypes(
  { provider }: PalletsAt,
  names: readonly string[],
): Promise<ReadonlyMap<string, PublishedType>> {
  if (names.length === 0) return new Map();
  const found = await provider.descriptorTypes.multi([...names]);
  return new Map(
    names.flatMap((name, index): [string, PublishedType][] => {
      const type = found[index];
      if (type === undefined || type.isNone) return [];
      const { owner, schema, version, retired } = type.unwrap();
      const published = {
        name,
        owner: owner.toString(),
        schema: contentOf(schema),
        version: version.toNumber(),
        retired: retired.isTrue,
      };
      return [[name, published]];
    }),
  );
}

/** A row as an award, or why it cannot be decoded. One such row does not affect the others. */
function awardOf(row: PalletDinfraSubscriptionApiDesiredTenure): Award | UnreadableRow {
  const subscription = row.id.toBigInt();
  const tenure = row.tenure.toNumber();
  try {
    return {
      subscription,
      tenure,
      state: stateOf(row.state.type),
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
  } catch (cause) {
    const message = `tenure ${tenure} of subscription ${subscription} cannot be decoded: ${(cause as Error).message}`;
    return { subscription, tenure, error: new RetryableError('AwardUndecodable', { message, cause }) };
  }
}

function stateOf(name: string): TenureState {
  const state = tenureStates.find((one) => one === name);
  if (state === undefined) throw new Error(`the chain says "${name}"; expected one of ${tenureStates.join(', ')}`);
  return state;
}

/** The field is `hash_` because every codec has its own `hash`, that of its encoding. */
function contentOf({ hash_, len, source }: PalletDinfraProviderContent): ContentRef {
  const { type } = source;
  if (type !== 'Preimage' && type !== 'Ipfs') throw new Error(`content from "${type}"; expected Preimage or Ipfs`);
  return { hash: hash_.toHex(), length: len.toNumber(), source: type };
}

/** Bits of all strategies that the runtime has: its enum is in the metadata. */
function strategiesOf({ registry }: At): number {
  return 2 ** registry.createType('PalletDinfraProviderStrategy').defKeys.length - 1;
}
