import type { Deployment } from '../../api/deployment.ts';
import { RECONCILE_ANNOTATION } from '../../api/labels.ts';
import { backoffMs } from '../../base/backoff.ts';
import type { BoundedWaits } from '../../base/bounded-wait.ts';
import type { Clock } from '../../base/clock.ts';
import { type DinfraError, RetryableError } from '../../errors/dinfra-error.ts';
import type { Action } from './next-action.ts';
import { type Hindrance, hindranceOf, type Outcome, type Retry } from './outcome.ts';

/** Waits double from 2 s to 5 minutes. */
const RETRY = { initialMs: 2_000, maxMs: 300_000 };
/** An award that is not accepted before its deadline goes to another provider, so it is retried more often. */
const RETRY_AWARDED = { initialMs: 2_000, maxMs: 30_000 };
/** Trying again helps only if somebody has changed the backend, so it is retried rarely. */
const RETRY_FINAL = { initialMs: 300_000, maxMs: 3_600_000 };

interface Entry {
  readonly generation: number;
  readonly failures: number;
  /** When the next attempt is due: monotonic, and in Unix milliseconds for people. */
  readonly dueAt: number;
  readonly dueAtWall: number;
  /** When it is observed even if the next attempt is not due, in monotonic milliseconds. */
  readonly lookAt: number;
  /** The step that failed, and how. */
  readonly failed?: { readonly action: string; readonly failure: DinfraError } | undefined;
}

/** How often a workload is observed while a step on it waits for its next attempt, in milliseconds. */
const LOOK_MS = 60_000;

/**
 * Decides when failing Deployments are retried. Kept in memory. The status has a coarse copy, so that a new process
 * does not retry all of them at once.
 */
export class Retries {
  readonly #clock: Pick<Clock, 'monotonic' | 'wallTime'>;
  readonly #waits: BoundedWaits;
  readonly #random: () => number;
  readonly #entries = new Map<string, Entry>();
  /** Deployments whose next reconcile does not wait. */
  readonly #now = new Set<string>();

  constructor(clock: Pick<Clock, 'monotonic' | 'wallTime'>, waits: BoundedWaits, random: () => number) {
    this.#clock = clock;
    this.#waits = waits;
    this.#random = random;
  }

  /** How long a Deployment has to wait before it is reconciled again, in milliseconds. */
  waitMs(key: string, deployment: Deployment): number {
    if (this.#now.has(key) || isReconcileRequested(deployment)) return 0;
    const entry = this.#entries.get(key) ?? this.#restored(key, deployment);
    if (entry === undefined || entry.generation !== deployment.metadata.generation) return 0;
    return Math.max(0, Math.min(entry.dueAt, entry.lookAt) - this.#clock.monotonic());
  }

  /** The earlier failure of a step whose next attempt is not due yet; undefined if the step may be taken. */
  deferred(key: string, deployment: Deployment, action: Action): DinfraError | undefined {
    if (this.#now.has(key) || isReconcileRequested(deployment)) return undefined;
    const entry = this.#entries.get(key);
    if (entry?.generation !== deployment.metadata.generation || entry.failed?.action !== action.do) return undefined;
    return entry.dueAt > this.#clock.monotonic() ? entry.failed.failure : undefined;
  }

  /** The cause of a failure may have been fixed: the next reconcile does not wait. */
  retryNow(key: string): void {
    this.#now.add(key);
  }

  /** Records the result of a reconcile. Returns the next attempt if something is in the way. */
  record(key: string, deployment: Deployment, outcome: Omit<Outcome, 'retry'>): Retry | undefined {
    this.#now.delete(key);
    const entry = this.#entries.get(key) ?? this.#restored(key, deployment);
    const before = entry?.generation === deployment.metadata.generation ? entry.failures : 0;
    const hindrance = hindranceOf(outcome);
    if (hindrance === undefined) {
      // Failures count until it rests: a create that succeeds and breaks again each time is still failing.
      if (isAtRest(outcome)) this.forget(key);
      else if (before > 0) this.#set(key, deployment, before, 0);
      return undefined;
    }
    const now = this.#clock.monotonic();
    const { action, failure, found } = outcome;
    const isDeferred = failure !== undefined && entry?.failed?.failure === failure;
    if (!isDeferred) {
      const failures = before + 1;
      const waitMs = this.#backoff(deployment, hindrance, failures, outcome);
      this.#set(key, deployment, failures, waitMs, failure && { action: action.do, failure });
    }
    const next = this.#entries.get(key);
    if (next === undefined) return undefined;
    const lookAt = found.kind === 'Present' ? Math.min(next.dueAt, now + LOOK_MS) : next.dueAt;
    this.#entries.set(key, { ...next, lookAt });
    return { failures: next.failures, waitMs: Math.max(0, lookAt - now), at: next.dueAtWall };
  }

  forget(key: string): void {
    this.#entries.delete(key);
    this.#now.delete(key);
    this.#waits.forget(`${key}/retry`);
  }

  #set(key: string, { metadata }: Deployment, failures: number, waitMs: number, failed?: Entry['failed']): void {
    const dueAt = this.#clock.monotonic() + waitMs;
    const dueAtWall = this.#clock.wallTime() + waitMs;
    this.#entries.set(key, { generation: metadata.generation, failures, dueAt, dueAtWall, lookAt: dueAt, failed });
  }

  #backoff({ spec }: Deployment, { final }: Hindrance, failures: number, { failure }: Omit<Outcome, 'retry'>): number {
    if (final) return spread(backoffMs(failures, RETRY_FINAL, this.#random), this.#random);
    const limits = spec.state === 'Awarded' ? RETRY_AWARDED : RETRY;
    const asked = failure instanceof RetryableError ? failure.retryAfterMs : undefined;
    return asked === undefined
      ? spread(backoffMs(failures, limits, this.#random), this.#random)
      : Math.min(Math.max(0, asked), RETRY.maxMs);
  }

  /** The failures of an earlier process, from the status. */
  #restored(key: string, deployment: Deployment): Entry | undefined {
    const { metadata, spec, status } = deployment;
    const { failures = 0, retryAfter } = status.realisation ?? {};
    if (failures === 0 || status.observedGeneration !== metadata.generation) return undefined;
    const limits = spec.state === 'Awarded' ? RETRY_AWARDED : RETRY;
    const boundMs = backoffMs(failures, limits, this.#random);
    const leftMs = retryAfter === undefined ? 0 : this.#waits.untilMs(`${key}/retry`, retryAfter, boundMs);
    // The copy in the status is coarse: an attempt that is due may have been made since. The waits are spread out.
    this.#set(key, deployment, failures, leftMs > 0 ? leftMs : boundMs * this.#random());
    return this.#entries.get(key);
  }
}

/** Shortens a wait by up to a quarter, so that Deployments that failed together are not retried together. */
function spread(ms: number, random: () => number): number {
  return ms * (0.75 + random() / 4);
}

/** True if nothing is in progress. */
function isAtRest({ action, found }: Omit<Outcome, 'retry'>): boolean {
  if (action.do === 'confirmReleased' || action.do === 'awaitAcceptance') return true;
  return action.do === 'rest' && (found.kind !== 'Present' || found.healthy || found.phase !== 'Running');
}

/** True if a reconcile was requested that has not been made yet. */
function isReconcileRequested({ metadata, status }: Deployment): boolean {
  const requested = metadata.annotations?.[RECONCILE_ANNOTATION];
  return requested !== undefined && requested !== status.lastHandledReconcileAt;
}
