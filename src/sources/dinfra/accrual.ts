/** A provider's heartbeats as the chain counts them. */
export interface HeartbeatCount {
  /** Block of the last heartbeat, and the last block that it covers. */
  readonly at: number;
  readonly until: number;
  /** Blocks covered up to `at`. */
  readonly counted: number;
}

/** What the earnings of a tenure since its last settlement depend on. */
export interface TenureAccount {
  readonly isActive: boolean;
  readonly price: bigint;
  /** The provider's count of covered blocks at the last settlement. */
  readonly mark: number;
}

/** Blocks up to and including `block` that were covered: `Heartbeat::covered` of pallet-dinfra-provider. */
export function coveredBlocks({ at, until, counted }: HeartbeatCount, block: number): number {
  return counted + Math.max(0, Math.min(block, until) - at);
}

/**
 * What a tenure has earned since it was last settled, at most what is funded: `accrued` of pallet-dinfra-subscription for
 * Active ones. Suspended ones earn a part of the price that only the runtime knows: they count as nothing.
 */
export function owedFor({ isActive, price, mark }: TenureAccount, covered: number): bigint {
  return isActive ? price * BigInt(Math.max(0, covered - mark)) : 0n;
}

/** The balance left for fees. Frozen balance must stay, except for the part that is on hold anyway. */
export function freeForFees(free: bigint, frozen: bigint, onHold: bigint): bigint {
  const kept = frozen > onHold ? frozen - onHold : 0n;
  return free > kept ? free - kept : 0n;
}
