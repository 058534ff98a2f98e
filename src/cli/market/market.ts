import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import { encodeAddress } from '@polkadot/util-crypto';
import { systemClock } from '../../base/clock.ts';
import { openFence } from '../../base/fence.ts';
import type { DinfraError } from '../../errors/dinfra-error.ts';
import { type PalletNames, type PalletsAt, palletCalls, palletsAt, sectionsOf } from '../../sources/dinfra/pallets.ts';
import { AccountSender, type SentResult } from '../../substrate/account-sender.ts';
import type { BlockRef } from '../../substrate/block-ref.ts';
import { ChainClient } from '../../substrate/chain-client.ts';
import type { ChainLease } from '../../substrate/chain-lease.ts';
import { withoutCredentials } from '../../substrate/chain-node.ts';
import { type Connection, connect } from '../../substrate/connection.ts';
import { Extrinsics, type Outgoing } from '../../substrate/extrinsics.ts';
import type { Account } from '../account/account.ts';
import type { Unit } from '../command/amount.ts';
import { UserError } from '../command/user-error.ts';

/** Explanations of the errors that users meet, by pallet as our runtime has it. */
const ERRORS: Readonly<Record<string, string>> = {
  'provider.UnknownType': 'the chain has no such descriptor type',
  'provider.TypeExists': 'the chain already has a descriptor type of that name',
  'subscription.UnknownSubscription': 'the chain has no such subscription',
  'subscription.NotConsumer': 'the subscription belongs to another account',
  'subscription.WrongState': 'the subscription is not in a state in which this can be done',
  'Token.FundsUnavailable': 'the account has not enough funds',
};

/** How long to wait for a connection, in milliseconds. */
const CONNECT_MS = 10_000;

/** A call that was made already. */
interface Made extends Outgoing {
  readonly call: SubmittableExtrinsic<'promise'>;
}

/** A connection to a chain for the duration of one command. */
export class Market implements AsyncDisposable {
  /** What the runtime calls the two pallets. */
  readonly names: PalletNames;
  private readonly lease: ChainLease<Connection>;
  private readonly observers: Set<(block: BlockRef) => void>;

  private constructor(names: PalletNames, lease: ChainLease<Connection>, observers: Set<(block: BlockRef) => void>) {
    this.names = names;
    this.lease = lease;
    this.observers = observers;
  }

  /**
   * @throws UserError when it is not the address of a node, none answers within ten seconds, or its runtime does not have
   *   the pallets.
   */
  static async open(url: string, names: PalletNames): Promise<Market> {
    if (!/^wss?:\/\/./.test(url) || !URL.canParse(url)) {
      throw new UserError(
        // The rest of the URL may hold a token.
        `--url is not a WebSocket address: it begins with "${url.slice(0, url.indexOf(':') + 1) || url.slice(0, 12)}"`,
        'Give ws://HOST:PORT or wss://HOST, or set DINFRA_URL.',
      );
    }
    const client = new ChainClient(
      { endpoints: [url], genesis: undefined },
      { connect, clock: systemClock, random: Math.random },
    );
    const observers = new Set<(block: BlockRef) => void>();
    const reached = Promise.withResolvers<void>();
    const lease = client.open(
      {
        onHead: ({ block }) => {
          reached.resolve();
          for (const observer of observers) observer(block);
        },
        onState: (state) => {
          if ('error' in state) reached.reject(state.error);
        },
      },
      undefined,
    );
    const late = `the chain at ${withoutCredentials(url)} does not answer: nothing came within ${CONNECT_MS / 1_000} s`;
    const cancel = systemClock.after(CONNECT_MS, () => reached.reject(new Error(late)));
    try {
      await reached.promise;
    } catch (error) {
      void lease.close();
      throw new UserError(
        (error as Error).message,
        'Give the address of a node of the chain with --url, or set DINFRA_URL.',
      );
    } finally {
      cancel();
    }
    const market = new Market(names, lease, observers);
    try {
      palletsAt(market.api, names);
      return market;
    } catch (error) {
      void lease.close();
      throw new UserError(
        (error as Error).message,
        'Name the pallets of this chain with --provider-pallet and --subscription-pallet.',
      );
    }
  }

  /** The node's API; after a runtime upgrade it is another one. */
  get api(): ApiPromise {
    return this.lease.node.api;
  }

  /** The two pallets, to be read at the head of the chain. */
  get pallets(): PalletsAt {
    return palletsAt(this.api, this.names);
  }

  /** The calls of the two pallets. */
  get calls(): ReturnType<typeof palletCalls> {
    return palletCalls(this.api, this.names);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lease.close();
  }

  get unit(): Unit {
    const { chainTokens, chainDecimals } = this.api.registry;
    return { symbol: chainTokens[0] ?? 'UNIT', decimals: chainDecimals[0] ?? 12 };
  }

  /** An account's address as this chain writes it. */
  addressOf({ pair }: Account): string {
    return encodeAddress(pair.publicKey, this.api.registry.chainSS58);
  }

  /**
   * Submits one call and waits until it is finalised. Returns the number of its block.
   *
   * @throws UserError when the chain refuses it, or it is not known what became of it.
   */
  async send(account: Account, call: SubmittableExtrinsic<'promise'>): Promise<number> {
    const done = Promise.withResolvers<SentResult>();
    const sender = new AccountSender<Made>({
      node: () => new Extrinsics(this.lease.node, account.pair),
      fence: openFence,
      onResult: (_, result) => done.resolve(result),
    });
    const follow = (block: BlockRef) => sender.follow(block);
    this.observers.add(follow);
    if (this.lease.head !== undefined) follow(this.lease.head.block);
    sender.send([{ call, build: () => call }]);
    try {
      const result = await done.promise;
      if (result.kind === 'Applied') return result.block;
      throw result.kind === 'Refused' ? this.refused(result.error, account) : lost(sender.problem);
    } finally {
      this.observers.delete(follow);
    }
  }

  private refused(error: string, account: Account): UserError {
    const sections = sectionsOf(this.names);
    const [section, name] = error.split('.');
    const pallet =
      section === sections.provider ? 'provider' : section === sections.subscription ? 'subscription' : section;
    return new UserError(
      `the chain refused the call: ${ERRORS[`${pallet}.${name}`] ?? error}`,
      error === 'Token.FundsUnavailable'
        ? `Give funds to ${this.addressOf(account)}, or ask for less.`
        : `Look up ${error} in docs/chain.md.`,
    );
  }
}

function lost(problem: DinfraError | undefined): Error {
  return (
    problem ??
    new UserError('it is not known what became of the transaction', 'See dinfra list before you send it again.')
  );
}
