/**
 * Whether this process may still act on the outside world. Checked immediately before every outward effect: an API write,
 * a helm process, a CloudStack call that changes something, an extrinsic. Timers of a process that was stopped and
 * resumed fire late; comparing the monotonic clock with the end of the lease does not.
 */
export interface Fence {
  /** @throws LeadershipLostError when another process may already act. Then nothing may be sent. */
  assertHeld(): void;
  /**
   * How long this process may act without another renewal, in milliseconds: 0 when it may not, Infinity without leader
   * election. Bounds what acts independently meanwhile: a child process must not outlive it.
   */
  remainingMs(): number;
}

/** Leadership is lost, or can no longer be proven. Ends the process and never becomes a condition of a resource. */
export class LeadershipLostError extends Error {
  constructor() {
    super('leadership was lost: another operator may already act');
    this.name = 'LeadershipLostError';
  }
}

/** A fence that is always open: for the command line and an operator started with --no-leader-election. */
export const openFence: Fence = { assertHeld: () => undefined, remainingMs: () => Number.POSITIVE_INFINITY };
