import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { ISubmittableResult } from '@polkadot/types/types';
import { type Fence, LeadershipLostError, openFence } from '../../src/base/fence.ts';
import { RetryableError } from '../../src/errors/dinfra-error.ts';
import { type CallOutcome, outcomesOf } from '../../src/substrate/call-outcome.ts';

/** One call to be sent. */
export interface Outgoing {
  /** The caller's own name for it; outcomes are told under it. */
  readonly key: string;
  build(api: ApiPromise): SubmittableExtrinsic<'promise'>;
}

/** What came of one transaction. */
export interface Sent {
  /** Number of the finalised block it is in; of the last one when there was nothing to be sent. */
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
  private readonly fence: Fence;
  private lastSubmit: Promise<unknown> = Promise.resolve();
  private nextNonce = 0;

  /** `api` throws a RetryableError while the chain cannot be reached. `fence` is asked before anything is submitted. */
  constructor(account: KeyringPair, api: () => ApiPromise, fence: Fence = openFence) {
    this.account = account;
    this.currentApi = api;
    this.fence = fence;
  }

  /**
   * Sends the calls in one transaction and waits until it is final. Calls fail one by one: the others go through, also
   * when one cannot even be written, as with a number the chain has no room for.
   *
   * @throws RetryableError ChainUnreachable, TransactionRejected or TransactionLost. None of them proves that nothing
   *   was applied.
   */
  async send(calls: readonly Outgoing[], signal: AbortSignal): Promise<Sent> {
    const api = this.currentApi();
    const written = calls.map((call) => write(call, api));
    const good = written.filter((call) => 'extrinsic' in call);
    const bad = written.filter((call) => 'outcome' in call).map(({ key, outcome }) => [key, outcome] as const);
    const extrinsics = good.map(({ extrinsic }) => extrinsic);
    const [first, ...more] = extrinsics;
    if (first === undefined) return { block: await finalisedNumber(api), outcomes: new Map(bad) };
    const transaction = more.length === 0 ? first : api.tx.utility.forceBatch(extrinsics);
    const watch = new Watch();
    const submitted = this.lastSubmit.then(() => this.submit(api, transaction, watch, signal));
    // A submission on a connection that broke may never come back: the next one is not to wait for it.
    const over = Promise.race([submitted, watch.lost]);
    this.lastSubmit = over.catch(() => undefined);
    const result = await this.untilFinal(over, watch, api, signal);
    const keys = good.map(({ key }) => key);
    const header = await api.rpc.chain.getHeader(result.status.asFinalized);
    const outcomeOf = outcomesOf(api, result.events);
    const told = keys.map((key, place) => [key, outcomeOf(place)] as const);
    return { block: header.number.toNumber(), outcomes: new Map([...told, ...bad]) };
  }

  private async untilFinal(
    submitted: Promise<void>,
    watch: Watch,
    api: ApiPromise,
    signal: AbortSignal,
  ): Promise<ISubmittableResult> {
    // A node that is gone tells nothing of what it was given, and the library does not say so either.
    const lose = () => watch.lose('the connection to the node was lost');
    api.on('disconnected', lose);
    try {
      if (!api.isConnected) lose();
      await submitted;
      return await watch.final(signal);
    } catch (error) {
      // What was lost may never take its place, and everything behind it would wait for it: ask the node anew.
      this.nextNonce = 0;
      throw error;
    } finally {
      api.off('disconnected', lose);
    }
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
      this.fence.assertHeld();
      watch.stop = await transaction.signAndSend(this.account, { nonce, era: MORTAL_BLOCKS }, (result) =>
        watch.see(result),
      );
      this.nextNonce = nonce + 1;
    } catch (cause) {
      if (cause instanceof LeadershipLostError) throw cause;
      throw new RetryableError('TransactionRejected', {
        message: `the node did not take a transaction of ${this.account.address}: ${whyNotTaken(cause)}`,
        cause,
      });
    }
  }
}

/** What the node said, led by words for what newcomers meet first. */
function whyNotTaken(cause: unknown): string {
  const said = (cause instanceof Error ? cause.message : String(cause)).slice(0, 300);
  // A stock node says it in words, chopsticks as the error's JSON.
  return /Inability to pay|"payment"/.test(said) ? `the account cannot pay its fee (${said})` : said;
}

type Written =
  | { readonly key: string; readonly extrinsic: SubmittableExtrinsic<'promise'> }
  | { readonly key: string; readonly outcome: CallOutcome };

function write(call: Outgoing, api: ApiPromise): Written {
  const { key } = call;
  try {
    return { key, extrinsic: call.build(api) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { key, outcome: { kind: 'Failed', error: `it cannot be written: ${why.slice(0, 300)}` } };
  }
}

async function finalisedNumber(api: ApiPromise): Promise<number> {
  const header = await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead());
  return header.number.toNumber();
}

/** Follows one transaction to a finalised block. */
class Watch {
  stop: () => void = () => {};
  /** Never resolves; rejects when the fate of the transaction will not be told. */
  readonly lost: Promise<never>;
  private readonly settled = Promise.withResolvers<ISubmittableResult>();

  constructor() {
    this.lost = new Promise((_, reject) => this.settled.promise.catch(reject));
    // It may fail before anybody waits for it.
    this.lost.catch(() => undefined);
  }

  lose(why: string): void {
    this.settled.reject(
      new RetryableError('TransactionLost', { message: `the fate of a transaction is unknown: ${why}` }),
    );
  }

  see(result: ISubmittableResult): void {
    const { status } = result;
    if (status.isFinalized) this.settled.resolve(result);
    if (status.isInvalid || status.isDropped || status.isUsurped || status.isFinalityTimeout) {
      this.lose(`the node gave it up as ${status.type}`);
    }
  }

  async final(signal: AbortSignal): Promise<ISubmittableResult> {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(WATCH_TIMEOUT_MS)]);
    const giveUp = () => this.lose('it was not final in time');
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
