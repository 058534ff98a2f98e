/** How long leaders and standbys wait, in milliseconds. retryMs < renewDeadlineMs < leaseMs. */
export interface ElectionTimes {
  /** How long a standby waits for a leader that is silent. A Lease holds whole seconds. */
  readonly leaseMs: number;
  /** How long after its last renewal a leader may act. */
  readonly renewDeadlineMs: number;
  /** Time between renewals, and between looks of a standby. */
  readonly retryMs: number;
}

/**
 * The times that follow from the length of the lease. After a leader's sudden death the next one is elected within
 * `leaseMs` and one look of a standby, which is lease / 8.
 *
 * A quarter of the lease is kept between the moment a leader stops acting and the moment another may begin: what it has
 * sent by then has that long to arrive, and clocks of two machines may run at different speeds. Renewing every eighth
 * leaves six attempts before leadership is lost, and an API server that takes up to three quarters of the lease for one
 * write costs nothing.
 */
export function electionTimes(leaseMs: number): ElectionTimes {
  return { leaseMs, renewDeadlineMs: (leaseMs * 3) / 4, retryMs: leaseMs / 8 };
}
