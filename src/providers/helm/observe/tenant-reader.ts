import type { TenureIdentity } from '../../../award/identity.ts';
import { BoundedCache } from '../../../base/bounded-cache.ts';
import type { Difference } from '../../port.ts';
import type { Address, ApiObject, Cluster, TenantCluster } from '../cluster.ts';
import type { Settings } from '../config.ts';
import { CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, POD, STATEFUL_SET } from '../confine/kinds.ts';
import { describe, type ManifestObject } from '../confine/manifest.ts';
import { addressOfObject } from '../confine/manifest-policy.ts';
import { auditTenantNamespace, findNamespace } from '../confine/tenant-namespace.ts';
import { at, listOf, recordOf, textOf } from '../json-fields.ts';
import { Annotation } from '../names.ts';
import { type ReleaseHistory, type ReleaseRecord, ReleaseRecords } from '../release/release-record.ts';
import type { TenantAccess } from '../release/tenant-access.ts';
import { type Drift, DriftMemory, findDrift, scaledByOthers } from './drift.ts';
import { type Reach, reachOf } from './endpoints.ts';
import { ofOneThing } from './failures.ts';
import { type Readiness, readinessOf } from './readiness.ts';
import { readWarnings, type Warning } from './warnings.ts';

/** Everything that was read of one tenure. Plain data: what follows from it is decided elsewhere. */
export type TenantState =
  | { readonly found: 'Nothing' }
  | { readonly found: 'Terminating'; readonly why: string | undefined }
  | TenantNamespace;

export interface TenantNamespace {
  readonly found: 'Namespace';
  /** What confines the tenant and is missing or changed. */
  readonly walls: readonly Difference[];
  readonly stopped: boolean;
  readonly inside: Inside;
}

/** What is in the namespace. */
export type Inside =
  /** The tenant's account cannot be used: the namespace is not finished. */
  | { readonly kind: 'NoAccess' }
  /** It cannot be looked at, for this reason. */
  | { readonly kind: 'Unseen'; readonly why: string }
  | InsideSeen;

export interface InsideSeen {
  readonly kind: 'Seen';
  readonly release: ReleaseHistory;
  /** The objects of the revision that runs, or what runs in the namespace when its manifest cannot be read. */
  readonly objects: readonly ObjectFinding[];
  /** The pods, when something is not up or is stopped; otherwise they are not looked at. */
  readonly pods: readonly ApiObject[];
  /** Warnings of Kubernetes, the latest last, when something is not up. */
  readonly warnings: readonly Warning[];
}

/** What was found of one object. Plain and small: it is remembered while nothing changes. */
export type ObjectFinding =
  /** `what` is the object in words: `Deployment web`. */
  | { readonly state: 'Missing'; readonly what: string }
  /** It is gone as its chart wants it. */
  | { readonly state: 'Finished'; readonly what: string }
  /** It could not be looked at, for this reason: neither up nor down. */
  | { readonly state: 'Unseen'; readonly what: string; readonly why: string }
  | ObjectSeen;

export interface ObjectSeen {
  readonly state: 'Seen';
  readonly what: string;
  readonly uid: string;
  readonly readiness: Readiness;
  readonly drift: Drift;
  /** Where it can be reached, when it is a Service or an Ingress. */
  readonly reach: Reach | undefined;
}

export interface ReaderOptions {
  /**
   * How long what confines a tenant, and fields of unchanged generation, are taken to be as they were last seen, in
   * milliseconds. Default 30 minutes.
   */
  readonly auditEveryMs?: number;
}

const DEFAULT_AUDIT_MS = 1_800_000;
const MAX_TENURES = 10_000;
/** What can run without being in a manifest that can be read. */
const WORKLOADS = [DEPLOYMENT, STATEFUL_SET, DAEMON_SET, JOB, CRON_JOB, POD];
const NOT_COMPARED: Drift = { kind: 'Unknown', why: 'the manifest of the release cannot be read' };

/** Reads what there is of a tenure. Each part that cannot be read says so and hides no other. */
export class TenantReader {
  private readonly tenants: TenantCluster;
  private readonly access: TenantAccess;
  private readonly settings: Settings;
  private readonly now: () => number;
  private readonly auditEveryMs: number;
  private readonly records = new ReleaseRecords();
  private readonly drifts: DriftMemory;
  /** When the walls of a namespace were last found to be as they should. */
  private readonly sound = new BoundedCache<{ readonly at: number; readonly stopped: boolean }>(MAX_TENURES);
  /** Namespaces whose release helm has written a moment ago. */
  private readonly fresh = new BoundedCache<true>(MAX_TENURES);

  /** `now` in milliseconds, never going back. */
  constructor(
    tenants: TenantCluster,
    access: TenantAccess,
    settings: Settings,
    now: () => number,
    options: ReaderOptions = {},
  ) {
    this.tenants = tenants;
    this.access = access;
    this.settings = settings;
    this.now = now;
    this.auditEveryMs = options.auditEveryMs ?? DEFAULT_AUDIT_MS;
    this.drifts = new DriftMemory(now, this.auditEveryMs);
  }

  /**
   * Reads everything of a tenure.
   *
   * @throws RefusedError NotOurs; the Cluster… errors when the API server cannot be asked.
   */
  async read(identity: TenureIdentity, signal: AbortSignal): Promise<TenantState> {
    const namespace = await findNamespace(this.tenants.operator, identity, this.settings.owner, signal);
    if (namespace === undefined) {
      this.forget(identity.name);
      return { found: 'Nothing' };
    }
    if (namespace.metadata.deletionTimestamp !== undefined) {
      return { found: 'Terminating', why: whyTerminating(namespace) };
    }
    const stopped = isStopped(namespace);
    const inside = await this.look(identity, stopped, signal);
    const walls = await this.audit(identity, stopped, inside.kind === 'NoAccess', signal);
    return { found: 'Namespace', walls, stopped, inside };
  }

  /** The history of a release, read with the tenant's rights. */
  history({ name }: TenureIdentity, signal: AbortSignal): Promise<ReleaseHistory> {
    return this.access.use(name, ({ cluster }) => this.records.read(cluster, name, name, signal), signal);
  }

  /** What is there of a revision. */
  objectsOf({ name }: TenureIdentity, release: ReleaseRecord, signal: AbortSignal): Promise<readonly ObjectFinding[]> {
    return this.access.use(name, ({ cluster }) => this.readObjects(cluster, name, release, signal), signal);
  }

  /** Has to be called before what has drifted is corrected, so that it is not fought over for ever. */
  noteCorrection(objects: readonly ObjectFinding[]): void {
    for (const finding of objects) {
      if (finding.state === 'Seen' && finding.drift.kind === 'Field') {
        this.drifts.noteCorrection(finding.uid, finding.drift.field);
      }
    }
  }

  /** The walls have just been put up. */
  noteWalls({ name }: TenureIdentity, stopped: boolean): void {
    this.sound.set(name, { at: this.now(), stopped });
  }

  /** Helm has just written the release. */
  noteRelease({ name }: TenureIdentity): void {
    this.fresh.set(name, true);
  }

  /** Forgets a namespace that is gone. */
  forget(name: string): void {
    this.access.forget(name);
    this.sound.delete(name);
    this.fresh.delete(name);
  }

  private async audit(
    identity: TenureIdentity,
    stopped: boolean,
    now: boolean,
    signal: AbortSignal,
  ): Promise<readonly Difference[]> {
    const sound = this.sound.get(identity.name);
    const isRecent = sound?.stopped === stopped && this.now() - sound.at < this.auditEveryMs;
    if (isRecent && !now) return [];
    const at = this.now();
    const differences = await auditTenantNamespace(this.tenants.operator, identity, this.settings, stopped, signal);
    if (differences.length === 0) this.sound.set(identity.name, { at, stopped });
    else this.sound.delete(identity.name);
    return differences;
  }

  private async look({ name }: TenureIdentity, stopped: boolean, signal: AbortSignal): Promise<Inside> {
    try {
      return await this.access.use(
        name,
        ({ cluster }) => (stopped ? this.lookForPods(cluster, name, signal) : this.lookInside(cluster, name, signal)),
        signal,
      );
    } catch (error) {
      const { code, message } = ofOneThing(error);
      const isUnfinished = code === 'ClusterNotFound' || code === 'ClusterForbidden';
      return isUnfinished ? { kind: 'NoAccess' } : { kind: 'Unseen', why: message.slice(0, 300) };
    }
  }

  /** Of what is stopped only the pods matter. */
  private async lookForPods(cluster: Cluster, namespace: string, signal: AbortSignal): Promise<InsideSeen> {
    const { items } = await cluster.list(POD, { namespace }, signal);
    const release = { latest: undefined, good: undefined };
    return { kind: 'Seen', release, objects: [], pods: items, warnings: [] };
  }

  private async lookInside(cluster: Cluster, name: string, signal: AbortSignal): Promise<InsideSeen> {
    const release = await this.records.read(cluster, name, name, signal);
    const objects = release.good === undefined ? [] : await this.readObjects(cluster, name, release.good, signal);
    const isUp = objects.every(isObjectUp);
    const [pods, warnings] = await Promise.all([
      isUp ? [] : listOrNone(cluster, POD, name, signal),
      isUp ? [] : readWarnings(cluster, name, signal),
    ]);
    this.fresh.delete(name);
    return { kind: 'Seen', release, objects, pods, warnings };
  }

  private async readObjects(
    cluster: Cluster,
    namespace: string,
    release: ReleaseRecord,
    signal: AbortSignal,
  ): Promise<readonly ObjectFinding[]> {
    const objects = release.content?.objects;
    if (objects === undefined) return readWorkloads(cluster, namespace, signal);
    const autoscaled = scaledByOthers(objects);
    const revision = `${release.revision}/${release.secret.uid}`;
    const findings = objects.map(async (object): Promise<readonly ObjectFinding[]> => {
      // The record is the tenant's to write: only kinds of a tenant, and only in his namespace, are looked up.
      const address = addressOfObject(object, this.settings);
      if (address === undefined) return [];
      const what = describe(object);
      try {
        const live = await cluster.find(address, { name: object.name, namespace }, signal);
        if (live === undefined) return [{ state: removesItself(object) ? 'Finished' : 'Missing', what }];
        const ignoreReplicas = autoscaled.has(`${object.kind}/${object.name}`);
        const isFresh = this.fresh.get(namespace) === true;
        const comparison = { address, object, live, namespace, ignoreReplicas, isFresh };
        const drift = await this.drifts.judge(live, revision, () => findDrift(cluster, comparison, signal));
        return [findingOf(object.kind, live, drift)];
      } catch (error) {
        return [{ state: 'Unseen', what, why: ofOneThing(error).message.slice(0, 200) }];
      }
    });
    return (await Promise.all(findings)).flat();
  }
}

/** True when applying the chart again would help: the object is not there, or not as its chart has it. */
export function isOutOfPlace(finding: ObjectFinding): boolean {
  return finding.state === 'Missing' || (finding.state === 'Seen' && finding.drift.kind === 'Field');
}

/** True unless the object is known not to be up. */
export function isObjectUp(finding: ObjectFinding): boolean {
  return finding.state === 'Seen' ? finding.readiness.state === 'Ready' : finding.state !== 'Missing';
}

/** True from the moment a tenure is stopped until it has been started again. */
export function isStopped(namespace: ApiObject): boolean {
  return namespace.metadata.annotations?.[Annotation.stopped] !== undefined;
}

/** What runs, whatever a manifest may say. */
async function readWorkloads(
  cluster: Cluster,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly ObjectFinding[]> {
  const lists = await Promise.all(
    WORKLOADS.map(async ({ kind, ...address }) => {
      const items = await listOrNone(cluster, { kind, ...address }, namespace, signal);
      // What a workload has made is judged by the workload.
      const own = items.filter((live) => listOf(at(live, 'metadata', 'ownerReferences')).length === 0);
      return own.map((live) => findingOf(kind, live, NOT_COMPARED));
    }),
  );
  return lists.flat();
}

function findingOf(kind: string, live: ApiObject, drift: Drift): ObjectSeen {
  return {
    state: 'Seen',
    what: describe({ kind, name: live.metadata.name }),
    uid: live.metadata.uid,
    readiness: readinessOf(kind, live),
    drift,
    reach: reachOf(kind, live),
  };
}

/** The objects of a kind; none when they cannot be listed. */
async function listOrNone(
  cluster: Cluster,
  address: Address,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly ApiObject[]> {
  try {
    return (await cluster.list(address, { namespace }, signal)).items;
  } catch (error) {
    ofOneThing(error);
    return [];
  }
}

/** A finished job of this kind is removed by Kubernetes, and must not be run again for that. */
function removesItself({ kind, content }: ManifestObject): boolean {
  return kind === 'Job' && at(content, 'spec', 'ttlSecondsAfterFinished') !== undefined;
}

/** What the namespace controller says is still in the way. */
function whyTerminating(namespace: ApiObject): string | undefined {
  const remaining = listOf(at(namespace, 'status', 'conditions'))
    .map(recordOf)
    .filter(({ status, type }) => status === 'True' && `${type}`.startsWith('Namespace'))
    .map(({ message }) => textOf(message) ?? '');
  return remaining.length === 0 ? undefined : remaining.join(' ').slice(0, 500);
}
