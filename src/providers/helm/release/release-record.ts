import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { SECRET } from '../confine/kinds.ts';
import type { ApiObject, Cluster } from '../observe/cluster.ts';
import { at, isRecord, recordOf, textOf } from '../observe/json-fields.ts';
import { Label } from './names.ts';

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
  readonly manifest: string;
}

/** A record holds the chart, too: at most what fits in a Secret, and that many times larger unpacked. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024;

const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

/** The latest revision of a release, or undefined when there is none. */
export async function latestRelease(
  cluster: Cluster,
  namespace: string,
  release: string,
  signal: AbortSignal,
): Promise<ReleaseRecord | undefined> {
  const { items } = await cluster.list(SECRET, { namespace, labelSelector: `owner=helm,name=${release}` }, signal);
  const [latest] = items
    .map((secret) => ({ secret, revision: revisionOf(secret, release) }))
    .filter((candidate) => candidate.revision !== undefined)
    .sort((a, b) => (b.revision ?? 0) - (a.revision ?? 0));
  return latest?.revision === undefined ? undefined : readRecord(latest.secret, latest.revision);
}

/** The revision a Secret stands for: its name is what helm goes by. */
function revisionOf({ metadata }: ApiObject, release: string): number | undefined {
  const prefix = `sh.helm.release.v1.${release}.v`;
  const digits = metadata.name.startsWith(prefix) ? metadata.name.slice(prefix.length) : '';
  return /^[1-9][0-9]{0,8}$/.test(digits) ? Number(digits) : undefined;
}

async function readRecord(secret: ApiObject, revision: number): Promise<ReleaseRecord> {
  const { name, uid, resourceVersion, labels } = secret.metadata;
  return {
    revision,
    secret: { name, uid, resourceVersion },
    order: labels?.[Label.order],
    content: await decodeRelease(textOf(at(secret, 'data', 'release')) ?? ''),
  };
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
      manifest: textOf(release['manifest']) ?? '',
    };
  } catch {
    // The tenant may write to its own Secrets. What cannot be read is as good as no record.
    return undefined;
  }
}
