import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type ManifestObject, parseManifest } from '../confine/manifest.ts';
import { at, isRecord, recordOf, textOf } from '../json-fields.ts';

/** What helm has stored of one revision. */
export interface ReleaseContent {
  /** `deployed`, `failed`, `pending-install`, …: helm's own words. */
  readonly status: string;
  readonly description: string;
  /** The objects it made; undefined when its manifest cannot be read. */
  readonly objects: readonly ManifestObject[] | undefined;
}

/** A record holds the chart, too: at most what fits in a Secret, and that many times larger unpacked. */
const MAX_RECORD_BYTES = 8 * 1024 * 1024;
const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

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
