/** What a reflector does next. */
export interface Plan {
  readonly next: /** Relist. */
    | 'list'
    /** Resume from the last version seen. */
    | 'watch'
    /** List at the last version seen and compare: the safeguard against a watch that missed changes. */
    | 'verify';
  /** Whether to back off first. */
  readonly backOff: boolean;
  /** Consecutive failures; the backoff grows with them. */
  readonly failures: number;
  /** Of these, how many since the last list. */
  readonly watchFailures: number;
}

/** The result of a step. */
export type Outcome =
  | { readonly kind: 'listed' }
  | { readonly kind: 'verified' }
  /** `inDoubt`: the current resourceVersion is unusable, or may be. */
  | { readonly kind: 'failed'; readonly step: Plan['next']; readonly inDoubt: boolean; readonly progressed: boolean }
  /** The server closed the watch normally. */
  | { readonly kind: 'watchEnded'; readonly livedMs: number; readonly progressed: boolean };

/** The initial plan of every reflector. */
export const firstPlan: Plan = { next: 'list', backOff: false, failures: 0, watchFailures: 0 };

/** A watch that ends sooner than this without an event counts as a failure: otherwise it would reopen in a busy loop. */
const SHORT_WATCH_MS = 1_000;
/** After this many watches without an event, the version itself is in doubt, as after a restored backup. */
const MAX_WATCH_FAILURES = 3;

/**
 * The next step. Pure. Only a watch that delivers an event resets the failure count; a successful list does not:
 * otherwise a watch that always fails would relist without backoff.
 */
export function nextPlan(plan: Plan, outcome: Outcome, verifyIsDue: boolean): Plan {
  switch (outcome.kind) {
    case 'listed':
      return { next: 'watch', backOff: false, failures: plan.failures, watchFailures: 0 };
    case 'verified':
      return { ...plan, next: 'watch', backOff: false };
    case 'watchEnded': {
      if (!outcome.progressed && outcome.livedMs < SHORT_WATCH_MS) return afterFailure(plan, 'watch', false);
      return { next: verifyIsDue ? 'verify' : 'watch', backOff: false, failures: 0, watchFailures: 0 };
    }
    case 'failed': {
      const before = outcome.progressed ? { ...plan, failures: 0, watchFailures: 0 } : plan;
      return afterFailure(before, outcome.step, outcome.inDoubt);
    }
  }
}

function afterFailure(plan: Plan, step: Plan['next'], inDoubt: boolean): Plan {
  const failures = plan.failures + 1;
  if (step === 'list' || inDoubt) return { next: 'list', backOff: true, failures, watchFailures: 0 };
  const watchFailures = plan.watchFailures + 1;
  // A failed verification is skipped: following the watch matters more.
  return { next: watchFailures >= MAX_WATCH_FAILURES ? 'list' : 'watch', backOff: true, failures, watchFailures };
}
