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
export interface Told {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What became of one transaction. */
export interface Receipt {
  readonly block: number;
  /** The chain's name for why it was refused, e.g. `subscription.WrongState`; undefined when it went through. */
  readonly error: string | undefined;
  /** What its signer paid for it, in the chain's smallest unit. */
  readonly fee: bigint;
  readonly events: readonly Told[];
}

/** What a consumer asks for; what is left out is easy to satisfy. */
export interface Wish {
  readonly strategy?: Strategy;
  /** Highest price of one block. Default: a token. */
  readonly maxPrice?: bigint;
  /** Held for it. Default: a token. */
  readonly amount?: bigint;
  /** Blocks. Default: none. */
  readonly grace?: number;
  /** Millionths. Default: none. */
  readonly minReputation?: number;
}

/** One token, in the chain's smallest unit. */
export const TOKEN = 10n ** 12n;
/** The descriptor type everybody trades in. */
export const TYPE = 'helm/v1';
/** Bits of all strategies: an offer that takes part in any award. */
export const ALL_STRATEGIES = 63;
const ACCESS_KEY = `0x${'07'.repeat(32)}`;

interface MarketOptions {
  readonly names?: PalletNames;
  readonly spec?: RawChainSpec;
}

/** The runtime's WebAssembly under chopsticks, with one descriptor type. Blocks are built when a test says so. */
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

  /** Default: the committed runtime. `names` are what the runtime in `spec` calls our pallets. */
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

  /** The node, as the operator's reader takes it. */
  get node(): Connection {
    return this.connection;
  }

  /** The node's address. */
  get endpoint(): string {
    return this.chain.endpoint;
  }

  /** A well-known development account, which starts with a million tokens; an account of another name has nothing. */
  account(name: string): KeyringPair {
    return this.keyring.addFromUri(`//${name}`);
  }

  /** Sends each call as a transaction, all of them in one block and in this order. */
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

  /** Sends one call that has to go through. */
  async must(signer: KeyringPair, call: Call): Promise<Receipt> {
    const [receipt] = await this.send([signer, call]);
    if (receipt === undefined || receipt.error !== undefined) {
      throw new Error(`${call.method.section}.${call.method.method} was refused: ${receipt?.error}`);
    }
    return receipt;
  }

  /** Builds blocks with nothing in them, and returns what they told. */
  async blocks(count: number): Promise<Told[]> {
    await this.chain.build(count);
    const last = await this.height();
    const numbers = Array.from({ length: count }, (_, index) => last - count + 1 + index);
    const records = await Promise.all(
      numbers.map(async (number) => this.recordsOf((await this.api.rpc.chain.getBlockHash(number)).toHex())),
    );
    return records.flat().flatMap((record) => told(record));
  }

  /** Replaces the runtime in the next block. What this market reads afterwards is read by an API of the old one. */
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

  /** Builds blocks and reads nothing of them. */
  async build(count: number): Promise<void> {
    await this.chain.build(count);
  }

  /** Changes storage, by pallet and item, behind everybody's back: no event tells of it. */
  async change(storage: Readonly<Record<string, object>>): Promise<void> {
    await this.chain.call('dev_setStorage', [storage]);
  }

  /** The number of the last block. */
  async height(): Promise<number> {
    return (await this.api.rpc.chain.getHeader()).number.toNumber();
  }

  /** Registers a provider that is its own operator, with an offer and a fresh heartbeat. Returns its id. */
  async provider(account: KeyringPair, price: bigint, capacity: number, strategies = ALL_STRATEGIES): Promise<number> {
    const { provider: tx } = this.calls;
    const [registered] = await this.send(
      [account, tx.registerProvider(account.address, ACCESS_KEY, '', 'Open')],
      [account, tx.setOffer(TYPE, price, capacity, strategies)],
      [account, tx.heartbeat()],
    );
    return Number(registered?.events[0]?.fields['provider']);
  }

  /** The call by which somebody subscribes to a descriptor on IPFS. */
  subscription(wish: Wish = {}): Call {
    const { amount = TOKEN, ...terms } = wish;
    return this.calls.subscription.subscribe(TYPE, contentOf('{"a":1}'), ACCESS_KEY, amount, termsOf(terms));
  }

  /** Subscribes. Returns the id. */
  async subscribe(consumer: KeyringPair, wish: Wish = {}): Promise<number> {
    const { events } = await this.must(consumer, this.subscription(wish));
    return Number(events.find(({ event }) => event === 'Subscribed')?.fields['id']);
  }

  /** Subscribes to a named provider, who accepts and reports ready. Returns the id. */
  async active(consumer: KeyringPair, provider: KeyringPair, id: number, wish: Wish = {}): Promise<number> {
    const subscription = await this.subscribe(consumer, { strategy: { Named: id }, ...wish });
    await this.must(provider, this.calls.subscription.accept(subscription, 1));
    await this.must(provider, this.calls.subscription.ready(subscription, 1, null));
    return subscription;
  }

  /** A subscription with the state of its tenure, as the runtime API shows it. */
  async view(id: number) {
    const found = await this.api.call.subscriptionApi.subscription(id);
    return found.isSome ? (found.unwrap().toJSON() as Readonly<Record<string, unknown>>) : undefined;
  }

  /** What a subscription has cost so far. */
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

  /** What an account could send to somebody, and what it has on hold, in the chain's smallest unit. */
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
    return { block, error, fee, events: records.flatMap((record) => told(record)) };
  }
}

/** A document that is said to be on IPFS. */
export function contentOf(text: string) {
  const bytes = Buffer.from(text);
  return { hash_: contentHash(bytes), len: bytes.length, source: 'Ipfs' };
}

/** Terms as the runtime takes them. */
export function termsOf({ strategy = 'RoundRobin', maxPrice = TOKEN, grace = 0, minReputation = 0 }: Wish) {
  return { strategy, maxPrice, grace, minReputation };
}

/** The event of one of our pallets, by name and with its fields; nothing for one of another pallet. */
function told({ event }: EventRecord): Told[] {
  if (event.section !== 'provider' && event.section !== 'subscription') return [];
  const values = event.data.toJSON() as readonly unknown[];
  const names = event.data.names ?? [];
  return [{ event: event.method, fields: Object.fromEntries(names.map((name, index) => [name, values[index]])) }];
}
