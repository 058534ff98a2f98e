/** What a reflector does next. */
export interface Plan {
  readonly next: /** Read everything anew. */
    | 'list'
    /** Go on from the last version seen. */
    | 'watch'
    /** Read everything at the last version seen and compare: the safeguard against a watch that lost changes. */
    | 'verify';
  /** Whether to wait before it. */
  readonly backOff: boolean;
  /** Failures in a row; the wait grows with them. */
  readonly failures: number;
  /** Of these, how many since the last list. */
  readonly watchFailures: number;
}

/** How a step went. */
export type Outcome =
  | { readonly kind: 'listed' }
  | { readonly kind: 'verified' }
  /** `inDoubt`: the version we are at is of no use, or may not be. */
  | { readonly kind: 'failed'; readonly step: Plan['next']; readonly inDoubt: boolean; readonly progressed: boolean }
  /** The server ended the watch in order. */
  | { readonly kind: 'watchEnded'; readonly livedMs: number; readonly progressed: boolean };

/** Where every reflector begins. */
export const firstPlan: Plan = { next: 'list', backOff: false, failures: 0, watchFailures: 0 };

/** A watch that ends sooner than this without an event counts as a failure: else it would be opened in a busy loop. */
const SHORT_WATCH_MS = 1_000;
/** After that many fruitless watches from one version the version itself is in doubt, as after a restored backup. */
const MAX_WATCH_FAILURES = 3;

/**
 * The step that follows. Pure. Only a watch that delivers an event resets the failure count; a successful list does not:
 * otherwise a watch that always fails would list without end.
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
