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

/** What a source supports beside listing awards. Callers skip what a source does not support. */
export interface SourceCapabilities {
  /** Providers and offers are registered at the source from their resources. */
  readonly registration: boolean;
  /** Awards await an answer: accept or decline. */
  readonly acceptance: boolean;
  /** Consumers may request another descriptor for a running tenure. */
  readonly updates: boolean;
  /** Nothing is paid without regular heartbeats, which the source sends by itself. */
  readonly heartbeat: boolean;
}

/** The state of following a source, for conditions, events and metrics. */
export type SourceState =
  | { readonly kind: 'Connecting' }
  | { readonly kind: 'Following'; readonly endpoint: string; readonly point: Point }
  /** The connection works but finality does not advance; `sinceMs` is for how long, at the time of the report. */
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
  /** The last block its heartbeats cover; undefined before the first. */
  readonly freshUntil: number | undefined;
  /** True when the source's record of the provider equals `Wanted`, offers aside. */
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

/** Everything of one provider, read in full at one finalised point. Never assembled from partial or failed responses. */
export interface Desired {
  readonly point: Point;
  /** Genesis hash of the chain, or the identity of another kind of source in the same form. */
  readonly genesis: string;
  /** Undefined when the account belongs to no provider. */
  readonly provider: RegisteredProvider | undefined;
  readonly awards: readonly Award[];
  /** An award that was listed but could not be decoded: stalled with this reason, never treated as gone. */
  readonly unreadable: readonly { readonly tenure: Tenure | undefined; readonly error: DinfraError }[];
  /** The requested types and those of the awards. A type the source does not have is absent. */
  readonly types: ReadonlyMap<string, PublishedType>;
  /** Blocks within which an award must be answered. */
  readonly acceptPeriod: number;
  /** Blocks one heartbeat covers; undefined when the source has none. */
  readonly heartbeatPeriod: number | undefined;
  /** Decimal places of one whole unit of the currency. */
  readonly decimals: number;
  /** Expected time between blocks in milliseconds, if known. */
  readonly blockMs: number | undefined;
}

/** The money of a provider at a finalised point, in the smallest unit. */
export interface Finances {
  readonly point: Point;
  /** Decimal places of one whole unit. */
  readonly decimals: number;
  /** What the signing account can pay fees from. */
  readonly free: bigint;
  /** Earned by tenures and not paid out to the owner yet. */
  readonly owed: bigint;
  /** Paid out to the owner and not withdrawn. */
  readonly withdrawable: bigint;
}

/** What the provider's registration should be. */
export interface WantedRegistration {
  readonly metadata: string;
  readonly policy: 'Open' | 'AllowList' | 'DenyList';
  /** Accounts in SS58 of any prefix. */
  readonly consumers: readonly string[];
  readonly paused: boolean;
  readonly offers: readonly { readonly type: string; readonly price: bigint; readonly capacity: number }[];
}

/** A submission, as its caller sees it: a report about a tenure, or a part of the registration. */
export interface Submission {
  /** Its stable key, e.g. `ready/17/1`. */
  readonly key: string;
  /** Name of the call, for metrics. */
  readonly name: string;
  /** For people, including its reason: `decline with ChartNotFound`. */
  readonly text: string;
  /** `provider`, `offer helm/v1`, `heartbeat` or `tenure`. */
  readonly about: string;
  readonly tenure: Tenure | undefined;
}

export interface SourceListener {
  /** Something may have changed: compare again. Carries no information; may be called at any time, any number of times. */
  onWake(): void;
  onState(state: SourceState): void;
  onSubmitted(submission: Submission, result: SubmitResult): void;
}

/**
 * Where a provider's awards come from and where their outcome is reported. Level-triggered: callers compare whole states
 * and submit the difference; a source deduplicates, batches, resends and confirms by state.
 *
 * The source sends the heartbeat itself, on a loop that depends on nothing here but `mayReport`.
 */
export interface AwardSource {
  readonly capabilities: SourceCapabilities;
  /** Resolves when the source was first reached, or first found to be unreachable. Never rejects. */
  readonly settled: Promise<void>;
  readonly state: SourceState;
  /** Why the last submission failed as a whole; undefined once one succeeded. */
  readonly problem: DinfraError | undefined;
  /** Follows the source until `signal` aborts. Never throws. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * The state at the last finalised point; undefined before the first. `types` are descriptor types wanted in addition to
   * those of the awards.
   *
   * @throws RetryableError when it cannot be read. Never returns an empty state for a failed read.
   */
  desired(types: readonly string[], signal: AbortSignal): Promise<Desired | undefined>;
  /** Makes the next `desired` read everything again. */
  invalidate(): void;
  /**
   * Submits what is due of the registration and the reports, as derived at `desired`. Does not wait: results go to the
   * listener. What is no longer listed is dropped. Returns the submissions needed to bring the source up to date.
   */
  submit(
    desired: Desired,
    registration: WantedRegistration | undefined,
    reports: readonly TenureReport[],
  ): readonly Submission[];
  /** The source's name for why it last rejected a submission. */
  refusal(key: string): string | undefined;
  /**
   * The state of a tenure at the last finalised point, read now: before anything is destroyed. `Unknown` when the source
   * cannot be asked, is not the one named by the tenure's genesis, or knows that another provider has the tenure.
   */
  standing(tenure: Tenure, signal: AbortSignal): Promise<Standing>;
  /**
   * The bytes of a preimage stored by the source itself; undefined when it has none.
   *
   * @throws RetryableError when it cannot be asked.
   */
  preimage(hash: string, length: number, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /**
   * The money of the provider at the last finalised point; undefined before the first. Reads all of its tenures: seldom.
   *
   * @throws RetryableError when it cannot be read.
   */
  finances(signal: AbortSignal): Promise<Finances | undefined>;
}

/** The state of a tenure at its source. Only `Ended` and `Gone` permit destruction. */
export type Standing = 'Live' | 'Ended' | 'Gone' | 'Unknown';
