import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { ISubmittableResult } from '@polkadot/types/types';
import { RetryableError } from '../errors/dinfra-error.ts';
import { type CallOutcome, outcomesOf } from './call-outcome.ts';

/** One call to be sent. */
export interface Outgoing {
  /** The caller's own name for it; outcomes are told under it. */
  readonly key: string;
  build(api: ApiPromise): SubmittableExtrinsic<'promise'>;
}

/** What came of one transaction. */
export interface Sent {
  /** Number of the finalised block it is in. */
  readonly block: number;
  /** By the keys of its calls. */
  readonly outcomes: ReadonlyMap<string, CallOutcome>;
}

/** How many blocks a transaction stays valid. Afterwards it is certain that it will never be included. */
const MORTAL_BLOCKS = 64;
/** How long a transaction is watched, in milliseconds, before its fate is left to the chain's state to tell. */
const WATCH_TIMEOUT_MS = 10 * 60_000;

/**
 * Sends the calls of one account. The nonce is ours: transactions are signed and submitted one after the other and
 * may then wait for finality together. Every outcome is only a hint; what counts is the chain's state, read again at
 * the next finalised block, so a lost answer or a call sent twice does no harm.
 */
export class TransactionQueue {
  readonly account: KeyringPair;
  private readonly currentApi: () => ApiPromise;
  private lastSubmit: Promise<unknown> = Promise.resolve();
  private nextNonce = 0;

  /** `api` throws a RetryableError while the chain cannot be reached. */
  constructor(account: KeyringPair, api: () => ApiPromise) {
    this.account = account;
    this.currentApi = api;
  }

  /**
   * Sends the calls in one transaction and waits until it is final. Calls fail one by one: the others go through.
   *
   * @throws RetryableError ChainUnreachable, TransactionRejected or TransactionLost. None of them proves that nothing
   *   was applied.
   */
  async send(calls: readonly Outgoing[], signal: AbortSignal): Promise<Sent> {
    const api = this.currentApi();
    const built = calls.map((call) => call.build(api));
    const [first, ...more] = built;
    if (first === undefined) return { block: 0, outcomes: new Map() };
    const transaction = more.length === 0 ? first : api.tx.utility.forceBatch(built);
    const watch = new Watch();
    const submitted = this.lastSubmit.then(() => this.submit(api, transaction, watch, signal));
    this.lastSubmit = submitted.catch(() => undefined);
    await submitted;
    const result = await watch.final(signal);
    const keys = calls.map(({ key }) => key);
    const header = await api.rpc.chain.getHeader(result.status.asFinalized);
    return { block: header.number.toNumber(), outcomes: outcomesOf(api, result, keys) };
  }

  private async submit(
    api: ApiPromise,
    transaction: SubmittableExtrinsic<'promise'>,
    watch: Watch,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    try {
      const onChain = await api.rpc.system.accountNextIndex(this.account.address);
      // The node's pool may not show yet what was sent a moment ago.
      const nonce = Math.max(onChain.toNumber(), this.nextNonce);
      watch.stop = await transaction.signAndSend(this.account, { nonce, era: MORTAL_BLOCKS }, (result) =>
        watch.see(result),
      );
      this.nextNonce = nonce + 1;
    } catch (cause) {
      this.nextNonce = 0;
      throw new RetryableError('TransactionRejected', {
        message: `the node did not take a transaction of ${this.account.address}: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      });
    }
  }
}

/** Follows one transaction to a finalised block. */
class Watch {
  stop: () => void = () => {};
  private readonly settled = Promise.withResolvers<ISubmittableResult>();

  constructor() {
    // It may fail before anybody waits for it.
    this.settled.promise.catch(() => undefined);
  }

  see(result: ISubmittableResult): void {
    const { status } = result;
    if (status.isFinalized) this.settled.resolve(result);
    if (status.isInvalid || status.isDropped || status.isUsurped || status.isFinalityTimeout) {
      this.settled.reject(
        new RetryableError('TransactionLost', { message: `the node gave up a transaction: ${status.type}` }),
      );
    }
  }

  async final(signal: AbortSignal): Promise<ISubmittableResult> {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(WATCH_TIMEOUT_MS)]);
    const giveUp = () =>
      this.settled.reject(new RetryableError('TransactionLost', { message: 'a transaction was not final in time' }));
    if (deadline.aborted) giveUp();
    deadline.addEventListener('abort', giveUp, { once: true });
    try {
      return await this.settled.promise;
    } finally {
      deadline.removeEventListener('abort', giveUp);
      this.stop();
    }
  }
}
