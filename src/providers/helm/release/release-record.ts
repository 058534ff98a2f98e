import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BoundedCache } from '../../../base/bounded-cache.ts';
import type { ApiObject, Cluster } from '../cluster.ts';
import { SECRET } from '../confine/kinds.ts';
import { type ManifestObject, parseManifest } from '../confine/manifest.ts';
import { at, isRecord, recordOf, textOf } from '../json-fields.ts';
import { Label } from '../names.ts';

/** One revision of a release, as helm has stored it in a Secret of the tenant's namespace. */
export interface ReleaseRecord {
  /** 1 for the install, one more for each upgrade and rollback. */
  readonly revision: number;
  /** Name, uid and version of its Secret. */
  readonly secret: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  /** Digest of the order it was made from; undefined when it carries none. */
  readonly order: string | undefined;
  /** Undefined when the tenant, or an accident, has made the record unreadable. */
  readonly content: ReleaseContent | undefined;
}

export interface ReleaseContent {
  /** `deployed`, `failed`, `pending-install`, …: helm's own words. */
  readonly status: string;
  readonly description: string;
  /** The objects it made; undefined when its manifest cannot be read. */
  readonly objects: readonly ManifestObject[] | undefined;
}

/** What is known of a release. */
export interface ReleaseHistory {
  /** The revision with the highest number, whatever it is; undefined when there is none. */
  readonly latest: ReleaseRecord | undefined;
  /** The revision that runs: the latest one helm has deployed. A later one that failed changes nothing about it. */
  readonly good: ReleaseRecord | undefined;
}

/** A record holds the chart, too: at most what fits in a Secret, and that many times larger unpacked. */
const MAX_RECORD_BYTES = 8 * 1024 * 1024;
/** Helm keeps three. A tenant may write more, and these are not read. */
const MAX_RECORDS_READ = 4;
const MAX_CACHED = 16 * 1024 * 1024;
/** What a record weighs in the cache beside its manifest. */
const WEIGHT = 1_000;

const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

/** Reads the history of releases. What was read once, or could not be, is remembered by the version of its Secret. */
export class ReleaseRecords {
  private readonly cache = new BoundedCache<{ readonly content: ReleaseContent | undefined; readonly weight: number }>(
    MAX_CACHED,
    ({ weight }) => weight,
  );

  /** The history of a release. A record that cannot be read hides no other. */
  async read(cluster: Cluster, namespace: string, release: string, signal: AbortSignal): Promise<ReleaseHistory> {
    const { items } = await cluster.list(SECRET, { namespace, labelSelector: `owner=helm,name=${release}` }, signal);
    const newestFirst = items
      .map((secret) => ({ secret, revision: revisionOf(secret, release) ?? 0 }))
      .filter(({ revision }) => revision > 0)
      .sort((a, b) => b.revision - a.revision);
    const read: ReleaseRecord[] = [];
    for (const { secret, revision } of newestFirst.slice(0, MAX_RECORDS_READ)) {
      const record = await this.record(secret, revision);
      read.push(record);
      if (record.content?.status === 'deployed') break;
    }
    return { latest: read[0], good: goodAmong(read) };
  }

  private async record(secret: ApiObject, revision: number): Promise<ReleaseRecord> {
    const { name, uid, resourceVersion, labels } = secret.metadata;
    const key = `${uid}/${resourceVersion}`;
    let known = this.cache.get(key);
    if (known === undefined) {
      const packed = textOf(at(secret, 'data', 'release')) ?? '';
      const content = await decodeRelease(packed);
      known = { content, weight: WEIGHT + (content?.objects === undefined ? 0 : packed.length * 2) };
      this.cache.set(key, known);
    }
    return { revision, secret: { name, uid, resourceVersion }, order: labels?.[Label.order], content: known.content };
  }
}

/** Helm marks the one before as superseded a moment before it marks the new one as deployed, and may die in between. */
function goodAmong(newestFirst: readonly ReleaseRecord[]): ReleaseRecord | undefined {
  const withStatus = (status: string) => newestFirst.find(({ content }) => content?.status === status);
  return withStatus('deployed') ?? withStatus('superseded');
}

/** The revision a Secret stands for: its name is what helm goes by. */
function revisionOf({ metadata }: ApiObject, release: string): number | undefined {
  const prefix = `sh.helm.release.v1.${release}.v`;
  const digits = metadata.name.startsWith(prefix) ? metadata.name.slice(prefix.length) : '';
  return /^[1-9][0-9]{0,8}$/.test(digits) ? Number(digits) : undefined;
}

/** The stored form: base64 by Kubernetes, of base64 by helm, of gzip, of JSON. Undefined when it is anything else. */
export async function decodeRelease(data: string): Promise<ReleaseContent | undefined> {
  try {
    const packed = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64');
    const release: unknown = JSON.parse(
      (await inflate(packed, { maxOutputLength: MAX_RECORD_BYTES })).toString('utf8'),
    );
    const status = textOf(at(release, 'info', 'status'));
    if (!isRecord(release) || status === undefined) return undefined;
    return {
      status,
      description: textOf(recordOf(release['info'])['description']) ?? '',
      objects: objectsIn(textOf(release['manifest']) ?? ''),
    };
  } catch {
    // The tenant may write to its own Secrets: an unreadable record counts as none.
    return undefined;
  }
}

function objectsIn(manifest: string): readonly ManifestObject[] | undefined {
  try {
    return parseManifest(manifest);
  } catch {
    return undefined;
  }
}
