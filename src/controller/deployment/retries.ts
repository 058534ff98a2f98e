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
/** What is not accepted within the source's deadline goes to somebody else: it is tried more often. */
const RETRY_AWARDED = { initialMs: 2_000, maxMs: 30_000 };
/** Nothing changes by trying, unless somebody has changed the backend: tried seldom. */
const RETRY_FINAL = { initialMs: 300_000, maxMs: 3_600_000 };

interface Entry {
  readonly generation: number;
  readonly failures: number;
  /** When the next try is due, in monotonic milliseconds, and in Unix ones for people. */
  readonly dueAt: number;
  readonly dueAtWall: number;
  /** When it is looked at, whether the next try is due or not, in monotonic milliseconds. */
  readonly lookAt: number;
  /** The step that failed, and how. */
  readonly failed?: { readonly action: string; readonly failure: DinfraError } | undefined;
}

/** How often what is there is looked at while a step on it waits for its next try, in milliseconds. */
const LOOK_MS = 60_000;

/**
 * When Deployments that fail are tried again. Kept in memory; the status has a coarse copy, so that a process that
 * starts does not try everything that fails at once.
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

  /** How long a Deployment has to wait before it is tried again, in milliseconds. */
  waitMs(key: string, deployment: Deployment): number {
    if (this.#now.has(key) || isReconcileRequested(deployment)) return 0;
    const entry = this.#entries.get(key) ?? this.#restored(key, deployment);
    if (entry === undefined || entry.generation !== deployment.metadata.generation) return 0;
    return Math.max(0, Math.min(entry.dueAt, entry.lookAt) - this.#clock.monotonic());
  }

  /** Why a step must not be taken yet: it failed, and its next try is not due. Undefined when it may be taken. */
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

  /** Records how a reconcile went. Returns the next try when something is in the way. */
  record(key: string, deployment: Deployment, outcome: Omit<Outcome, 'retry'>): Retry | undefined {
    this.#now.delete(key);
    const entry = this.#entries.get(key) ?? this.#restored(key, deployment);
    const before = entry?.generation === deployment.metadata.generation ? entry.failures : 0;
    const hindrance = hindranceOf(outcome);
    if (hindrance === undefined) {
      // Counted on until it rests: a create that succeeds and breaks again each time is still failing.
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

  /** What the status says of failures before this process. */
  #restored(key: string, deployment: Deployment): Entry | undefined {
    const { metadata, spec, status } = deployment;
    const { failures = 0, retryAfter } = status.realisation ?? {};
    if (failures === 0 || status.observedGeneration !== metadata.generation) return undefined;
    const limits = spec.state === 'Awarded' ? RETRY_AWARDED : RETRY;
    const boundMs = backoffMs(failures, limits, this.#random);
    const leftMs = retryAfter === undefined ? 0 : this.#waits.untilMs(`${key}/retry`, retryAfter, boundMs);
    // The copy in the status is coarse: what it says is due may have been tried since. Spread, so that not all come at once.
    this.#set(key, deployment, failures, leftMs > 0 ? leftMs : boundMs * this.#random());
    return this.#entries.get(key);
  }
}

/** Up to a quarter earlier, so that many who failed together do not come back together. */
function spread(ms: number, random: () => number): number {
  return ms * (0.75 + random() / 4);
}

/** Nothing is under way any more. */
function isAtRest({ action, found }: Omit<Outcome, 'retry'>): boolean {
  if (action.do === 'confirmReleased' || action.do === 'awaitAcceptance') return true;
  return action.do === 'rest' && (found.kind !== 'Present' || found.healthy || found.phase !== 'Running');
}

/** Whether somebody has asked for a reconcile that was not made yet. */
function isReconcileRequested({ metadata, status }: Deployment): boolean {
  const requested = metadata.annotations?.[RECONCILE_ANNOTATION];
  return requested !== undefined && requested !== status.lastHandledReconcileAt;
}
