import type { ContentRef } from '../base/content-ref.ts';
import type { DinfraError } from '../errors/dinfra-error.ts';
import type { Award } from './award.ts';
import type { Tenure } from './identity.ts';
import type { SubmitResult, TenureReport } from './report.ts';

/** A finalised point of an award source: a block, or a revision of another kind of source. */
export interface Point {
  readonly number: number;
  readonly hash: string;
}

/** What a source can do beside listing awards. A caller leaves out what a source cannot do. */
export interface SourceCapabilities {
  /** Providers and offers are registered there from their resources. */
  readonly registration: boolean;
  /** Awards wait for an answer, which may be no. */
  readonly acceptance: boolean;
  /** Consumers may ask for another descriptor of a running tenure. */
  readonly updates: boolean;
  /** Nothing is paid without a regular sign of life, which the source sends by itself. */
  readonly heartbeat: boolean;
}

/** How following a source goes, for conditions, events and metrics. */
export type SourceState =
  | { readonly kind: 'Connecting' }
  | { readonly kind: 'Following'; readonly endpoint: string; readonly point: Point }
  /** The connection works and finality does not advance; `sinceMs` is how long, at the time of the report. */
  | { readonly kind: 'Stalled'; readonly endpoint: string; readonly error: DinfraError }
  | { readonly kind: 'Disconnected'; readonly endpoint: string; readonly error: DinfraError };

/** A provider as its source has it. */
export interface RegisteredProvider {
  readonly id: number;
  /** The account that owns it, and the one that signs for it. */
  readonly owner: string;
  readonly operator: string;
  readonly status: 'Active' | 'Paused' | 'Leaving';
  readonly offers: ReadonlyMap<string, RegisteredOffer>;
  /** True when the source says of the provider what `Wanted` says, offers apart. */
  readonly inStep: boolean;
}

export interface RegisteredOffer {
  /** Price of one block in the smallest unit. */
  readonly price: bigint;
  readonly capacity: number;
  /** Tenures awarded and not yet released. */
  readonly used: number;
  readonly withdrawn: boolean;
}

/** A descriptor type as its source has it. */
export interface PublishedType {
  readonly name: string;
  readonly owner: string;
  readonly schema: ContentRef;
  readonly version: number;
  readonly retired: boolean;
}

/** Everything of one provider, read in full at one finalised point. Never assembled from a partial or failed answer. */
export interface Desired {
  readonly point: Point;
  /** Genesis hash of the chain, or the identity of another kind of source in the same form. */
  readonly genesis: string;
  /** Undefined when the account speaks for no provider. */
  readonly provider: RegisteredProvider | undefined;
  readonly awards: readonly Award[];
  /** An award that was listed and could not be understood: stalled with this reason, and never taken for gone. */
  readonly unreadable: readonly { readonly tenure: Tenure | undefined; readonly error: DinfraError }[];
  /** The types asked for and those of the awards. A type the source does not have is missing. */
  readonly types: ReadonlyMap<string, PublishedType>;
  /** Blocks within which an award has to be answered. */
  readonly acceptPeriod: number;
  /** Expected time between blocks in milliseconds; undefined when it is not known. */
  readonly blockMs: number | undefined;
}

/** What the source should say of the provider. */
export interface WantedRegistration {
  readonly metadata: string;
  readonly policy: 'Open' | 'AllowList' | 'DenyList';
  /** Accounts in SS58 of any prefix. */
  readonly consumers: readonly string[];
  readonly paused: boolean;
  readonly offers: readonly { readonly type: string; readonly price: bigint; readonly capacity: number }[];
}

/** Something that was submitted, as its caller sees it: a report of a tenure, or a part of the registration. */
export interface Submission {
  /** Stable name of it, e.g. `ready/17/1`. */
  readonly key: string;
  /** Name of the call, for metrics. */
  readonly name: string;
  /** For people, with the reason it gives: `decline with ChartNotFound`. */
  readonly text: string;
  /** `provider`, `offer helm/v1`, `heartbeat` or `tenure`. */
  readonly about: string;
  readonly tenure: Tenure | undefined;
}

export interface SourceListener {
  /** Something may have changed: compare again. Carries no information, may come at any time and any number of times. */
  onWake(): void;
  onState(state: SourceState): void;
  onSubmitted(submission: Submission, result: SubmitResult): void;
}

/**
 * Where a provider's awards come from and where is told what became of them. Level-triggered: callers compare whole
 * states and submit the difference; a source deduplicates, batches, resends and confirms by state.
 *
 * The heartbeat is the source's own: sent on a loop that depends on nothing here but `mayReport`.
 */
export interface AwardSource {
  readonly capabilities: SourceCapabilities;
  /** Resolves when the source was reached for the first time, or was found to be out of reach. Never rejects. */
  readonly settled: Promise<void>;
  readonly state: SourceState;
  /** Why the last submission failed as a whole, undefined once one went through. */
  readonly problem: DinfraError | undefined;
  /** Follows the source until `signal` aborts. Never throws. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * The state at the last finalised point; undefined before the first. `types` are descriptor types wanted beside those
   * of the awards.
   *
   * @throws RetryableError when it cannot be read. Never an empty answer for a failed one.
   */
  desired(types: readonly string[], signal: AbortSignal): Promise<Desired | undefined>;
  /** Has the next `desired` read everything anew. */
  invalidate(): void;
  /**
   * Submits what is due of the registration and the reports, as derived at `desired`. Does not wait: results come to the
   * listener. What is no longer listed is forgotten. Returns the submissions that would bring the source in step.
   */
  submit(
    desired: Desired,
    registration: WantedRegistration | undefined,
    reports: readonly TenureReport[],
  ): readonly Submission[];
  /** The source's name for why it refused a submission last. */
  refusal(key: string): string | undefined;
  /**
   * Where a tenure stands at the last finalised point, asked for now: before anything is destroyed. `Unknown` when the
   * source cannot be asked, is not the one named by the tenure's genesis, or knows that another provider has the tenure.
   */
  standing(tenure: Tenure, signal: AbortSignal): Promise<Standing>;
  /**
   * The bytes of a preimage kept by the source itself; undefined when it has none.
   *
   * @throws RetryableError when it cannot be asked.
   */
  preimage(hash: string, length: number, signal: AbortSignal): Promise<Uint8Array | undefined>;
}

/** What the source says of a tenure. Only `Ended` and `Gone` allow to destroy. */
export type Standing = 'Live' | 'Ended' | 'Gone' | 'Unknown';
