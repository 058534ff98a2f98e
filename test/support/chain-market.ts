import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import { Keyring } from '@polkadot/keyring';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { EventRecord } from '@polkadot/types/interfaces';
import { u8aToHex } from '@polkadot/util';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { DevChain } from '../../dev/chain.ts';
import type { RawChainSpec } from '../../dev/chain-spec.ts';
import { contentHash } from '../../src/descriptors/content/content-hash.ts';
import type { Strategy } from '../../src/sources/dinfra/consumer-reader.ts';
import { defaultPallets, type PalletNames, palletCalls } from '../../src/sources/dinfra/pallets.ts';
import { dispatchErrorName } from '../../src/substrate/call-outcome.ts';
import { type Connection, connect } from '../../src/substrate/connection.ts';

export type Call = SubmittableExtrinsic<'promise'>;
export type Signed = readonly [signer: KeyringPair, call: Call];

/** An event of pallet-provider or pallet-subscription, its fields as JSON; amounts and ids as numbers or hex. */
export interface MarketEvent {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The result of a transaction. */
export interface Receipt {
  readonly block: number;
  /** The chain's name of the error, e.g. `subscription.WrongState`; undefined if it succeeded. */
  readonly error: string | undefined;
  /** The fee that its signer paid, in the chain's smallest unit. */
  readonly fee: bigint;
  readonly events: readonly MarketEvent[];
}

/** The terms of a subscription; missing ones have defaults that are easy to meet. */
export interface Wish {
  readonly strategy?: Strategy;
  /** Highest price of one block. Default: a token. */
  readonly maxPrice?: bigint;
  /** Initial funds. Default: a token. */
  readonly amount?: bigint;
  /** Blocks. Default: none. */
  readonly grace?: number;
  /** Millionths. Default: none. */
  readonly minReputation?: number;
}

/** One token, in the chain's smallest unit. */
export const TOKEN = 10n ** 12n;
/** The descriptor type of all offers. */
export const TYPE = 'helm/v1';
/** Bits of all strategies: such an offer can be awarded by any of them. */
export const ALL_STRATEGIES = 63;
const ACCESS_KEY = `0x${'07'.repeat(32)}`;

interface MarketOptions {
  readonly names?: PalletNames;
  readonly spec?: RawChainSpec;
}

/** The runtime's WebAssembly in chopsticks, with one descriptor type. Blocks are built on demand. */
export class ChainMarket {
  private readonly folder: string;
  private readonly chain: DevChain;
  private readonly names: PalletNames;
  private readonly connection: Connection;
  private readonly keyring = new Keyring({ type: 'sr25519' });
  private readonly nonces = new Map<string, number>();

  private constructor(folder: string, chain: DevChain, connection: Connection, names: PalletNames) {
    this.names = names;
    this.folder = folder;
    this.chain = chain;
    this.connection = connection;
  }

  /** Default: the committed runtime. `names` are the names of our pallets in the runtime of `spec`. */
  static async start({ names = defaultPallets, spec }: MarketOptions = {}): Promise<ChainMarket> {
    await cryptoWaitReady();
    const folder = mkdtempSync(join(tmpdir(), 'dinfra-market-'));
    const chain = await DevChain.start(join(folder, 'chain'), 0, spec);
    const market = new ChainMarket(folder, chain, await connect(chain.endpoint, AbortSignal.timeout(60_000)), names);
    await market.must(market.account('Alice'), market.calls.provider.registerType(TYPE, contentOf('{}')));
    return market;
  }

  async stop(): Promise<void> {
    await this.connection.close();
    await this.chain.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get api(): ApiPromise {
    return this.connection.api;
  }

  /** The calls of our two pallets. */
  get calls(): ReturnType<typeof palletCalls> {
    return palletCalls(this.api, this.names);
  }

  /** The node, for the operator's reader. */
  get node(): Connection {
    return this.connection;
  }

  /** The node's address. */
  get endpoint(): string {
    return this.chain.endpoint;
  }

  /** A well-known development account, which starts with a million tokens; other accounts start with nothing. */
  account(name: string): KeyringPair {
    return this.keyring.addFromUri(`//${name}`);
  }

  /** Sends each call as a transaction, all in one block and in this order. */
  async send(...calls: readonly Signed[]): Promise<Receipt[]> {
    const hashes: string[] = [];
    for (const [signer, call] of calls) {
      const nonce = this.nonces.get(signer.address) ?? 0;
      this.nonces.set(signer.address, nonce + 1);
      hashes.push((await (await call.signAsync(signer, { nonce, era: 0 })).send()).toHex());
    }
    await this.chain.build(1);
    const { block } = await this.api.rpc.chain.getBlock();
    const records = await this.recordsOf(block.header.hash.toHex());
    return hashes.map((hash, place) => {
      const index = block.extrinsics.findIndex((extrinsic) => extrinsic.hash.toHex() === hash);
      if (index < 0) throw new Error(`transaction ${place} is not in block ${block.header.number.toString()}`);
      const mine = records.filter(({ phase }) => phase.isApplyExtrinsic && phase.asApplyExtrinsic.eq(index));
      return this.receipt(block.header.number.toNumber(), mine);
    });
  }

  /** Sends one call that has to succeed. */
  async must(signer: KeyringPair, call: Call): Promise<Receipt> {
    const [receipt] = await this.send([signer, call]);
    if (receipt === undefined || receipt.error !== undefined) {
      throw new Error(`${call.method.section}.${call.method.method} was refused: ${receipt?.error}`);
    }
    return receipt;
  }

  /** Builds empty blocks and returns the events of our pallets. */
  async blocks(count: number): Promise<MarketEvent[]> {
    await this.chain.build(count);
    const last = await this.height();
    const numbers = Array.from({ length: count }, (_, index) => last - count + 1 + index);
    const records = await Promise.all(
      numbers.map(async (number) => this.recordsOf((await this.api.rpc.chain.getBlockHash(number)).toHex())),
    );
    return records.flat().flatMap((record) => marketEvents(record));
  }

  /** Replaces the runtime in the next block. Later reads of this object still use the API of the old one. */
  async upgrade(code: Uint8Array): Promise<void> {
    const { tx } = this.api;
    const setCode = tx.system.setCodeWithoutChecks(u8aToHex(code));
    const call = tx.sudo.sudoUncheckedWeight(setCode, { refTime: 1_000, proofSize: 1_000 });
    const alice = this.account('Alice');
    const nonce = this.nonces.get(alice.address) ?? 0;
    this.nonces.set(alice.address, nonce + 1);
    await (await call.signAsync(alice, { nonce, era: 0 })).send();
    await this.chain.build(1);
  }

  /** Builds blocks without reading them. */
  async build(count: number): Promise<void> {
    await this.chain.build(count);
  }

  /** Changes storage directly, by pallet and item, without any event. */
  async change(storage: Readonly<Record<string, object>>): Promise<void> {
    await this.chain.call('dev_setStorage', [storage]);
  }

  /** The number of the last block. */
  async height(): Promise<number> {
    return (await this.api.rpc.chain.getHeader()).number.toNumber();
  }

  /** Registers a provider whose owner is its operator, with an offer and a recent heartbeat. Returns its id. */
  async provider(account: KeyringPair, price: bigint, capacity: number, strategies = ALL_STRATEGIES): Promise<number> {
    const { provider: tx } = this.calls;
    const [registered] = await this.send(
      [account, tx.registerProvider(account.address, ACCESS_KEY, '', 'Open')],
      [account, tx.setOffer(TYPE, price, capacity, strategies)],
      [account, tx.heartbeat()],
    );
    return Number(registered?.events[0]?.fields['provider']);
  }

  /** A call that subscribes to a descriptor on IPFS. */
  subscription(wish: Wish = {}): Call {
    const { amount = TOKEN, ...terms } = wish;
    return this.calls.subscription.subscribe(TYPE, contentOf('{"a":1}'), ACCESS_KEY, amount, termsOf(terms));
  }

  /** Subscribes. Returns the id. */
  async subscribe(consumer: KeyringPair, wish: Wish = {}): Promise<number> {
    const { events } = await this.must(consumer, this.subscription(wish));
    return Number(events.find(({ event }) => event === 'Subscribed')?.fields['id']);
  }

  /** Subscribes to a provider, which accepts and reports ready. Returns the id. */
  async active(consumer: KeyringPair, provider: KeyringPair, id: number, wish: Wish = {}): Promise<number> {
    const subscription = await this.subscribe(consumer, { strategy: { Named: id }, ...wish });
    await this.must(provider, this.calls.subscription.accept(subscription, 1));
    await this.must(provider, this.calls.subscription.ready(subscription, 1, null));
    return subscription;
  }

  /** A subscription with the state of its tenure, from the runtime API. */
  async view(id: number) {
    const found = await this.api.call.subscriptionApi.subscription(id);
    return found.isSome ? (found.unwrap().toJSON() as Readonly<Record<string, unknown>>) : undefined;
  }

  /** The cost of a subscription so far. */
  async cost(id: number) {
    const { spent, owed, refundable, reserved, blocksLeft } = (await this.api.call.subscriptionApi.cost(id)).unwrap();
    return {
      spent: spent.toBigInt(),
      owed: owed.toBigInt(),
      refundable: refundable.toBigInt(),
      reserved: reserved.toBigInt(),
      blocksLeft: blocksLeft.isSome ? blocksLeft.unwrap().toNumber() : undefined,
    };
  }

  /** The transferable balance of an account and its balance on hold, in the chain's smallest unit. */
  async balance(account: KeyringPair): Promise<{ readonly free: bigint; readonly held: bigint }> {
    const { data } = await this.api.query.system.account(account.address);
    return { free: data.free.toBigInt(), held: data.reserved.toBigInt() };
  }

  private async recordsOf(hash: string): Promise<readonly EventRecord[]> {
    return (await this.api.at(hash)).query.system.events();
  }

  private receipt(block: number, records: readonly EventRecord[]): Receipt {
    const { events } = this.api;
    let error: string | undefined;
    let fee = 0n;
    for (const { event } of records) {
      if (events.system.ExtrinsicFailed.is(event)) error = dispatchErrorName(this.api, event.data.dispatchError);
      if (events.transactionPayment.TransactionFeePaid.is(event)) fee = event.data.actualFee.toBigInt();
    }
    return { block, error, fee, events: records.flatMap((record) => marketEvents(record)) };
  }
}

/** The reference of a document that is nominally on IPFS. */
export function contentOf(text: string) {
  const bytes = Buffer.from(text);
  return { hash_: contentHash(bytes), len: bytes.length, source: 'Ipfs' };
}

/** Terms as an argument of the call. */
export function termsOf({ strategy = 'RoundRobin', maxPrice = TOKEN, grace = 0, minReputation = 0 }: Wish) {
  return { strategy, maxPrice, grace, minReputation };
}

/** An event of our pallets by name with its fields; empty for other pallets. */
function marketEvents({ event }: EventRecord): MarketEvent[] {
  if (event.section !== 'provider' && event.section !== 'subscription') return [];
  const values = event.data.toJSON() as readonly unknown[];
  const names = event.data.names ?? [];
  return [{ event: event.method, fields: Object.fromEntries(names.map((name, index) => [name, values[index]])) }];
}
