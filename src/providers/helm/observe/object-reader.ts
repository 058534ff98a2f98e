import { BoundedCache } from '../../../base/bounded-cache.ts';
import type { Address, ApiObject, Cluster } from '../cluster.ts';
import type { Settings } from '../config.ts';
import { CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, POD, STATEFUL_SET } from '../confine/kinds.ts';
import { describe, type ManifestObject } from '../confine/manifest.ts';
import { addressOfObject } from '../confine/manifest-policy.ts';
import { at, listOf } from '../json-fields.ts';
import type { ReleaseRecord } from '../release/release-record.ts';
import { type Drift, DriftMemory, findDrift, scaledByOthers } from './drift.ts';
import { reachOf } from './endpoints.ts';
import { ofOneThing } from './failures.ts';
import { type MetadataViews, versionOf } from './metadata-views.ts';
import { readinessOf } from './readiness.ts';
import { isBarePod, type ObjectFinding, type ObjectSeen } from './tenant-state.ts';

/** The objects of one revision as last read. */
interface LastRead {
  readonly revision: string;
  readonly findings: ReadonlyMap<string, { readonly at: number; readonly finding: ObjectSeen }>;
}

/** Number of tenures whose objects are remembered. */
const MAX_TENURES = 10_000;
/** Kinds that are read if the manifest of the release cannot be read. */
const WORKLOADS = [DEPLOYMENT, STATEFUL_SET, DAEMON_SET, JOB, CRON_JOB, POD];
const NOT_COMPARED: Drift = { kind: 'Unknown', why: 'the manifest of the release cannot be read' };

/** Reads the objects of a release. An object that cannot be read is reported and hides no other. */
export class ObjectReader {
  private readonly settings: Settings;
  private readonly views: MetadataViews;
  private readonly now: () => number;
  private readonly auditEveryMs: number;
  private readonly drifts: DriftMemory;
  private readonly lastRead = new BoundedCache<LastRead>(MAX_TENURES);
  /** Namespaces whose release helm has just written. */
  private readonly fresh = new BoundedCache<true>(MAX_TENURES);

  /** `now` in milliseconds, never going back. An unchanged object is read again after `auditEveryMs`. */
  constructor(settings: Settings, views: MetadataViews, now: () => number, auditEveryMs: number) {
    this.settings = settings;
    this.views = views;
    this.now = now;
    this.auditEveryMs = auditEveryMs;
    this.drifts = new DriftMemory(now, auditEveryMs);
  }

  /** The objects of a revision, or what runs in the namespace if its manifest cannot be read. */
  async read(
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
      // The tenant can write the record, so only allowed kinds in its own namespace are read.
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

  /** Must be called before drift is corrected, so that two writers do not fight over a field forever. */
  noteCorrection(objects: readonly ObjectFinding[]): void {
    for (const finding of objects) {
      if (finding.state === 'Seen' && finding.drift.kind === 'Field') {
        this.drifts.noteCorrection(finding.uid, finding.drift.field);
      }
    }
  }

  /** Must be called after helm has written the release: its objects are all read again. */
  noteRelease(namespace: string): void {
    this.lastRead.delete(namespace);
    this.fresh.set(namespace, true);
  }

  /** Must be called after everything was read since the release was written. */
  noteRead(namespace: string): void {
    this.fresh.delete(namespace);
  }

  forget(namespace: string): void {
    this.lastRead.delete(namespace);
    this.fresh.delete(namespace);
  }

  /** True if an object need not be read again. */
  private isStill(finding: ObjectSeen, at: number): boolean {
    if (finding.drift.kind !== 'None' || isBarePod(finding)) return false;
    const { version } = finding;
    return (
      this.views.compare([version]) === 'Same' && (this.views.follows(version) || this.now() - at < this.auditEveryMs)
    );
  }
}

/** Everything that runs, independent of a manifest. */
async function readWorkloads(
  cluster: Cluster,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly ObjectFinding[]> {
  const lists = await Promise.all(
    WORKLOADS.map(async (address) => {
      const items = await listOrNone(cluster, address, namespace, signal);
      // Objects with an owner are covered by the state of their owner.
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

/** The objects of a kind; none if they cannot be listed. */
export async function listOrNone(
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

/** Kubernetes removes such a finished job, which must not run again because of that. */
function removesItself({ kind, content }: ManifestObject): boolean {
  return kind === 'Job' && at(content, 'spec', 'ttlSecondsAfterFinished') !== undefined;
}
