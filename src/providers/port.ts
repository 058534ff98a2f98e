import type { TenureIdentity } from '../award/identity.ts';
import type { Json } from '../base/json.ts';

/** What one tenure asks for, already fetched, verified and validated against its type's schema. */
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
 * What a reactor wants to find again on the next pass: ids and jobs. Kept in `status.realisation.memo`, in the same
 * write as the step that produced it. At most 8 KiB of JSON, no secrets. A reactor must also work without it: the
 * status can be lost, the outside world cannot.
 */
export type Memo = { readonly [key: string]: Json };

/** Where the consumer can reach what runs. */
export interface Endpoint {
  /** What it is, e.g. `rpc`, `ssh`, `console`. */
  readonly name: string;
  /** URL, or `host:port`. */
  readonly address: string;
}

/** One way in which what runs is not what was ordered. */
export interface Difference {
  /** The thing that differs, e.g. `StatefulSet node` or `VM offering`. */
  readonly what: string;
  /** Found and expected, in words. Never a secret. */
  readonly detail: string;
}

/** What a reactor found of one tenure. Anything it cannot be sure of is thrown as a RetryableError, never `Absent`. */
export type Observation =
  /** Proof that nothing of this tenure exists in the backend. */
  | { readonly kind: 'Absent' }
  /** The backend is still working on an earlier step; look again after `pollAfterMs`. */
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
  /** True when the workload itself is up, not only its objects. */
  readonly healthy: boolean;
  /** One line for a person: what is up, what is awaited. */
  readonly message: string;
  /** Empty when what runs is what was ordered. */
  readonly differences: readonly Difference[];
  /**
   * Parts that could not be looked at, and why: an object the API server does not dry-run, a kind that is not served any
   * more. They neither hide the rest nor count as a difference. Absent when everything was seen.
   */
  readonly unseen?: readonly Difference[];
  readonly endpoints: readonly Endpoint[];
  /** How the consumer gets in, sealed to the order's access key: at most 3,072 bytes, opaque here. */
  readonly access?: Uint8Array;
}

/** Something in a backend that is marked as a tenure's. */
export interface Marked {
  /** The tenure's marker, as src/award/identity.ts writes it. */
  readonly marker: string;
  /** What it is, for a person: `VM dinfra-17-1-… (Running)`. */
  readonly what: string;
}

/** What a step did. The world is read again afterwards: a step never claims more than that it was taken. */
export interface Step {
  /** One line for a person: `Deploying VM dinfra-17-1-… (job …)`. */
  readonly message: string;
  /** When looking again is worth it. */
  readonly pollAfterMs: number;
  readonly memo?: Memo;
}

/**
 * A backend that can realise descriptors. It returns plain data and throws the errors of src/errors: RetryableError,
 * TerminalError, RefusedError. It knows nothing of Kubernetes resources, chains, retries, deadlines or status: those
 * rules live once, in the controller.
 *
 * Every method may be called again after a crash at any point, and must then come to the same end. No method waits for
 * the backend to finish: it starts, reports a Step, and the controller observes again later.
 */
export interface Reactor {
  /** Which backend this is, e.g. `helm`: metric label and status field. */
  readonly kind: string;
  /** Names of the descriptor types it realises itself, e.g. `vm/v1`. An Offer of any other is Stalled and not sold. */
  readonly types: ReadonlySet<string>;
  /**
   * Whether this order could be realised here, by reading only. Throws a TerminalError naming the field when it never
   * can (unknown chart, offering, template), a RetryableError when the backend does not answer.
   */
  check(order: Order, signal: AbortSignal): Promise<void>;
  /** What exists of the tenure and how it differs from the order. `order` is undefined when it can no longer be had. */
  observe(
    identity: TenureIdentity,
    order: Order | undefined,
    memo: Memo | undefined,
    signal: AbortSignal,
  ): Promise<Observation>;
  /** Called when nothing exists and the intent to create is recorded. */
  create(order: Order, memo: Memo | undefined, signal: AbortSignal): Promise<Step>;
  /** Called when `differences` is not empty: take the next step that removes one. */
  update(order: Order, found: Present, signal: AbortSignal): Promise<Step>;
  /** Stop what runs and keep its data (Suspended). Needs no order: what cannot be read any more must still be stopped. */
  stop(identity: TenureIdentity, found: Present, signal: AbortSignal): Promise<Step>;
  /** Start what was stopped. */
  start(order: Order, found: Present, signal: AbortSignal): Promise<Step>;
  /** Take the next step of removing everything of this tenure and nothing else. Called until observe says `Absent`. */
  delete(identity: TenureIdentity, found: Present, signal: AbortSignal): Promise<Step>;
  /** Everything the backend has that is marked as some tenure's. */
  listManaged(signal: AbortSignal): Promise<readonly Marked[]>;
}
