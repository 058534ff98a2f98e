import type { TenureIdentity } from '../../../award/identity.ts';
import { BoundedCache } from '../../../base/bounded-cache.ts';
import { DinfraError } from '../../../errors/dinfra-error.ts';
import type { Difference } from '../../port.ts';
import type { Settings } from '../config.ts';
import { auditCell, findNamespace } from '../confine/cell.ts';
import { POD } from '../confine/kinds.ts';
import { type ManifestObject, parseManifest } from '../confine/manifest.ts';
import { addressOfObject } from '../confine/manifest-policy.ts';
import type { TenantAccess, TenantKey } from '../confine/tenant-access.ts';
import { readWarnings, type Warning } from '../confine/warnings.ts';
import { Annotation } from '../release/names.ts';
import { latestRelease, type ReleaseRecord } from '../release/release-record.ts';
import type { ApiObject, Cluster, TenantCluster } from './cluster.ts';
import { findDrift, scaledByOthers } from './drift.ts';
import { DriftMemory } from './drift-memory.ts';
import { at, listOf, recordOf, textOf } from './json-fields.ts';
import { readinessOf } from './readiness.ts';

/** Everything that was read of one tenure. Plain data: what follows from it is decided elsewhere. */
export type Survey =
  | { readonly found: 'Nothing' }
  | { readonly found: 'Terminating'; readonly why: string | undefined }
  | CellSurvey;

export interface CellSurvey {
  readonly found: 'Cell';
  /** What confines the tenant and is missing or changed. */
  readonly cell: readonly Difference[];
  readonly stopped: boolean;
  /** What is in the cell; undefined when the tenant's account cannot be used to look. */
  readonly content: CellContent | undefined;
}

export interface CellContent {
  readonly release: ReleaseRecord | undefined;
  /** The objects of the release's manifest; undefined when there is none to read. */
  readonly objects: readonly ObjectFinding[] | undefined;
  /** The pods, when something is not up or is stopped; otherwise they are not looked at. */
  readonly pods: readonly ApiObject[];
  /** Warnings of Kubernetes, the latest last, when something is not up. */
  readonly warnings: readonly Warning[];
}

/** One object of the manifest, and what was found of it. */
export interface ObjectFinding {
  readonly object: ManifestObject;
  readonly live: ApiObject | undefined;
  /** The first field that is not as the chart has it. */
  readonly drift: string | undefined;
}

export interface SurveyorOptions {
  /**
   * How long what confines a tenant, and fields of unchanged generation, are taken to be as they were last seen, in
   * milliseconds. Default 5 minutes.
   */
  readonly auditEveryMs?: number;
}

const DEFAULT_AUDIT_MS = 300_000;
const MAX_TENURES = 5_000;
const MAX_CACHED_MANIFESTS = 16 * 1024 * 1024;

/** Reads what there is of a tenure. At rest: the namespace, the release's records, and each object once. */
export class Surveyor {
  private readonly tenants: TenantCluster;
  private readonly access: TenantAccess;
  private readonly settings: Settings;
  private readonly now: () => number;
  private readonly auditEveryMs: number;
  private readonly drifts: DriftMemory;
  /** When a cell was last found to be as it should. */
  private readonly sound = new BoundedCache<{ readonly at: number; readonly stopped: boolean }>(MAX_TENURES);
  private readonly manifests = new BoundedCache<{ readonly size: number; readonly objects: readonly ManifestObject[] }>(
    MAX_CACHED_MANIFESTS,
    ({ size }) => size,
  );

  /** `now` in milliseconds, never going back. */
  constructor(
    tenants: TenantCluster,
    access: TenantAccess,
    settings: Settings,
    now: () => number,
    options: SurveyorOptions = {},
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
   * @throws RefusedError NotOurs; the Cluster… errors when anything cannot be read for sure.
   */
  async survey(identity: TenureIdentity, signal: AbortSignal): Promise<Survey> {
    const namespace = await findNamespace(this.tenants.operator, identity, signal);
    if (namespace === undefined) {
      this.access.forget(identity.name);
      this.sound.delete(identity.name);
      return { found: 'Nothing' };
    }
    if (namespace.metadata.deletionTimestamp !== undefined) {
      return { found: 'Terminating', why: whyTerminating(namespace) };
    }
    const stopped = isStopped(namespace);
    const content = await this.look(identity, stopped, signal);
    const cell = await this.audit(identity, stopped, content === undefined, signal);
    return { found: 'Cell', cell, stopped, content };
  }

  /** What the release should have made, and what is there of it; nothing when there is no release. */
  async objectsOf({ name }: TenureIdentity, signal: AbortSignal): Promise<readonly ObjectFinding[]> {
    const read = async ({ cluster }: TenantKey) => {
      const release = await latestRelease(cluster, name, name, signal);
      return (await this.readObjects(cluster, name, release, false, signal)) ?? [];
    };
    return this.access.use(name, read, signal);
  }

  /** To be told before what has drifted is put right, so that it is not fought over for ever. */
  correcting(objects: readonly ObjectFinding[]): void {
    for (const { live, drift } of objects) {
      if (live !== undefined && drift !== undefined) this.drifts.correcting(live, drift);
    }
  }

  private async audit(
    identity: TenureIdentity,
    stopped: boolean,
    now: boolean,
    signal: AbortSignal,
  ): Promise<readonly Difference[]> {
    const sound = this.sound.get(identity.name);
    const isFresh = sound?.stopped === stopped && this.now() - sound.at < this.auditEveryMs;
    if (isFresh && !now) return [];
    const at = this.now();
    const differences = await auditCell(this.tenants.operator, identity, this.settings, { stopped }, signal);
    if (differences.length === 0) this.sound.set(identity.name, { at, stopped });
    else this.sound.delete(identity.name);
    return differences;
  }

  private async look(
    { name }: TenureIdentity,
    stopped: boolean,
    signal: AbortSignal,
  ): Promise<CellContent | undefined> {
    try {
      return await this.access.use(name, ({ cluster }) => this.readContent(cluster, name, stopped, signal), signal);
    } catch (error) {
      // No account, or one without rights yet: the cell is not finished, and what is in it cannot be seen.
      if (error instanceof DinfraError && ['ClusterNotFound', 'ClusterForbidden'].includes(error.code))
        return undefined;
      throw error;
    }
  }

  private async readContent(
    cluster: Cluster,
    name: string,
    stopped: boolean,
    signal: AbortSignal,
  ): Promise<CellContent> {
    const release = await latestRelease(cluster, name, name, signal);
    const objects = await this.readObjects(cluster, name, release, stopped, signal);
    const isUp = (objects ?? []).every(
      ({ object, live }) => live !== undefined && readinessOf(object.kind, live).state === 'Ready',
    );
    const [pods, warnings] = await Promise.all([
      isUp && !stopped ? [] : cluster.list(POD, { namespace: name }, signal).then(({ items }) => items),
      isUp || stopped ? [] : readWarnings(cluster, name, signal),
    ]);
    return { release, objects, pods, warnings };
  }

  private async readObjects(
    cluster: Cluster,
    namespace: string,
    release: ReleaseRecord | undefined,
    stopped: boolean,
    signal: AbortSignal,
  ): Promise<readonly ObjectFinding[] | undefined> {
    const objects = this.manifestOf(release);
    if (objects === undefined) return undefined;
    const autoscaled = scaledByOthers(objects);
    const findings = objects.map(async (object): Promise<readonly ObjectFinding[]> => {
      // The record is the tenant's to write: only kinds of a tenant, and only in his namespace, are looked up.
      const address = addressOfObject(object, this.settings);
      if (address === undefined) return [];
      const live = await cluster.find(address, { name: object.name, namespace }, signal);
      if (live === undefined || stopped) return [{ object, live, drift: undefined }];
      const ignoreReplicas = autoscaled.has(`${object.kind}/${object.name}`);
      const drift = () => findDrift(cluster, address, object, live, { namespace, ignoreReplicas }, signal);
      return [{ object, live, drift: await this.drifts.judge(live, release, drift) }];
    });
    return (await Promise.all(findings)).flat();
  }

  private manifestOf(release: ReleaseRecord | undefined): readonly ManifestObject[] | undefined {
    if (release?.content === undefined) return undefined;
    const key = `${release.secret.uid}/${release.secret.resourceVersion}`;
    const known = this.manifests.get(key);
    if (known !== undefined) return known.objects;
    try {
      const objects = parseManifest(release.content.manifest);
      this.manifests.set(key, { size: release.content.manifest.length + 1_000, objects });
      return objects;
    } catch {
      return undefined;
    }
  }
}

/** True when an object is not there, or not as its chart has it, and applying the chart again would mend that. */
export function isOutOfPlace({ object, live, drift }: ObjectFinding): boolean {
  return (live === undefined && !removesItself(object)) || drift !== undefined;
}

/** A finished job of this kind is removed by Kubernetes, and must not be run again for that. */
export function removesItself({ kind, content }: ManifestObject): boolean {
  return kind === 'Job' && at(content, 'spec', 'ttlSecondsAfterFinished') !== undefined;
}

/** True from the moment a tenure is stopped until it has been started again. */
export function isStopped(namespace: ApiObject): boolean {
  return namespace.metadata.annotations?.[Annotation.stopped] !== undefined;
}

/** What the namespace controller says is still in the way. */
function whyTerminating(namespace: ApiObject): string | undefined {
  const remaining = listOf(at(namespace, 'status', 'conditions'))
    .map(recordOf)
    .filter(({ status, type }) => status === 'True' && `${type}`.startsWith('Namespace'))
    .map(({ message }) => textOf(message) ?? '');
  return remaining.length === 0 ? undefined : remaining.join(' ').slice(0, 500);
}
