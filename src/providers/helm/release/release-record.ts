import { BoundedCache } from '../../../base/bounded-cache.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import type { ApiObject, Cluster } from '../cluster.ts';
import { SECRET } from '../confine/kinds.ts';
import { at, textOf } from '../json-fields.ts';
import { Label } from '../names.ts';
import type { HelmWorkers } from '../worker/helm-workers.ts';
import type { ReleaseContent } from './release-content.ts';

/** One revision of a release, which helm stores in a Secret of the tenant's namespace. */
export interface ReleaseRecord {
  /** 1 for the install, incremented by each upgrade and rollback. */
  readonly revision: number;
  /** Name, uid and version of its Secret. */
  readonly secret: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  /** Digest of its order; undefined if it has none. */
  readonly order: string | undefined;
  /** Undefined if the record cannot be read, because of the tenant or an accident. */
  readonly content: ReleaseContent | undefined;
}

/** The relevant revisions of a release. */
export interface ReleaseHistory {
  /** The revision with the highest number, whatever its status; undefined if there is none. */
  readonly latest: ReleaseRecord | undefined;
  /** The running revision: the latest one that helm has deployed, even if a later one failed. */
  readonly good: ReleaseRecord | undefined;
}

/** Helm keeps three. Further ones, which a tenant may write, are not read. */
const MAX_RECORDS_READ = 4;
const MAX_CACHED = 16 * 1024 * 1024;
/** Size of a record in the cache in addition to its manifest. */
const WEIGHT = 1_000;

/** Reads the history of releases. Each record is cached by the version of its Secret, even if it could not be read. */
export class ReleaseRecords {
  private readonly workers: Pick<HelmWorkers, 'run'>;
  private readonly cache = new BoundedCache<{ readonly content: ReleaseContent | undefined; readonly weight: number }>(
    MAX_CACHED,
    ({ weight }) => weight,
  );

  constructor(workers: Pick<HelmWorkers, 'run'>) {
    this.workers = workers;
  }

  /** The history of a release. An unreadable record does not affect the others. */
  async read(cluster: Cluster, namespace: string, release: string, signal: AbortSignal): Promise<ReleaseHistory> {
    const { items } = await cluster.list(SECRET, { namespace, labelSelector: `owner=helm,name=${release}` }, signal);
    const newestFirst = items
      .map((secret) => ({ secret, revision: revisionOf(secret, release) ?? 0 }))
      .filter(({ revision }) => revision > 0)
      .sort((a, b) => b.revision - a.revision);
    const read: ReleaseRecord[] = [];
    for (const { secret, revision } of newestFirst.slice(0, MAX_RECORDS_READ)) {
      const record = await this.record(secret, revision, signal);
      read.push(record);
      if (record.content?.status === 'deployed') break;
    }
    return { latest: read[0], good: goodAmong(read) };
  }

  private async record(secret: ApiObject, revision: number, signal: AbortSignal): Promise<ReleaseRecord> {
    const { name, uid, resourceVersion, labels } = secret.metadata;
    const key = `${uid}/${resourceVersion}`;
    let known = this.cache.get(key);
    if (known === undefined) {
      const packed = textOf(at(secret, 'data', 'release')) ?? '';
      const content = await this.decode(packed, secret.metadata.namespace ?? '', signal);
      known = { content, weight: WEIGHT + (content?.objects === undefined ? 0 : packed.length * 2) };
      this.cache.set(key, known);
    }
    return { revision, secret: { name, uid, resourceVersion }, order: labels?.[Label.order], content: known.content };
  }

  /** A record that takes too long counts as unreadable: the tenant can write to its Secrets. */
  private async decode(data: string, tenant: string, signal: AbortSignal): Promise<ReleaseContent | undefined> {
    try {
      return await this.workers.run({ kind: 'Release', data }, tenant, signal);
    } catch (error) {
      if (error instanceof TerminalError) return undefined;
      throw error;
    }
  }
}

/**
 * Helm marks the previous revision as superseded just before it marks the new one as deployed, and may die in between.
 */
function goodAmong(newestFirst: readonly ReleaseRecord[]): ReleaseRecord | undefined {
  const withStatus = (status: string) => newestFirst.find(({ content }) => content?.status === status);
  return withStatus('deployed') ?? withStatus('superseded');
}

/** The revision number of a Secret, from its name, like helm does. */
function revisionOf({ metadata }: ApiObject, release: string): number | undefined {
  const prefix = `sh.helm.release.v1.${release}.v`;
  const digits = metadata.name.startsWith(prefix) ? metadata.name.slice(prefix.length) : '';
  return /^[1-9][0-9]{0,8}$/.test(digits) ? Number(digits) : undefined;
}
