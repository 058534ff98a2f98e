import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import { blake2AsHex } from '@polkadot/util-crypto';
import type { BlockHeader, BlockRef } from './block-ref.ts';
import { outcomesOf } from './call-outcome.ts';
import { unreachable } from './chain-node.ts';
import type { Connection } from './connection.ts';
import {
  type BlockContent,
  type SignedTransaction,
  type SigningTerms,
  SubmitError,
  submitProblem,
  type TransactionNode,
  UnwritableCall,
} from './transaction-node.ts';

/** A call that can be encoded for a runtime. */
export interface Outgoing {
  build(api: ApiPromise): SubmittableExtrinsic<'promise'>;
}

/** The transactions of one account, on one connection. */
export class Extrinsics<Call extends Outgoing> implements TransactionNode<Call> {
  private readonly connection: Connection;
  private readonly account: KeyringPair;

  constructor(connection: Connection, account: KeyringPair) {
    this.connection = connection;
    this.account = account;
  }

  async nonceAt(block: BlockRef): Promise<number> {
    return this.connection.read(block, async (at) =>
      (await at.query.system.account(this.account.address)).nonce.toNumber(),
    );
  }

  async nextNonce(): Promise<number> {
    return this.asking(async ({ rpc }) => (await rpc.system.accountNextIndex(this.account.address)).toNumber());
  }

  bestHeader(): Promise<BlockHeader> {
    return this.asking(() => this.connection.bestHeader());
  }

  sign(calls: readonly Call[], { nonce, tip, mortalBlocks, from }: SigningTerms): SignedTransaction {
    const { api } = this.connection;
    const extrinsics = calls.map((call, index) => {
      try {
        return call.build(api);
      } catch (error) {
        throw new UnwritableCall(index, error);
      }
    });
    const [first, ...more] = extrinsics;
    if (first === undefined) throw new Error('a transaction needs a call');
    const extrinsic = more.length === 0 ? first : api.tx.utility.forceBatch(extrinsics);
    extrinsic.sign(this.account, {
      blockHash: from.hash,
      genesisHash: api.genesisHash,
      era: api.registry.createType('ExtrinsicEra', { current: from.number, period: mortalBlocks }),
      nonce,
      tip,
      runtimeVersion: api.runtimeVersion,
      signedExtensions: api.registry.signedExtensions,
    });
    return { hash: extrinsic.hash.toHex(), bytes: extrinsic.toHex() };
  }

  async submit({ bytes }: SignedTransaction): Promise<void> {
    try {
      await this.connection.api.rpc.author.submitExtrinsic(bytes);
    } catch (cause) {
      if (this.connection.lost.aborted) throw unreachable(this.connection.endpoint, 'was lost while sending', cause);
      const said = (cause instanceof Error ? cause.message : String(cause)).slice(0, 300);
      const problem = submitProblem(said);
      throw new SubmitError(
        problem,
        `${this.account.address}: ${problem === 'Unpayable' ? `the account cannot pay its fee (${said})` : said}`,
        cause,
      );
    }
  }

  async fee({ bytes }: SignedTransaction): Promise<bigint> {
    const length = (bytes.length - 2) / 2;
    return this.asking(async ({ call }) =>
      (await call.transactionPaymentApi.queryInfo(bytes, length)).partialFee.toBigInt(),
    );
  }

  async contentOf(block: BlockRef, hashes: readonly string[]): Promise<BlockContent> {
    return this.connection.read(block, async (at) => {
      // Not decoded: the block may contain extrinsics this API has no types for.
      const { block: found } = await this.connection.api.rpc.chain.getBlock.raw<RawBlock>(block.hash);
      const places = new Map<string, number>(found.extrinsics.map((bytes, index) => [blake2AsHex(bytes), index]));
      const here = hashes.filter((hash) => places.has(hash));
      const events = here.length === 0 ? [] : [...(await at.query.system.events())];
      const outcomes = here.map((hash) => {
        const place = places.get(hash) ?? -1;
        const mine = events.filter(({ phase }) => phase.isApplyExtrinsic && phase.asApplyExtrinsic.eq(place));
        return [hash, outcomesOf(this.connection.api, mine)] as const;
      });
      return { parentHash: found.header.parentHash, outcomes: new Map(outcomes) };
    });
  }

  private async asking<T>(ask: (api: ApiPromise) => Promise<T>): Promise<T> {
    try {
      return await ask(this.connection.api);
    } catch (cause) {
      throw unreachable(
        this.connection.endpoint,
        `did not answer: ${cause instanceof Error ? cause.message : cause}`,
        cause,
      );
    }
  }
}

/** `chain_getBlock` as the node sends it. */
interface RawBlock {
  readonly block: {
    readonly header: { readonly parentHash: `0x${string}` };
    readonly extrinsics: readonly `0x${string}`[];
  };
}
