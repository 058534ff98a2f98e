import type { TenureIdentity } from '../award/identity.ts';
import type { Json } from '../base/json.ts';

/** The order of one tenure: already fetched, verified and validated against the schema of its type. */
export interface Order {
  readonly identity: TenureIdentity;
  /** On-chain name of the descriptor type, e.g. `helm/v1`. */
  readonly type: string;
  /** The descriptor. It matches its schema but is untrusted input: never evaluate it, bound everything. */
  readonly descriptor: Json;
  /** Hex blake2-256 of the descriptor's bytes, `0x`-prefixed. */
  readonly descriptorHash: string;
  /** SS58 address of the consumer. */
  readonly consumer: string;
  /** The consumer's ed25519 access key: 32 bytes, hex, `0x`-prefixed. */
  readonly accessKey: string;
}

/**
 * What a reactor wants to remember until the next reconcile: ids and jobs. Kept in `status.realisation.memo`, in the
 * same write as the step that produced it. At most 8 KiB of JSON, no secrets. A reactor must also work without it,
 * because a status can be lost.
 */
export type Memo = { readonly [key: string]: Json };

/** An address at which the consumer can reach the workload. */
export interface Endpoint {
  /** What it is, e.g. `rpc`, `ssh`, `console`. */
  readonly name: string;
  /** URL, or `host:port`. */
  readonly address: string;
}

/** One difference between the workload and its order. */
export interface Difference {
  /** The thing that differs, e.g. `StatefulSet node` or `VM offering`. */
  readonly what: string;
  /** Found and expected values, in words. Never a secret. */
  readonly detail: string;
}

/**
 * What a reactor observed of one tenure. If it cannot be sure, it throws a RetryableError and never returns `Absent`.
 */
export type Observation =
  /** Proof that nothing of this tenure exists in the backend. */
  | { readonly kind: 'Absent' }
  /** The backend is still working on an earlier step; observe again after `pollAfterMs`. */
  | { readonly kind: 'Busy'; readonly what: string; readonly pollAfterMs: number; readonly memo?: Memo }
  | Present;

/** Something of this tenure exists. */
export interface Present {
  readonly kind: 'Present';
  readonly memo?: Memo;
  /**
   * `Running` and `Stopped` as ordered by start and stop; `Broken` cannot come up by itself and has to be removed
   * before a new create; `Partial` is a create or delete that did not finish.
   */
  readonly phase: 'Running' | 'Stopped' | 'Broken' | 'Partial';
  /** True if the workload itself is up, not only its objects. */
  readonly healthy: boolean;
  /** One line for a person: what is up, what is awaited. */
  readonly message: string;
  /** Empty if the workload is as ordered. */
  readonly differences: readonly Difference[];
  /**
   * Parts that could not be observed, and why: an object the API server does not dry-run, a kind that is no longer
   * served. They neither hide the rest nor count as differences. Undefined if everything was observed.
   */
  readonly unseen?: readonly Difference[];
  readonly endpoints: readonly Endpoint[];
  /** Access data for the consumer, sealed to the order's access key: at most 3,072 bytes, opaque here. */
  readonly access?: Uint8Array;
}

/** A resource in a backend that is marked as belonging to a tenure. */
export interface Marked {
  /** The tenure's marker, as src/award/identity.ts writes it. */
  readonly marker: string;
  /** What it is, for a person: `VM dinfra-17-1-… (Running)`. */
  readonly what: string;
}

/** The result of a step. Its effect is observed afterwards: a step only reports that it was taken. */
export interface Step {
  /** One line for a person: `Deploying VM dinfra-17-1-… (job …)`. */
  readonly message: string;
  /** When to observe again. */
  readonly pollAfterMs: number;
  readonly memo?: Memo;
}

/**
 * A backend that can realise descriptors. It returns plain data and throws the errors of src/errors: RetryableError,
 * TerminalError, RefusedError. It knows nothing of Kubernetes resources, chains, retries, deadlines or status: those
 * rules live once, in the controller.
 *
 * Every method may be called again after a crash at any point and must then have the same result. No method waits for
 * the backend to finish: it starts the work, returns a Step, and the controller observes again later.
 */
export interface Reactor {
  /** The kind of backend, e.g. `helm`: a metric label and a status field. */
  readonly kind: string;
  /** Names of the descriptor types it realises, e.g. `vm/v1`. An Offer of any other type is Stalled and not sold. */
  readonly types: ReadonlySet<string>;
  /**
   * Checks, by reading only, whether this order can be realised here. Throws a TerminalError that names the field if it
   * never can (unknown chart, offering, template), a RetryableError if the backend does not answer.
   */
  check(order: Order, signal: AbortSignal): Promise<void>;
  /** What exists of the tenure and how it differs from the order. `order` is undefined if it can no longer be read. */
  observe(
    identity: TenureIdentity,
    order: Order | undefined,
    memo: Memo | undefined,
    signal: AbortSignal,
  ): Promise<Observation>;
  /** Called if nothing exists and the intent to create is recorded. */
  create(order: Order, memo: Memo | undefined, signal: AbortSignal): Promise<Step>;
  /** Called if `differences` is not empty: takes the next step that removes one. */
  update(order: Order, found: Present, signal: AbortSignal): Promise<Step>;
  /**
   * Stops the workload and keeps its data (Suspended). Needs no order: it must also work once the order cannot be read.
   */
  stop(identity: TenureIdentity, found: Present, signal: AbortSignal): Promise<Step>;
  /** Starts a stopped workload. */
  start(order: Order, found: Present, signal: AbortSignal): Promise<Step>;
  /**
   * Takes the next step of removing everything of this tenure and nothing else. Called until observe returns `Absent`.
   */
  delete(identity: TenureIdentity, found: Present, signal: AbortSignal): Promise<Step>;
  /** All resources of the backend that are marked as belonging to a tenure. */
  listManaged(signal: AbortSignal): Promise<readonly Marked[]>;
}
