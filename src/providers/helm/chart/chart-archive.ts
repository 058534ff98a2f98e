import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { extract, type Header, pack } from 'tar-stream';
import { TerminalError } from '../../../errors/dinfra-error.ts';

/**
 * Limits of an archive. A release has to fit in one Secret of 1 MiB, so larger charts could not be installed anyway.
 */
export interface ArchiveLimits {
  readonly archiveBytes: number;
  readonly unpackedBytes: number;
  readonly entries: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  archiveBytes: 2 * 1024 * 1024,
  unpackedBytes: 8 * 1024 * 1024,
  entries: 500,
};

/** The files of a chart. */
export interface ChartFiles {
  /** Content by path below the chart's folder; subcharts are folders below `charts/`. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** `sha256:<hex>` of the original archive. */
  readonly digest: string;
}

/** `sha256:<hex>` of some bytes. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/**
 * Verifies the digest of some bytes.
 *
 * @throws TerminalError ChartDigestMismatch.
 */
export function verifyDigest(bytes: Buffer, wanted: string, what: string): void {
  const found = digestOf(bytes);
  if (found === wanted) return;
  throw new TerminalError('ChartDigestMismatch', {
    message: `${what.slice(0, 200)} has digest ${found}; chart.digest is ${wanted}`,
    path: '/chart/digest',
  });
}

const MAX_PATH = 256;
const MAX_DEPTH = 3;

const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);
const deflate = promisify<Buffer, { level: number }, Buffer>(gzip);

/** What is left of the limits, which nested archives share. */
interface Budget {
  bytes: number;
  entries: number;
}

/**
 * Reads an untrusted chart archive. Only plain files and folders below one folder are accepted: a link, a device or a
 * path to elsewhere is refused.
 *
 * @throws TerminalError ChartTooLarge or ChartInvalid.
 */
export async function readChartArchive(archive: Buffer, limits: ArchiveLimits = ARCHIVE_LIMITS): Promise<ChartFiles> {
  const files = new Map<string, Buffer>();
  await collect(archive, '', files, { bytes: limits.unpackedBytes, entries: limits.entries }, limits, MAX_DEPTH);
  if (!files.has('Chart.yaml')) throw invalid('it has no Chart.yaml in its topmost folder');
  return { files, digest: digestOf(archive) };
}

/**
 * An archive of exactly these files. Helm gets this one and never the original, so that it reads what was inspected
 * even if tar readers disagree about an odd header.
 */
export async function writeChartArchive(files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const tar = pack();
  for (const [path, content] of files) tar.entry({ name: `chart/${path}`, mtime: new Date(0), mode: 0o644 }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return deflate(Buffer.concat(chunks), { level: constants.Z_BEST_COMPRESSION });
}

async function collect(
  archive: Buffer,
  prefix: string,
  files: Map<string, Buffer>,
  budget: Budget,
  limits: ArchiveLimits,
  depth: number,
): Promise<void> {
  if (archive.length > limits.archiveBytes) {
    throw tooLarge(`its archive has ${archive.length} bytes; at most ${limits.archiveBytes} are allowed`);
  }
  // Helm also opens archives in the charts folder of every subchart. All are unpacked here, so that all are inspected.
  const nested: { readonly content: Buffer; readonly folder: string }[] = [];
  let root: string | undefined;
  for (const { path, content } of await entriesOf(await unpack(archive, budget.bytes, limits), budget, limits)) {
    const [top = '', ...rest] = path;
    if (rest.length === 0) throw invalid(`${quote(top)} lies outside the chart's folder`);
    root ??= top;
    if (top !== root) throw invalid(`it has two topmost folders, ${quote(root)} and ${quote(top)}`);
    const name = rest.join('/');
    if (/^(charts\/[^/]+\/)*charts\/[^/]+\.tgz$/.test(name)) {
      nested.push({ content, folder: name.slice(0, name.lastIndexOf('/') + 1) });
      continue;
    }
    const full = `${prefix}${name}`;
    if (files.has(full)) throw invalid(`${quote(full)} is in it twice`);
    files.set(full, content);
  }
  if (root === undefined) throw invalid('its archive is empty');
  if (nested.length > 0 && depth === 0) throw invalid(`its subcharts are nested more than ${MAX_DEPTH} deep`);
  for (const [index, { content, folder }] of nested.entries()) {
    await collect(content, `${prefix}${folder}packed-${index}/`, files, budget, limits, depth - 1);
  }
}

async function unpack(archive: Buffer, bytesLeft: number, limits: ArchiveLimits): Promise<Buffer> {
  try {
    // Tar adds headers and padding to the files: at most 1,023 bytes per entry, and long names.
    return await inflate(archive, { maxOutputLength: bytesLeft + limits.entries * 2048 + 10_240 });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge(`it unpacks to more than ${limits.unpackedBytes} bytes`);
    }
    throw invalid('its archive is not gzip', cause);
  }
}

interface Entry {
  readonly path: readonly string[];
  readonly content: Buffer;
}

async function entriesOf(tar: Buffer, budget: Budget, limits: ArchiveLimits): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const reader = extract();
  reader.end(tar);
  try {
    for await (const entry of reader) {
      budget.entries -= 1;
      if (budget.entries < 0) throw tooLarge(`it has more than ${limits.entries} files`);
      const path = safePath(entry.header);
      const chunks: Buffer[] = [];
      for await (const chunk of entry as AsyncIterable<Buffer>) {
        budget.bytes -= chunk.length;
        if (budget.bytes < 0) throw tooLarge(`it unpacks to more than ${limits.unpackedBytes} bytes`);
        chunks.push(chunk);
      }
      if (entry.header.type !== 'directory') entries.push({ path, content: Buffer.concat(chunks) });
    }
  } catch (cause) {
    throw cause instanceof TerminalError ? cause : invalid('its archive is not a tar file', cause);
  }
  return entries;
}

/** The segments of an entry's path. */
function safePath({ name, type }: Header): readonly string[] {
  if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory') {
    throw invalid(`${quote(name)} is a ${type ?? 'special entry'}; only files and folders are allowed`);
  }
  const segments = name.split('/').filter((segment, index, all) => {
    const isTrailing = segment === '' && index === all.length - 1 && index > 0;
    const isHere = segment === '.';
    return !isTrailing && !isHere;
  });
  const isOdd = (segment: string) => segment === '' || segment === '..' || hasOddCharacter(segment);
  if (name.length > MAX_PATH || (segments.length === 0 && type !== 'directory') || segments.some(isOdd)) {
    throw invalid(`${quote(name)} is not a plain relative path of at most ${MAX_PATH} characters`);
  }
  return segments;
}

/** Backslashes and drive letters lead elsewhere on other systems; control characters have no use. */
function hasOddCharacter(segment: string): boolean {
  return [...segment].some((character) => character < ' ' || '\\:\x7f\ufffd'.includes(character));
}

function invalid(what: string, cause?: unknown): TerminalError {
  return new TerminalError('ChartInvalid', { message: `the chart cannot be used: ${what}`, path: '/chart', cause });
}

function tooLarge(what: string): TerminalError {
  return new TerminalError('ChartTooLarge', { message: `the chart is too large: ${what}`, path: '/chart' });
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
