import type { TenureIdentity } from '../../../award/identity.ts';
import { BoundedCache } from '../../../base/bounded-cache.ts';
import type { Difference } from '../../port.ts';
import type { ApiObject, Cluster, TenantCluster } from '../cluster.ts';
import type { Settings } from '../config.ts';
import { NAMESPACE, POD } from '../confine/kinds.ts';
import { auditTenantNamespace, findNamespace } from '../confine/tenant-namespace.ts';
import { at, listOf, recordOf, textOf } from '../json-fields.ts';
import { type ReleaseHistory, type ReleaseRecord, ReleaseRecords } from '../release/release-record.ts';
import type { TenantAccess } from '../release/tenant-access.ts';
import type { HelmWorkers } from '../worker/helm-workers.ts';
import { ofOneThing } from './failures.ts';
import { MetadataViews, type Version, versionOf } from './metadata-views.ts';
import { listOrNone, ObjectReader } from './object-reader.ts';
import {
  type Inside,
  type InsideSeen,
  isAtRest,
  isObjectUp,
  isStopped,
  type ObjectFinding,
  slim,
  type TenantNamespace,
  type TenantState,
  versionsIn,
} from './tenant-state.ts';
import { readWarnings } from './warnings.ts';

export interface ReaderOptions {
  /**
   * How long confining objects, and fields of unchanged generation, are assumed to be unchanged, in milliseconds.
   * Default 30 minutes.
   */
  readonly auditEveryMs?: number;
}

interface SoundWalls {
  readonly at: number;
  readonly stopped: boolean;
  readonly versions: readonly Version[];
}

interface Resting {
  readonly at: number;
  readonly state: TenantNamespace;
  readonly marker: string;
  readonly versions: readonly Version[];
}

const DEFAULT_AUDIT_MS = 1_800_000;
const MAX_TENURES = 10_000;
/** Reads everything of a tenure. A part that cannot be read is reported and hides no other. */
export class TenantReader {
  private readonly tenants: TenantCluster;
  private readonly access: TenantAccess;
  private readonly settings: Settings;
  private readonly now: () => number;
  private readonly auditEveryMs: number;
  private readonly records: ReleaseRecords;
  private readonly views: MetadataViews;
  private readonly objects: ObjectReader;
  /** Confining objects that were found, or applied, as they should be. */
  private readonly sound = new BoundedCache<SoundWalls>(MAX_TENURES);
  /** Tenures at rest, with everything that was read of them. */
  private readonly resting = new BoundedCache<Resting>(MAX_TENURES);

  /** `now` in milliseconds, never going back. Watches run until `signal` aborts. */
  constructor(
    tenants: TenantCluster,
    access: TenantAccess,
    settings: Settings,
    now: () => number,
    workers: Pick<HelmWorkers, 'run'>,
    options: ReaderOptions,
    signal: AbortSignal,
  ) {
    this.views = new MetadataViews(tenants, settings, signal);
    this.records = new ReleaseRecords(workers);
    this.tenants = tenants;
    this.access = access;
    this.settings = settings;
    this.now = now;
    this.auditEveryMs = options.auditEveryMs ?? DEFAULT_AUDIT_MS;
    this.objects = new ObjectReader(settings, this.views, now, this.auditEveryMs);
  }

  /**
   * Reads everything of a tenure, or nothing if it was at rest before and the watches have shown no change since.
   *
   * @throws RefusedError NotOurs; the Cluster… errors if the API server cannot be reached.
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

  /** The objects of a revision. */
  objectsOf({ name }: TenureIdentity, release: ReleaseRecord, signal: AbortSignal): Promise<readonly ObjectFinding[]> {
    return this.access.use(name, ({ cluster }) => this.objects.read(cluster, name, release, signal), signal);
  }

  /** Must be called before drift is corrected, so that two writers do not fight over a field forever. */
  noteCorrection(objects: readonly ObjectFinding[]): void {
    this.objects.noteCorrection(objects);
  }

  /** Must be called after the confining objects were applied, with their new versions. */
  noteWalls({ name }: TenureIdentity, stopped: boolean, versions: readonly Version[]): void {
    this.resting.delete(name);
    this.sound.set(name, { at: this.now(), stopped, versions });
  }

  /** Must be called after helm has written the release. */
  noteRelease({ name }: TenureIdentity): void {
    this.resting.delete(name);
    this.objects.noteRelease(name);
  }

  /** Forgets a namespace that was removed. */
  forget(name: string): void {
    this.access.forget(name);
    this.sound.delete(name);
    this.resting.delete(name);
    this.objects.forget(name);
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
    const objects = release.good === undefined ? [] : await this.objects.read(cluster, name, release.good, signal);
    const isUp = objects.every(isObjectUp);
    const [pods, warnings] = await Promise.all([
      isUp ? [] : listOrNone(cluster, POD, name, signal),
      isUp ? [] : readWarnings(cluster, name, signal),
    ]);
    this.objects.noteRead(name);
    return { kind: 'Seen', release, objects, pods, warnings };
  }
}

/** What blocks the removal, according to the namespace controller. */
function whyTerminating(namespace: ApiObject): string | undefined {
  const remaining = listOf(at(namespace, 'status', 'conditions'))
    .map(recordOf)
    .filter(({ status, type }) => status === 'True' && `${type}`.startsWith('Namespace'))
    .map(({ message }) => textOf(message) ?? '');
  return remaining.length === 0 ? undefined : remaining.join(' ').slice(0, 500);
}
