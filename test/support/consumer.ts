import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import { Keyring } from '@polkadot/keyring';
import type { KeyringPair } from '@polkadot/keyring/types';
import { u8aToHex } from '@polkadot/util';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { contentHash } from '../../src/descriptors/content/content-hash.ts';
import { type Terms, termsArgument } from '../../src/sources/dinfra/consumer-reader.ts';
import { type Connection, connect } from '../../src/substrate/connection.ts';
import { TransactionQueue } from './transaction-queue.ts';

/** A subscription to create, which may be invalid. */
export interface Wish {
  readonly type: string;
  readonly content: { readonly hash: string; readonly length: number; readonly source: 'Preimage' | 'Ipfs' };
  /** Preimage to note in the same transaction. */
  readonly preimage?: Uint8Array;
  /** In the chain's smallest unit. Default: one token. */
  readonly funds?: bigint;
  readonly strategy?: Terms['strategy'];
  /** Blocks. Default 10. */
  readonly grace?: number;
}

/** An event of one subscription. */
export interface Heard {
  /** Name of the event. */
  readonly event: string;
  readonly provider: number | undefined;
  readonly tenure: number | undefined;
  readonly reason: number | undefined;
}

const TOKEN = 10n ** 12n;
const SEND_MS = 60_000;

/** A consumer that calls the chain directly, without the checks of our command line. */
export class Consumer {
  private readonly connection: Connection;
  private readonly pair: KeyringPair;
  private readonly queue: TransactionQueue;
  private readonly events: { readonly id: string; readonly heard: Heard }[] = [];
  private readTo = 0;

  private constructor(connection: Connection, pair: KeyringPair) {
    this.connection = connection;
    this.pair = pair;
    this.queue = new TransactionQueue(pair, () => connection.api);
  }

  /** @param suri of a development account. */
  static async open(endpoint: string, suri: string): Promise<Consumer> {
    await cryptoWaitReady();
    const connection = await connect(endpoint, new AbortController().signal);
    return new Consumer(connection, new Keyring({ type: 'sr25519' }).addFromUri(suri));
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  get api(): ApiPromise {
    return this.connection.api;
  }

  /**
   * Sends calls in one transaction and waits until it is final. Throws with the chain's name of the error if one is
   * refused.
   */
  async send(...calls: readonly SubmittableExtrinsic<'promise'>[]): Promise<number> {
    const whole = calls.length === 1 && calls[0] !== undefined ? calls[0] : this.api.tx.utility.batchAll([...calls]);
    const outgoing = [{ key: 'it', build: () => whole }];
    const { block, outcomes } = await this.queue.send(outgoing, AbortSignal.timeout(SEND_MS));
    const outcome = outcomes.get('it');
    if (outcome?.kind === 'Failed') throw new Error(`the chain refused it: ${outcome.error}`);
    return block;
  }

  /** Subscribes to all of them in one block. Returns their ids in that order. */
  async subscribe(wishes: readonly Wish[]): Promise<bigint[]> {
    const accessKey = u8aToHex(new Uint8Array(32).fill(7));
    const calls = wishes.flatMap(({ type, content, preimage, funds = TOKEN, strategy = 'RoundRobin', grace = 10 }) => {
      const { hash, length, source } = content;
      const terms = termsArgument({ strategy, maxPrice: 10n ** 18n, grace });
      const note = preimage === undefined ? [] : [this.api.tx.preimage.notePreimage(u8aToHex(preimage))];
      const wanted = { hash_: hash, len: length, source };
      return [...note, this.api.tx.subscription.subscribe(type, wanted, accessKey, funds, terms)];
    });
    const block = await this.send(...calls);
    const at = await this.api.at(await this.api.rpc.chain.getBlockHash(block));
    const events = await at.query.system.events();
    const ids = events.flatMap(({ event }) => {
      if (!this.api.events.subscription.Subscribed.is(event)) return [];
      return event.data.consumer.toString() === this.pair.address ? [event.data.id.toBigInt()] : [];
    });
    // Tests loop over the ids: fewer than expected would let them pass.
    if (ids.length < wishes.length)
      throw new Error(`block ${block} has ${ids.length} of ${wishes.length} subscriptions`);
    return ids;
  }

  async cancel(id: bigint): Promise<void> {
    await this.send(this.api.tx.subscription.cancel(id));
  }

  /** All events of a subscription so far, in order. */
  async heard(id: bigint): Promise<Heard[]> {
    const last = (await this.api.rpc.chain.getHeader()).number.toNumber();
    for (; this.readTo < last; this.readTo++) {
      const at = await this.api.at(await this.api.rpc.chain.getBlockHash(this.readTo + 1));
      for (const { event } of await at.query.system.events()) {
        if (event.section !== 'subscription') continue;
        const data = event.data.toJSON() as unknown as readonly unknown[];
        const named = Object.fromEntries((event.data.names ?? []).map((name, index) => [name, data[index]]));
        this.events.push({ id: String(named['id']), heard: { event: event.method, ...numbersOf(named) } });
      }
    }
    return this.events.filter((one) => one.id === `${id}`).map(({ heard }) => heard);
  }
}

/** A subscription to a descriptor that is noted on chain. */
export function wishFor(type: string, descriptor: object | string, more: Partial<Wish> = {}): Wish {
  const preimage = Buffer.from(typeof descriptor === 'string' ? descriptor : JSON.stringify(descriptor));
  const content = { hash: contentHash(preimage), length: preimage.length, source: 'Preimage' } as const;
  return { type, content, preimage, ...more };
}

/** The same subscription after its descriptor was noted: the chain refuses to note it twice. */
export function withoutNote({ preimage: _, ...wish }: Wish): Wish {
  return wish;
}

/** A subscription to a descriptor that is nominally on IPFS. */
export function wishOnIpfs(type: string, descriptor: object | string): Wish {
  const { content } = wishFor(type, descriptor);
  return { type, content: { ...content, source: 'Ipfs' } };
}

function numbersOf(named: Readonly<Record<string, unknown>>) {
  const number = (key: string) => (typeof named[key] === 'number' ? named[key] : undefined);
  return { provider: number('provider'), tenure: number('tenure'), reason: number('reason') };
}
