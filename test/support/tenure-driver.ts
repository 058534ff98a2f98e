import type { TenureState } from '../../src/award/state.ts';
import { type Intent, nextAction, type OrderFact } from '../../src/controller/deployment/next-action.ts';
import { DinfraError, RetryableError } from '../../src/errors/dinfra-error.ts';
import type { Memo, Observation, Order, Present, Reactor, Step } from '../../src/providers/port.ts';

/** Time as the driver lives in it. */
export interface PassingTime {
  /** Unix milliseconds. */
  now(): number;
  /** Lets so many milliseconds pass: really, or by moving a clock. */
  pass(ms: number): Promise<void>;
}

/** What one pass did, as far as tests look at it. */
export interface Pass {
  readonly action: string;
  readonly found: Observation | undefined;
  readonly step: Step | undefined;
  readonly error: DinfraError | undefined;
}

/**
 * Plays the controller for one tenure: observe, decide by the controller's own function, act, write the memo down. What
 * survives a crash is `memo` and `intent`; a driver made from them is the operator started again.
 */
export class TenureDriver {
  order: Order;
  wanted: TenureState;
  memo: Memo | undefined;
  intent: Intent | undefined;
  /** Every pass so far. */
  readonly passes: Pass[] = [];
  readonly #reactor: Reactor;
  readonly #time: PassingTime;

  constructor(reactor: Reactor, order: Order, time: PassingTime, wanted: TenureState = 'Accepted') {
    this.#reactor = reactor;
    this.order = order;
    this.#time = time;
    this.wanted = wanted;
  }

  /** One pass. Errors that are not ours are thrown: they stand for a crash. */
  async pass(signal: AbortSignal = AbortSignal.timeout(30_000)): Promise<Pass> {
    let found: Observation | undefined;
    try {
      const order = this.wanted === 'Ended' ? undefined : this.order;
      found = await this.#reactor.observe(this.order.identity, order, this.memo, signal);
      if (found.kind !== 'Absent' && found.memo !== undefined) this.memo = found.memo;
      if (found.kind === 'Present') this.intent = undefined;
      const realisable: OrderFact = { kind: 'Realisable' };
      const now = this.#time.now();
      const action = nextAction({ wanted: this.wanted, order: realisable, found, intent: this.intent, now });
      const waits = 'afterMs' in action ? action.afterMs : 0;
      const step = await this.#act(action, signal);
      if (step?.memo !== undefined) this.memo = step.memo;
      await this.#time.pass(Math.max(waits, step?.pollAfterMs ?? 0));
      return this.#record({ action: action.do, found, step, error: undefined });
    } catch (error) {
      if (!(error instanceof DinfraError)) throw error;
      await this.#time.pass(error instanceof RetryableError ? (error.retryAfterMs ?? 1_000) : 60_000);
      return this.#record({ action: 'failed', found, step: undefined, error });
    }
  }

  /** Passes until `done` says so. Throws, with what happened last, when that takes more than `limit` passes. */
  async until(done: (pass: Pass) => boolean, limit = 60): Promise<Pass> {
    for (let count = 0; count < limit; count++) {
      const pass = await this.pass();
      if (done(pass)) return pass;
    }
    const last = this.passes.slice(-6).map((pass) => {
      const what = pass.error?.message ?? pass.step?.message ?? (pass.found as Present | undefined)?.message;
      return `${pass.action}: ${what ?? pass.found?.kind}`;
    });
    throw new Error(`not there after ${limit} passes; last:\n  ${last.join('\n  ')}`);
  }

  /** Passes until nothing is left to do: it runs, is stopped as wanted, or is proven to be gone. */
  settle(limit?: number): Promise<Pass> {
    return this.until(({ action }) => action === 'rest' || action === 'confirmReleased', limit);
  }

  async #act(action: ReturnType<typeof nextAction>, signal: AbortSignal): Promise<Step | undefined> {
    switch (action.do) {
      case 'create':
        this.intent = { at: this.#time.now(), attempt: action.attempt };
        return this.#reactor.create(this.order, this.memo, signal);
      case 'update':
        return this.#reactor.update(this.order, action.found, signal);
      case 'start':
        return this.#reactor.start(this.order, action.found, signal);
      case 'stop':
        return this.#reactor.stop(this.order.identity, action.found, signal);
      case 'remove':
        return this.#reactor.delete(this.order.identity, action.found, signal);
      default:
        return undefined;
    }
  }

  #record(pass: Pass): Pass {
    this.passes.push(pass);
    return pass;
  }
}
