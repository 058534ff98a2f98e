import { u8aToHex } from '@polkadot/util';
import { blueprints } from '../../blueprints/registry.ts';
import { preimageSource } from '../../descriptors/content/content-source.ts';
import { Descriptors } from '../../descriptors/descriptors.ts';
import { SchemaChecker } from '../../descriptors/schema/schema-checker.ts';
import {
  type Candidate,
  readCandidates,
  readPreimage,
  readType,
  type Strategy,
  type Terms,
  termsArgument,
} from '../../sources/dinfra/consumer-reader.ts';
import { palletsAt } from '../../sources/dinfra/pallets.ts';
import { accessKeyOf } from '../account/access-key.ts';
import type { Account } from '../account/account.ts';
import { formatAmount } from '../command/amount.ts';
import { type ContentFile, readContentFile } from '../command/content-file.ts';
import type { Output } from '../command/output.ts';
import { UserError } from '../command/user-error.ts';
import type { Market } from './market.ts';

export interface SubscribeOptions {
  readonly type: string;
  /** Path of the descriptor. */
  readonly descriptor: string;
  /** In the chain's smallest unit. */
  readonly funds: bigint;
  readonly grace: number;
  readonly strategy: Strategy;
  /** In the chain's smallest unit; undefined for any price the funds can pay. */
  readonly maxPrice: bigint | undefined;
  /** An ed25519 public key: hex, or the path of an OpenSSH one. Default: the one that follows from the account's secret. */
  readonly accessKey: string | undefined;
}

/**
 * Subscribes and returns the id. Before anything is paid it validates the descriptor and checks that a provider could take
 * it.
 */
export async function subscribe(
  market: Market,
  account: Account,
  options: SubscribeOptions,
  output: Output,
): Promise<bigint> {
  const { api, calls, pallets } = market;
  const accessKey = await accessKeyOf(options.accessKey, account);
  const file = await readContentFile(options.descriptor, 'descriptor');
  await checkDescriptor(market, options.type, file);
  // The chain's own bound on a price stands for any price.
  const maxPrice = options.maxPrice ?? pallets.constants.provider.maxPrice.toBigInt();
  const terms: Terms = { strategy: options.strategy, maxPrice, grace: options.grace };
  const candidates = await readCandidates(api, options.type, account.pair.address, terms, options.funds);
  if (!candidates.some(({ excluded }) => excluded === undefined)) throw nobody(options.type, candidates);

  const { hash, length, source } = file.ref;
  const content = { hash_: hash, len: length, source };
  const noted = await readPreimage(api, hash, length);
  const call = calls.subscription.subscribe(options.type, content, accessKey, options.funds, termsArgument(terms));
  output.progress(`Subscribing with ${formatAmount(options.funds, market.unit)} to ${options.type} …`);
  const block = await market.send(
    account,
    noted === undefined ? api.tx.utility.batchAll([api.tx.preimage.notePreimage(u8aToHex(file.bytes)), call]) : call,
  );
  return idIn(market, block, market.addressOf(account), hash);
}

/** The provider's own check, made before anything is paid. */
async function checkDescriptor({ api, names }: Market, typeName: string, { ref, source }: ContentFile): Promise<void> {
  const type = await readType(api, typeName, names);
  if (type === undefined) {
    throw new UserError(`the chain has no descriptor type "${typeName}"`, 'See dinfra type list.');
  }
  const checker = new SchemaChecker();
  try {
    const onChain = preimageSource((hash, length) => readPreimage(api, hash, length));
    const descriptors = new Descriptors(checker);
    const signal = AbortSignal.timeout(60_000);
    const schema = await descriptors.schema(typeName, type.schema, [onChain], signal);
    const { json } = await descriptors.descriptor(ref, { name: typeName, schema }, [source], signal);
    blueprints.translate(typeName, json);
  } finally {
    await checker.close();
  }
}

function nobody(type: string, candidates: readonly Candidate[]): UserError {
  if (candidates.length === 0) {
    return new UserError(`no provider offers ${type}`, 'Try again later, or choose another type.');
  }
  const reasons = candidates.map(({ provider, excluded }) => `provider ${provider}: ${excluded}`);
  const poor = candidates.some(({ excluded }) => excluded === 'FundsTooLow');
  return new UserError(
    `no provider of ${type} could take it: ${reasons.slice(0, 8).join('; ')}`,
    poor ? 'FundsTooLow: give more --funds or a shorter --grace.' : 'What the reasons mean is in docs/chain.md.',
  );
}

/** The id of the new subscription, from the events of the block. */
async function idIn({ api, names }: Market, block: number, consumer: string, descriptorHash: string): Promise<bigint> {
  const at = await api.at(await api.rpc.chain.getBlockHash(block));
  const pallets = palletsAt(at, names);
  const events = await at.query.system.events();
  const ids = events.flatMap(({ event }) => {
    if (!pallets.events.subscription.Subscribed.is(event)) return [];
    return event.data.consumer.toString() === consumer ? [event.data.id.toBigInt()] : [];
  });
  for (const id of ids) {
    const found = await pallets.subscription.subscriptions(id);
    if (found.isSome && found.unwrap().content.hash_.toHex() === descriptorHash) return id;
  }
  throw new UserError(`block ${block} has no event of this subscription`, 'See dinfra list.');
}
