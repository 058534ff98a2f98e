import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
import { type Deployment, deployments } from '../../api/deployment.ts';
import { FieldManager, TEARDOWN_FINALIZER } from '../../api/labels.ts';
import { type Subscription, subscriptions } from '../../api/subscription.ts';
import { backoffMs } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import { apiVersionOf, type OwnerReference } from '../../base/kube-object.ts';
import type { Logger } from '../../base/logger.ts';
import type { DinfraError } from '../../errors/dinfra-error.ts';
import { isAlreadyExists, isNotFound } from '../../kube/client/api-error.ts';
import type { Manifest, ResourceType } from '../../kube/client/resource-type.ts';
import { asDinfraError, concernsWholeServer } from '../failures.ts';
import type { BridgeCluster } from '../ports.ts';
import type { MirrorPlan, MirrorWrite } from './mirror-plan.ts';

/** Concurrent writes to the API server: more would only fill its queues. */
const CONCURRENCY = 12;
const REFUSED = { initialMs: 2_000, maxMs: 300_000 };

/** An object of the mirror that could not be written. */
export interface MirrorFailure {
  readonly kind: 'Subscription' | 'Deployment';
  readonly name: string;
  /** `tenureKey` of the tenure it represents. */
  readonly tenure: string;
  readonly error: DinfraError;
}

export interface MirrorOutcome {
  /** Number of writes that succeeded. */
  readonly written: number;
  /**
   * Every object that is out of date because its write was refused, including those that wait for their next attempt.
   */
  readonly failures: readonly MirrorFailure[];
  /** False if time ran out before everything was tried. */
  readonly complete: boolean;
}

interface Refused {
  readonly object: unknown;
  readonly failure: MirrorFailure;
  readonly times: number;
  /** Monotonic milliseconds. */
  readonly retryAt: number;
}

/**
 * Carries out plans. Every write can be repeated, so a crash in the middle leaves nothing to clean up. A refused object
 * does not block the others. It is retried with backoff, or immediately once it should say something else.
 */
export class MirrorWriter {
  private readonly cluster: BridgeCluster;
  private readonly namespace: string;
  private readonly clock: Pick<Clock, 'monotonic'>;
  private readonly log: Logger;
  private readonly refused = new Map<string, Refused>();

  constructor(cluster: BridgeCluster, namespace: string, clock: Pick<Clock, 'monotonic'>, log: Logger) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Begins no write after `forMs` milliseconds: the rest is left to the next comparison, which has fresher facts.
   *
   * @throws failures of the API server as a whole, e.g. ClusterUnreachable; never those of a single object.
   */
  async apply(plan: MirrorPlan, forMs: number, signal: AbortSignal): Promise<MirrorOutcome> {
    const until = this.clock.monotonic() + forMs;
    const limit = pLimit(CONCURRENCY);
    let written = 0;
    let complete = true;
    let whole: unknown;
    const failures: MirrorFailure[] = [];
    /** Uids of the Subscriptions of this plan, by name. They are begun before the Deployments they own. */
    const uids = new Map<string, Promise<string | undefined>>();
    /** The result of the work, or undefined when it was not done. */
    const attempt = async <T>(about: Omit<MirrorFailure, 'error'>, object: unknown, work: () => Promise<T>) => {
      const key = `${about.kind} ${about.name}`;
      const known = this.refused.get(key);
      const now = this.clock.monotonic();
      if (known !== undefined && now < known.retryAt && isDeepStrictEqual(known.object, object)) {
        failures.push(known.failure);
        return undefined;
      }
      if (whole !== undefined || signal.aborted || now >= until) {
        complete = false;
        return undefined;
      }
      try {
        const done = await work();
        written += 1;
        this.refused.delete(key);
        return done;
      } catch (error) {
        if (signal.aborted || concernsWholeServer(error)) {
          whole = error;
          return undefined;
        }
        const failure = { ...about, error: asDinfraError(error) };
        const times = (known?.times ?? 0) + 1;
        const retryAt = this.clock.monotonic() + backoffMs(times, REFUSED, () => 0);
        this.refused.set(key, { object, failure, times, retryAt });
        const { kind, name, error: err } = failure;
        const fields = { kind, name, ...(kind === 'Deployment' && { tenure: name }), reason: err.code, err };
        this.log.warn(fields, 'an object of the mirror could not be written and is tried again');
        failures.push(failure);
        return undefined;
      }
    };
    const { namespace } = this;
    this.forgetOthers(plan);
    const writes = plan.writes.map((write) => {
      const { kind, tenure, object } = write;
      const about = { kind, tenure, name: object.name };
      if (write.kind === 'Subscription') {
        const written = limit(() => attempt(about, object, () => this.bringInStep(subscriptions, write, {}, signal)));
        uids.set(
          object.name,
          written.then((subscription) => subscription?.metadata.uid),
        );
        return written;
      }
      const { owner } = write;
      const writeOwned = (uid: string | undefined) =>
        limit(() => attempt(about, [object, uid], () => this.writeDeployment(write, uid, signal)));
      const uid = owner?.uid ?? (owner && uids.get(owner.name));
      // What waits for its owner takes no place from others.
      return uid instanceof Promise ? uid.then(writeOwned) : writeOwned(uid);
    });
    const deletes = [
      ...plan.deleteDeployments.map(({ metadata: { name, uid } }) => {
        const remove = async () => {
          await this.cluster.delete(deployments, { name, namespace }, signal, { preconditions: { uid } });
          this.log.info({ tenure: name }, 'the Deployment of a tenure that is over was deleted');
        };
        return limit(() => attempt({ kind: 'Deployment', tenure: '', name }, uid, remove));
      }),
      ...plan.deleteSubscriptions.map(({ metadata: { name, uid } }) => {
        const remove = () =>
          this.cluster.delete(subscriptions, { name, namespace }, signal, { preconditions: { uid } });
        return limit(() => attempt({ kind: 'Subscription', tenure: '', name }, uid, remove));
      }),
    ];
    await Promise.all([...writes, ...deletes]);
    if (whole !== undefined) throw whole;
    return { written, failures, complete };
  }

  private async writeDeployment(
    write: Extract<MirrorWrite, { kind: 'Deployment' }>,
    uid: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { owner, object } = write;
    const owners = owner && [...owner.others, ...(uid === undefined ? [] : [ownedBy(owner.name, uid)])];
    // Created with its finalizer, so that a deletion can never orphan its workload.
    const finalizers = [TEARDOWN_FINALIZER];
    await this.bringInStep(deployments, write, { finalizers, ...(owners && { owners }) }, signal);
    // The name of a Deployment is that of its tenure.
    this.log.info({ tenure: object.name, state: object.spec.state }, 'the Deployment follows its award');
  }

  /**
   * The cache may be stale: an object that turns out to be gone is created, and one that turns out to exist is not
   * touched; of that nothing is returned.
   */
  private async bringInStep<T extends Deployment | Subscription>(
    type: ResourceType<T>,
    { patch, object: { name, labels, spec } }: MirrorWrite,
    { finalizers, owners }: { readonly finalizers?: readonly string[]; readonly owners?: readonly OwnerReference[] },
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const { cluster, namespace } = this;
    const ref = { name, namespace };
    // Custom resource definitions may be older than this process: fields that they drop would be written again and
    // again.
    const options = { fieldManager: FieldManager.bridge, strict: true };
    if (patch !== undefined) {
      try {
        return await cluster.mergePatch(type, ref, withOwners(patch, owners), signal, options);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    const metadata = {
      ...ref,
      labels,
      ...(finalizers && { finalizers }),
      ...(owners?.length && { ownerReferences: owners }),
    };
    try {
      return await cluster.create(type, { metadata, spec } as unknown as Manifest<T>, signal, options);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      // Its desired state depends on its current one, above all on its reactor: the next comparison will see it.
      return undefined;
    }
  }

  /** Objects that are not in the plan are up to date. */
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

/** Shows a Deployment under its Subscription, in `kubectl tree` and in Argo CD. Blocks no deletion. */
function ownedBy(name: string, uid: string): OwnerReference {
  const { kind } = subscriptions;
  return { apiVersion: apiVersionOf(subscriptions), kind, name, uid, controller: true, blockOwnerDeletion: false };
}

function withOwners(patch: object, owners: readonly OwnerReference[] | undefined): object {
  if (owners === undefined) return patch;
  const { metadata = {} } = patch as { readonly metadata?: object };
  return { ...patch, metadata: { ...metadata, ownerReferences: owners } };
}
