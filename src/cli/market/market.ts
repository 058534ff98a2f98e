import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import { connect } from '../../substrate/connection.ts';
import { withoutCredentials } from '../../substrate/endpoint.ts';
import { TransactionQueue } from '../../substrate/transaction-queue.ts';
import type { Account } from '../account/account.ts';
import type { Unit } from '../command/amount.ts';
import { UserError } from '../command/user-error.ts';

/** Explanations of the pallet errors that users meet. */
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

/** A connection to a chain for the duration of one command. */
export class Market implements AsyncDisposable {
  readonly api: ApiPromise;
  private readonly close: () => Promise<void>;

  private constructor(api: ApiPromise, close: () => Promise<void>) {
    this.api = api;
    this.close = close;
  }

  /** @throws UserError when it is not the address of a node, or none answers within ten seconds. */
  static async open(url: string): Promise<Market> {
    if (!/^wss?:\/\/./.test(url) || !URL.canParse(url)) {
      throw new UserError(
        // The rest of the URL may hold a token.
        `--url is not a WebSocket address: it begins with "${url.slice(0, url.indexOf(':') + 1) || url.slice(0, 12)}"`,
        'Give ws://HOST:PORT or wss://HOST, or set DINFRA_URL.',
      );
    }
    const deadline = AbortSignal.timeout(CONNECT_MS);
    const connection = await connect(url, deadline).catch((error: unknown) => {
      const message = `the chain at ${withoutCredentials(url)} does not answer: nothing came within ${CONNECT_MS / 1_000} s`;
      throw new UserError(
        deadline.aborted ? message : (error as Error).message,
        'Give the address of a node of the chain with --url, or set DINFRA_URL.',
      );
    });
    return new Market(connection.api, () => connection.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get unit(): Unit {
    const { chainTokens, chainDecimals } = this.api.registry;
    return { symbol: chainTokens[0] ?? 'UNIT', decimals: chainDecimals[0] ?? 12 };
  }

  /**
   * Submits one call and waits until it is finalised. Returns the number of its block.
   *
   * @throws UserError when the chain refuses it.
   */
  async send(account: Account, call: SubmittableExtrinsic<'promise'>): Promise<number> {
    const queue = new TransactionQueue(account.pair, () => this.api);
    const { block, outcomes } = await queue.send([{ key: 'call', build: () => call }], AbortSignal.timeout(120_000));
    const outcome = outcomes.get('call');
    if (outcome?.kind === 'Failed') {
      throw new UserError(
        `the chain refused the call: ${ERRORS[outcome.error] ?? outcome.error}`,
        outcome.error === 'Token.FundsUnavailable'
          ? `Give funds to ${account.pair.address}, or ask for less.`
          : `Look up ${outcome.error} in docs/chain.md.`,
      );
    }
    return block;
  }
}
