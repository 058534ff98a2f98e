import type { HeartbeatReading } from './provider-reader.ts';

/** The facts that decide whether to send a heartbeat. */
export interface HeartbeatFacts {
  /** Number of the best block. Transactions in the pool do not count. */
  readonly block: number;
  readonly reading: HeartbeatReading;
  /** Whether the operator knows what runs. */
  readonly mayReport: boolean;
  /** Best block at which a heartbeat was sent whose effect does not show yet; undefined if none is in flight. */
  readonly sentAt: number | undefined;
}

export type HeartbeatAction =
  /** Check again at this block or later. */
  | { readonly do: 'wait'; readonly until: number }
  | { readonly do: 'send' }
  /** A sent heartbeat has had no effect for too long: a transaction before it is stuck. */
  | { readonly do: 'sendInstead' };

/** Decides whether to send a heartbeat. Pure. */
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

/** The block from which the next heartbeat is due: half a period before the last one expires. */
export function heartbeatDueAt({ period, freshUntil }: HeartbeatReading): number {
  return freshUntil === undefined ? 0 : freshUntil - Math.floor(period / 2);
}

/** Number of blocks to wait for the effect of a heartbeat: several attempts fit into a quarter of the period. */
export function patienceBlocks(period: number): number {
  return Math.max(2, Math.floor(period / 16));
}

/** Number of blocks between two checks of a provider that needs no heartbeat. */
function idleBlocks(period: number): number {
  return Math.max(1, Math.floor(period / 4));
}
