import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
import { deployments } from '../../api/deployment.ts';
import { FieldManager } from '../../api/labels.ts';
import { subscriptions } from '../../api/subscription.ts';
import { backoffMs } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import type { DinfraError } from '../../errors/dinfra-error.ts';
import { asDinfraError, concernsWholeServer } from '../failures.ts';
import type { BridgeCluster } from '../ports.ts';
import type { MirrorPlan, MirrorWrite } from './mirror-plan.ts';

/** Writes to the API server at once: more does not make it faster, it only fills its queues. */
const CONCURRENCY = 12;
const REFUSED = { initialMs: 2_000, maxMs: 300_000 };

/** An object of the mirror that could not be brought in step. */
export interface MirrorFailure {
  readonly kind: 'Subscription' | 'Deployment';
  readonly name: string;
  /** `tenureKey` of what it is about. */
  readonly tenure: string;
  readonly error: DinfraError;
}

export interface MirrorOutcome {
  /** Writes the API server took. */
  readonly written: number;
  /** Every object that is out of step now because it was refused, also those left alone until their next attempt. */
  readonly failures: readonly MirrorFailure[];
  /** False when time ran out before everything was tried. */
  readonly complete: boolean;
}

interface Refused {
  readonly object: unknown;
  readonly failure: MirrorFailure;
  readonly times: number;
  /** Monotonic. */
  readonly retryAt: number;
}

/**
 * Carries out plans. Every write can be repeated, so a crash in the middle leaves nothing to clean up. An object that is
 * refused keeps none of the others back, and is tried again later each time, or at once when it should say something
 * else.
 */
export class MirrorWriter {
  private readonly cluster: BridgeCluster;
  private readonly namespace: string;
  private readonly clock: Pick<Clock, 'monotonic'>;
  private readonly refused = new Map<string, Refused>();

  constructor(cluster: BridgeCluster, namespace: string, clock: Pick<Clock, 'monotonic'>) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.clock = clock;
  }

  /**
   * Begins no further write after `forMs` milliseconds: what is left is for the next comparison, which may know better.
   *
   * @throws what concerns the API server as a whole, e.g. ClusterUnreachable: nothing of a single object then.
   */
  async apply(plan: MirrorPlan, forMs: number, signal: AbortSignal): Promise<MirrorOutcome> {
    const until = this.clock.monotonic() + forMs;
    const limit = pLimit(CONCURRENCY);
    let written = 0;
    let complete = true;
    let whole: unknown;
    const failures: MirrorFailure[] = [];
    const attempt = async (about: Omit<MirrorFailure, 'error'>, object: unknown, work: () => Promise<unknown>) => {
      const key = `${about.kind} ${about.name}`;
      const known = this.refused.get(key);
      const now = this.clock.monotonic();
      if (known !== undefined && now < known.retryAt && isDeepStrictEqual(known.object, object)) {
        failures.push(known.failure);
        return;
      }
      if (whole !== undefined || signal.aborted || now >= until) {
        complete = false;
        return;
      }
      try {
        await work();
        written += 1;
        this.refused.delete(key);
      } catch (error) {
        if (signal.aborted || concernsWholeServer(error)) {
          whole = error;
          return;
        }
        const failure = { ...about, error: asDinfraError(error) };
        const times = (known?.times ?? 0) + 1;
        const retryAt = this.clock.monotonic() + backoffMs(times, REFUSED, () => 0);
        this.refused.set(key, { object, failure, times, retryAt });
        failures.push(failure);
      }
    };
    const { namespace } = this;
    const jobs = [
      ...plan.writes.map((write) => () => {
        const { kind, tenure, object } = write;
        return attempt({ kind, tenure, name: object.name }, object, () => this.write(write, signal));
      }),
      ...plan.deleteDeployments.map(({ metadata: { name, uid } }) => () => {
        const remove = () => this.cluster.delete(deployments, { name, namespace }, signal, { preconditions: { uid } });
        return attempt({ kind: 'Deployment', tenure: '', name }, uid, remove);
      }),
      ...plan.deleteSubscriptions.map(({ metadata: { name, uid } }) => () => {
        const remove = () =>
          this.cluster.delete(subscriptions, { name, namespace }, signal, { preconditions: { uid } });
        return attempt({ kind: 'Subscription', tenure: '', name }, uid, remove);
      }),
    ];
    this.forgetOthers(plan);
    await Promise.all(jobs.map((job) => limit(job)));
    if (whole !== undefined) throw whole;
    return { written, failures, complete };
  }

  private write(write: MirrorWrite, signal: AbortSignal): Promise<unknown> {
    const options = { fieldManager: FieldManager.bridge } as const;
    const { name, labels } = write.object;
    const metadata = { name, namespace: this.namespace, labels };
    return write.kind === 'Subscription'
      ? this.cluster.apply(subscriptions, { metadata, spec: write.object.spec }, options, signal)
      : this.cluster.apply(deployments, { metadata, spec: write.object.spec }, options, signal);
  }

  /** What is not in the plan is in step by now. */
  private forgetOthers(plan: MirrorPlan): void {
    if (this.refused.size === 0) return;
    const planned = new Set([
      ...plan.writes.map(({ kind, object }) => `${kind} ${object.name}`),
      ...plan.deleteDeployments.map(({ metadata }) => `Deployment ${metadata.name}`),
      ...plan.deleteSubscriptions.map(({ metadata }) => `Subscription ${metadata.name}`),
    ]);
    for (const key of this.refused.keys()) if (!planned.has(key)) this.refused.delete(key);
  }
}
