import pLimit, { type LimitFunction } from 'p-limit';
import type { Clock } from '../../../base/clock.ts';
import type { CallLimits } from './config.ts';
import { Pace } from './pace.ts';

/** How hard one management server is used with one pair of keys, by all who share this. */
export class CallLane {
  /** Most calls in flight. */
  readonly concurrency: number;
  readonly slots: LimitFunction;
  readonly pace: Pace;

  constructor({ concurrency = 8, callsPerSecond = 20 }: CallLimits, clock: Clock) {
    this.concurrency = concurrency;
    this.slots = pLimit(concurrency);
    this.pace = new Pace(callsPerSecond, clock);
  }
}
