import { ApiError } from './api-error.ts';
import type { Account } from './rows.ts';
import type { World } from './world.ts';

/** The limit of calls per account, as the server's own rate limiter has it. Root admins are not limited. */
export class Throttle {
  readonly #windows = new Map<string, { start: number; calls: number }>();

  /** Counts a call. Throws 429 above the limit. */
  count(world: World, account: Account, now: number): void {
    if (world.setting('api.throttling.enabled') !== 'true' || account.role === 'Admin') return;
    const interval = Number(world.setting('api.throttling.interval')) * 1_000;
    const max = Number(world.setting('api.throttling.max'));
    const known = this.#windows.get(account.id);
    const window = known === undefined || now - known.start >= interval ? { start: now, calls: 0 } : known;
    this.#windows.set(account.id, window);
    window.calls += 1;
    if (window.calls > max) throw tooMany(interval - (now - window.start));
  }
}

/** 429; the wait is in the text only. */
export function tooMany(ms: number): ApiError {
  return new ApiError(
    429,
    9999,
    `The given user has reached his/her account api limit, please retry after [${ms}] ms.`,
  );
}
