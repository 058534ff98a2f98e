import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ReasonOf } from '../../../errors/catalogue.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import { readChartArchive, writeChartArchive } from '../chart/chart-archive.ts';
import { type ChartMetadata, inspectChart } from '../chart/chart-inspection.ts';
import { type IndexAnswer, lookUpChart } from '../chart/repository-index.ts';
import type { Settings } from '../config.ts';
import { parseManifest } from '../confine/manifest.ts';
import { permitObjects } from '../confine/manifest-policy.ts';
import { decodeRelease, type ReleaseContent } from '../release/release-content.ts';

/** Work on untrusted bytes. Inputs and results can be sent between threads. */
export type Task =
  /** Inspects an archive and repacks the files that were inspected. */
  | { readonly kind: 'Chart'; readonly archive: Uint8Array }
  /** Checks a rendered chart, and whether helm could store it. */
  | {
      readonly kind: 'Manifest';
      readonly archive: Uint8Array;
      readonly values: string;
      readonly manifest: string;
      readonly namespace: string;
      readonly settings: Settings;
    }
  /** Looks up one version in the index of a repository. */
  | { readonly kind: 'Index'; readonly index: Uint8Array; readonly name: string; readonly version: string }
  /** Decodes the record of a release. */
  | { readonly kind: 'Release'; readonly data: string };

/** The result of each kind of task. */
export interface Results {
  readonly Chart: ChartMetadata & { readonly archive: Uint8Array };
  readonly Manifest: undefined;
  readonly Index: IndexAnswer;
  readonly Release: ReleaseContent | undefined;
}

/** A result, or an error of the catalogue. */
export type Answer =
  | { readonly kind: 'Done'; readonly result: Results[keyof Results] }
  | {
      readonly kind: 'Refused';
      readonly code: ReasonOf<'terminal'>;
      readonly message: string;
      readonly path: string | undefined;
    };

/** Kubernetes' limit for a Secret, in which helm stores a release. */
const MAX_RELEASE_BYTES = 1024 * 1024;

const deflate = promisify<Buffer, Buffer>(gzip);

/** Performs a task. Problems of the input are returned as an answer; anything else is thrown. */
export async function perform(task: Task): Promise<Answer> {
  try {
    return { kind: 'Done', result: await resultOf(task) };
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    const { code, message, path } = error;
    // A terminal error is constructed with no other code.
    return { kind: 'Refused', code: code as ReasonOf<'terminal'>, message, path };
  }
}

/** The error for a refusal. */
export function refusalOf({ code, message, path }: Extract<Answer, { kind: 'Refused' }>): TerminalError {
  return new TerminalError(code, { message, ...(path !== undefined && { path }) });
}

async function resultOf(task: Task): Promise<Results[keyof Results]> {
  switch (task.kind) {
    case 'Chart': {
      const files = await readChartArchive(bufferOf(task.archive));
      return { ...inspectChart(files), archive: await writeChartArchive(files.files) };
    }
    case 'Manifest': {
      permitObjects(parseManifest(task.manifest), task.namespace, task.settings);
      return refuseTooLarge(task);
    }
    case 'Index':
      return lookUpChart(bufferOf(task.index).toString('utf8'), task.name, task.version);
    case 'Release':
      return decodeRelease(task.data);
  }
}

/** Estimates what helm will store: templates, files, values and manifest, as base64 of gzip of JSON with base64 in it. */
async function refuseTooLarge({ archive, values, manifest }: Extract<Task, { kind: 'Manifest' }>): Promise<undefined> {
  const { files } = await readChartArchive(bufferOf(archive));
  const content = [...files].map(([name, data]) => ({ name, data: data.toString('base64') }));
  const packed = await deflate(Buffer.from(JSON.stringify({ content, values, manifest })));
  const stored = Math.ceil(packed.length / 3) * 4;
  if (stored <= MAX_RELEASE_BYTES) return undefined;
  throw new TerminalError('ReleaseTooLarge', {
    message: `the release would take about ${stored} bytes; Kubernetes stores at most ${MAX_RELEASE_BYTES} in one Secret`,
    path: '/chart',
  });
}

/** The same bytes: a Buffer arrives in another thread as a plain array. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
