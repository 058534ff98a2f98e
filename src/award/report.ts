import type { Tenure } from './identity.ts';

/** A report about one tenure to its award source, as plain data. */
export type TenureReport = Tenure &
  (
    | { readonly report: 'accept' | 'ready' | 'recovered' | 'released' }
    /** `reason` is a reason code from 10000 to 19999. */
    | { readonly report: 'decline' | 'degraded'; readonly reason: number }
    | { readonly report: 'acceptUpdate'; readonly hash: string }
    | { readonly report: 'declineUpdate'; readonly hash: string; readonly reason: number }
  );

/** The result of a submission to an award source. */
export type SubmitResult =
  /** In effect at this finalised point. */
  | { readonly kind: 'Applied'; readonly block: number }
  /** The source rejected it; `error` is the source's name for the reason. */
  | { readonly kind: 'Refused'; readonly error: string; readonly block: number }
  /** Unknown whether it took effect; the next desired state shows it. */
  | { readonly kind: 'Lost' };
