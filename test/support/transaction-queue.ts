import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { ISubmittableResult } from '@polkadot/types/types';
import { type Fence, LeadershipLostError, openFence } from '../../src/base/fence.ts';
import { RetryableError } from '../../src/errors/dinfra-error.ts';
import { type CallOutcome, outcomesOf } from '../../src/substrate/call-outcome.ts';

/** A call to send. */
export interface Outgoing {
  /** The caller's name for it; outcomes are reported by this key. */
  readonly key: string;
  build(api: ApiPromise): SubmittableExtrinsic<'promise'>;
}

/** The result of a transaction. */
export interface Sent {
  /** Number of the finalised block that includes it; of the last one if there was nothing to send. */
  readonly block: number;
  /** Outcomes by the keys of its calls. */
  readonly outcomes: ReadonlyMap<string, CallOutcome>;
}

/** How many blocks a transaction is valid. After that it can never be included. */
const MORTAL_BLOCKS = 64;
/** How long a transaction is watched, in milliseconds. After that only the chain's state shows its fate. */
const WATCH_TIMEOUT_MS = 10 * 60_000;

/**
 * Sends the calls of one account. It manages the nonce itself: transactions are signed and submitted one after the
 * other and may then wait for finality together. Outcomes are only hints; the chain's state, which is read again at the
 * next finalised block, decides. So a lost reply or a repeated call is harmless.
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
   * Sends the calls in one transaction and waits until it is final. Calls fail individually: the others succeed, even if one cannot be encoded, e.g. because of a number that is too large.
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
    // A submission on a broken connection may never return: the next one must not wait for it.
    const over = Promise.race([submitted, watch.lost]);
    this.lastSubmit = over.catch(() => undefined);
    const result = await this.untilFinal(over, watch, api, signal);
    const keys = good.map(({ key }) => key);
    const header = await api.rpc.chain.getHeader(result.status.asFinalized);
    const outcomeOf = outcomesOf(api, result.events);
    const included = keys.map((key, place) => [key, outcomeOf(place)] as const);
    return { block: header.number.toNumber(), outcomes: new Map([...included, ...bad]) };
  }

  private async untilFinal(
    submitted: Promise<void>,
    watch: Watch,
    api: ApiPromise,
    signal: AbortSignal,
  ): Promise<ISubmittableResult> {
    // A lost node reports nothing about its transactions, and neither does the library.
    const lose = () => watch.lose('the connection to the node was lost');
    api.on('disconnected', lose);
    try {
      if (!api.isConnected) lose();
      await submitted;
      return await watch.final(signal);
    } catch (error) {
      // A lost transaction may never use its nonce and would block all later ones: ask the node for the next nonce.
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
      // The node's pool may not show the last transaction yet.
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

/** The node's message, with an explanation of the most common error first. */
function whyNotTaken(cause: unknown): string {
  const said = (cause instanceof Error ? cause.message : String(cause)).slice(0, 300);
  // A stock node reports it as text, chopsticks as JSON of the error.
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
  /** Never resolves; rejects if the fate of the transaction will not be reported. */
  readonly lost: Promise<never>;
  private readonly settled = Promise.withResolvers<ISubmittableResult>();

  constructor() {
    this.lost = new Promise((_, reject) => this.settled.promise.catch(reject));
    // It may reject before it is awaited.
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
