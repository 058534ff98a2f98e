import type { HeartbeatReading } from './provider-reader.ts';

/** What is known when it is decided whether to send a heartbeat. */
export interface HeartbeatFacts {
  /** Number of the best block: what is in no block yet is not there. */
  readonly block: number;
  readonly reading: HeartbeatReading;
  /** Whether the operator can speak for what runs. */
  readonly mayReport: boolean;
  /** Best block at which a heartbeat was sent that has not shown its effect; undefined when none is under way. */
  readonly sentAt: number | undefined;
}

export type HeartbeatAction =
  /** Look again at this block or later. */
  | { readonly do: 'wait'; readonly until: number }
  | { readonly do: 'send' }
  /** One was sent and has had no effect for too long: something stands before it. */
  | { readonly do: 'sendInstead' };

/** What to do about the heartbeat. Pure. */
export function nextHeartbeat({ block, reading, mayReport, sentAt }: HeartbeatFacts): HeartbeatAction {
  const { period, provider, serves } = reading;
  if (provider === undefined || !serves) return { do: 'wait', until: block + idleBlocks(period) };
  if (!mayReport) return { do: 'wait', until: block + 1 };
  const dueAt = heartbeatDueAt(reading);
  if (block < dueAt) return { do: 'wait', until: dueAt };
  if (sentAt === undefined) return { do: 'send' };
  if (block - sentAt < patienceBlocks(period)) return { do: 'wait', until: sentAt + patienceBlocks(period) };
  return { do: 'sendInstead' };
}

/** The block from which on the next heartbeat is due: half a period before the last one runs out. */
export function heartbeatDueAt({ period, freshUntil }: HeartbeatReading): number {
  return freshUntil === undefined ? 0 : freshUntil - Math.floor(period / 2);
}

/** Blocks in which a heartbeat may show its effect: several attempts fit into a quarter of the period. */
export function patienceBlocks(period: number): number {
  return Math.max(2, Math.floor(period / 16));
}

/** Blocks between two looks at a provider that needs no heartbeat. */
function idleBlocks(period: number): number {
  return Math.max(1, Math.floor(period / 4));
}
