/** Timing of an election, in milliseconds. retryMs < renewDeadlineMs < leaseMs. */
export interface ElectionTimes {
  /** How long a standby waits for a silent leader. A Lease holds whole seconds. */
  readonly leaseMs: number;
  /** How long after its last renewal a leader may act. */
  readonly renewDeadlineMs: number;
  /** Time between renewals, and between attempts of a standby. */
  readonly retryMs: number;
}

/**
 * Derives the timing from the lease duration. After a leader dies the next one is elected within `leaseMs` plus one
 * retry period of a standby, which is lease / 8.
 *
 * A quarter of the lease lies between the moment a leader stops acting and the moment another may start: requests it has
 * sent have that long to arrive, and it absorbs clock drift between machines. Renewing every eighth of the lease leaves
 * six attempts before leadership is lost, and an API server may take up to three quarters of the lease for one write.
 */
export function electionTimes(leaseMs: number): ElectionTimes {
  return { leaseMs, renewDeadlineMs: (leaseMs * 3) / 4, retryMs: leaseMs / 8 };
}
