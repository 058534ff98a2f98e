import type { Tenure } from './identity.ts';

/** What an award source should hear of one tenure, as plain data. */
export type TenureReport = Tenure &
  (
    | { readonly report: 'accept' | 'ready' | 'recovered' | 'released' }
    /** `reason` is a reason code from 10000 to 19999. */
    | { readonly report: 'decline' | 'degraded'; readonly reason: number }
    | { readonly report: 'acceptUpdate'; readonly hash: string }
    | { readonly report: 'declineUpdate'; readonly hash: string; readonly reason: number }
  );

/** What became of something that was submitted to an award source. */
export type SubmitResult =
  /** It is in force at this finalised point. */
  | { readonly kind: 'Applied'; readonly block: number }
  /** The source refused it; `error` is the source's name for why. */
  | { readonly kind: 'Refused'; readonly error: string; readonly block: number }
  /** Its fate is unknown; the next desired state will tell. */
  | { readonly kind: 'Lost' };
