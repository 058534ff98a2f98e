import type { TenureIdentity } from '../../../award/identity.ts';
import { BoundedCache } from '../../../base/bounded-cache.ts';
import type { Difference } from '../../port.ts';
import type { Address, ApiObject, Cluster, TenantCluster } from '../cluster.ts';
import type { Settings } from '../config.ts';
import { CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, NAMESPACE, POD, STATEFUL_SET } from '../confine/kinds.ts';
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
import { MetadataViews, type Version, versionOf } from './metadata-views.ts';
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
  readonly version: Version;
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

interface SoundWalls {
  readonly at: number;
  readonly stopped: boolean;
  readonly versions: readonly Version[];
}

/** Objects of one revision as they were last read. */
interface LastRead {
  readonly revision: string;
  readonly findings: ReadonlyMap<string, { readonly at: number; readonly finding: ObjectSeen }>;
}

interface Resting {
  readonly at: number;
  readonly state: TenantNamespace;
  readonly marker: string;
  readonly versions: readonly Version[];
}

const DEFAULT_AUDIT_MS = 1_800_000;
const MAX_TENURES = 10_000;
/** What can run without being in a manifest that can be read. */
const WORKLOADS = [DEPLOYMENT, STATEFUL_SET, DAEMON_SET, JOB, CRON_JOB, POD];
const NOT_COMPARED: Drift = { kind: 'Unknown', why: 'the manifest of the release cannot be read' };

/** Reads everything of a tenure. A part that cannot be read is reported and hides no other. */
export class TenantReader {
  private readonly tenants: TenantCluster;
  private readonly access: TenantAccess;
  private readonly settings: Settings;
  private readonly now: () => number;
  private readonly auditEveryMs: number;
  private readonly records = new ReleaseRecords();
  private readonly drifts: DriftMemory;
  private readonly views: MetadataViews;
  /** Walls that were found, or have been put up, as they should be. */
  private readonly sound = new BoundedCache<SoundWalls>(MAX_TENURES);
  /** Tenures of which nothing has to be done, with everything that was read of them. */
  private readonly resting = new BoundedCache<Resting>(MAX_TENURES);
  private readonly lastRead = new BoundedCache<LastRead>(MAX_TENURES);
  /** Namespaces whose release helm has written a moment ago. */
  private readonly fresh = new BoundedCache<true>(MAX_TENURES);

  /** `now` in milliseconds, never going back. What is followed of the cluster is followed until `signal` aborts. */
  constructor(
    tenants: TenantCluster,
    access: TenantAccess,
    settings: Settings,
    now: () => number,
    options: ReaderOptions,
    signal: AbortSignal,
  ) {
    this.views = new MetadataViews(tenants, settings, signal);
    this.tenants = tenants;
    this.access = access;
    this.settings = settings;
    this.now = now;
    this.auditEveryMs = options.auditEveryMs ?? DEFAULT_AUDIT_MS;
    this.drifts = new DriftMemory(now, this.auditEveryMs);
  }

  /**
   * Reads everything of a tenure; nothing, when it was at rest before and the watches have shown no change since.
   *
   * @throws RefusedError NotOurs; the Cluster… errors when the API server cannot be asked.
   */
  async read(identity: TenureIdentity, signal: AbortSignal): Promise<TenantState> {
    const resting = this.resting.get(identity.name);
    if (resting?.marker === identity.marker && this.isRecent(resting)) {
      if (this.views.compare(resting.versions) === 'Same') return resting.state;
    }
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
    const walls = await this.audit(identity, namespace, stopped, inside.kind === 'NoAccess', signal);
    const state: TenantNamespace = { found: 'Namespace', walls, stopped, inside };
    this.resting.delete(identity.name);
    if (isAtRest(state)) {
      const versions = [
        versionOf('Wall', NAMESPACE, namespace),
        ...(this.sound.get(identity.name)?.versions ?? []),
        ...versionsIn(inside),
      ];
      this.resting.set(identity.name, { at: this.now(), state: slim(state), marker: identity.marker, versions });
    }
    return state;
  }

  /** The history of a release, read with the tenant's rights. */
  history({ name }: TenureIdentity, signal: AbortSignal): Promise<ReleaseHistory> {
    return this.access.use(name, ({ cluster }) => this.records.read(cluster, name, name, signal), signal);
  }

  /** What is there of a revision. */
  objectsOf({ name }: TenureIdentity, release: ReleaseRecord, signal: AbortSignal): Promise<readonly ObjectFinding[]> {
    return this.access.use(name, ({ cluster }) => this.readObjects(cluster, name, release, signal), signal);
  }

  /** Must be called before drift is corrected, so that two writers do not fight over a field forever. */
  noteCorrection(objects: readonly ObjectFinding[]): void {
    for (const finding of objects) {
      if (finding.state === 'Seen' && finding.drift.kind === 'Field') {
        this.drifts.noteCorrection(finding.uid, finding.drift.field);
      }
    }
  }

  /** Must be called after the walls were applied, with their new versions. */
  noteWalls({ name }: TenureIdentity, stopped: boolean, versions: readonly Version[]): void {
    this.resting.delete(name);
    this.sound.set(name, { at: this.now(), stopped, versions });
  }

  /** Must be called after helm has written the release. */
  noteRelease({ name }: TenureIdentity): void {
    this.resting.delete(name);
    this.lastRead.delete(name);
    this.fresh.set(name, true);
  }

  /** Forgets a namespace that is gone. */
  forget(name: string): void {
    this.access.forget(name);
    this.sound.delete(name);
    this.resting.delete(name);
    this.lastRead.delete(name);
    this.fresh.delete(name);
  }

  /** True for an object that need not be read again. */
  private isStill(finding: ObjectSeen, at: number): boolean {
    if (finding.drift.kind !== 'None' || isBarePod(finding)) return false;
    const { version } = finding;
    return this.views.compare([version]) === 'Same' && (this.views.follows(version) || this.isRecent({ at }));
  }

  private isRecent({ at }: Pick<Resting, 'at'>): boolean {
    return this.now() - at < this.auditEveryMs;
  }

  private async audit(
    identity: TenureIdentity,
    namespace: ApiObject,
    stopped: boolean,
    now: boolean,
    signal: AbortSignal,
  ): Promise<readonly Difference[]> {
    const sound = now ? undefined : this.sound.get(identity.name);
    const isSame = sound?.stopped === stopped;
    // Without watches only the age counts.
    if (isSame && this.views.compare(sound.versions) === 'Unknown' && this.isRecent(sound)) return [];
    const unchanged = isSame ? sound.versions.filter((version) => this.views.compare([version]) === 'Same') : [];
    const at = this.now();
    const { operator } = this.tenants;
    const audit = await auditTenantNamespace(
      operator,
      identity,
      this.settings,
      { namespace, stopped, unchanged },
      signal,
    );
    const { differences, versions } = audit;
    if (differences.length === 0) this.sound.set(identity.name, { at, stopped, versions });
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

  /** A stopped tenant is read for its pods only. */
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
    const before = this.lastRead.get(namespace);
    const known = before?.revision === revision ? before.findings : undefined;
    const read = new Map<string, { readonly at: number; readonly finding: ObjectSeen }>();
    const findings = objects.map(async (object): Promise<readonly ObjectFinding[]> => {
      // The tenant can write the record: only a tenant's kinds, and only in its namespace, are read.
      const address = addressOfObject(object, this.settings);
      if (address === undefined) return [];
      const what = describe(object);
      const last = known?.get(what);
      if (last !== undefined && this.isStill(last.finding, last.at)) {
        read.set(what, last);
        return [last.finding];
      }
      const at = this.now();
      try {
        const live = await cluster.find(address, { name: object.name, namespace }, signal);
        if (live === undefined) return [{ state: removesItself(object) ? 'Finished' : 'Missing', what }];
        const ignoreReplicas = autoscaled.has(`${object.kind}/${object.name}`);
        const isFresh = this.fresh.get(namespace) === true;
        const comparison = { address, object, live, namespace, ignoreReplicas, isFresh };
        const drift = await this.drifts.judge(live, revision, () => findDrift(cluster, comparison, signal));
        const finding = findingOf(address, live, drift);
        read.set(what, { at, finding });
        return [finding];
      } catch (error) {
        return [{ state: 'Unseen', what, why: ofOneThing(error).message.slice(0, 200) }];
      }
    });
    const all = (await Promise.all(findings)).flat();
    this.lastRead.set(namespace, { revision, findings: read });
    return all;
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

/** True when there is nothing to do and nothing to wait for. */
function isAtRest({ walls, stopped, inside }: TenantNamespace): boolean {
  if (walls.length > 0 || inside.kind !== 'Seen') return false;
  if (stopped) return inside.pods.length === 0;
  const { latest, good } = inside.release;
  return (
    good?.content?.status === 'deployed' &&
    latest?.revision === good.revision &&
    inside.objects.every((object) => isObjectUp(object) && object.state !== 'Unseen' && !isOutOfPlace(object)) &&
    !inside.objects.some((object) => isBarePod(object) || isContested(object))
  );
}

/** The state without the content of the manifest, which is not needed at rest. */
function slim(state: TenantNamespace): TenantNamespace {
  if (state.inside.kind !== 'Seen') return state;
  const { release } = state.inside;
  const without = (record: ReleaseRecord | undefined): ReleaseRecord | undefined =>
    record?.content === undefined ? record : { ...record, content: { ...record.content, objects: undefined } };
  const inside = { ...state.inside, release: { latest: without(release.latest), good: without(release.good) } };
  return { ...state, inside };
}

/** What another writer keeps changing is corrected after a while, though nothing changes meanwhile. */
function isContested(finding: ObjectFinding): boolean {
  return finding.state === 'Seen' && finding.drift.kind === 'Contested';
}

/** Pods are not followed, and a pod without a controller may end at any time. */
function isBarePod(finding: ObjectFinding): boolean {
  return finding.state === 'Seen' && finding.version.address.kind === POD.kind;
}

function versionsIn(inside: Inside): readonly Version[] {
  if (inside.kind !== 'Seen') return [];
  return inside.objects.flatMap((finding) => (finding.state === 'Seen' ? [finding.version] : []));
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
    WORKLOADS.map(async (address) => {
      const items = await listOrNone(cluster, address, namespace, signal);
      // What a workload has made is judged by the workload.
      const own = items.filter((live) => listOf(at(live, 'metadata', 'ownerReferences')).length === 0);
      return own.map((live) => findingOf(address, live, NOT_COMPARED));
    }),
  );
  return lists.flat();
}

function findingOf(address: Address, live: ApiObject, drift: Drift): ObjectSeen {
  const { kind } = address;
  return {
    version: versionOf('Chart', address, live),
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
