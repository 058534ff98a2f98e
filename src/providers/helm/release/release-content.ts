import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type ManifestObject, parseManifest } from '../confine/manifest.ts';
import { at, isRecord, recordOf, textOf } from '../json-fields.ts';

/** The content of helm's record of one revision. */
export interface ReleaseContent {
  /** Helm's status: `deployed`, `failed`, `pending-install`, … */
  readonly status: string;
  readonly description: string;
  /** The objects of its manifest; undefined if it cannot be read. */
  readonly objects: readonly ManifestObject[] | undefined;
}

/** Limit of an unpacked record, which also contains the chart. Packed, it fits in a Secret. */
const MAX_RECORD_BYTES = 8 * 1024 * 1024;
const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

/**
 * Decodes the stored form: base64 by Kubernetes of base64 by helm of gzip of JSON. Undefined if it is anything else.
 */
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
    // The tenant can write to its Secrets, so an unreadable record is not an error.
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
