import { strictDocument, unparsable } from '../../../base/strict-yaml.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import { isRecord, numberOf, textOf } from '../json-fields.ts';
import type { ChartFiles } from './chart-archive.ts';

/** Metadata from the Chart.yaml. */
export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
}

const MAX_CHART_YAML = 64 * 1024;
/** Tokens in it. */
const MAX_WORDS = 20_000;
const MAX_SCHEMA_DEPTH = 64;

/**
 * Refuses what no tenant's chart may contain, before helm reads it, and returns its name and version.
 *
 * @throws TerminalError ChartInvalid or ChartForbiddenKind.
 */
export function inspectChart({ files }: ChartFiles): ChartMetadata {
  for (const [path, content] of files) {
    if (/(^|\/)crds\/[^/]+/.test(path) && isInChartFolder(path, 'crds')) {
      throw new TerminalError('ChartForbiddenKind', {
        message: `the chart brings custom resource definitions (${path.slice(0, 120)}); they are of the whole cluster`,
        path: '/chart',
      });
    }
    if (path.endsWith('values.schema.json') && isInChartFolder(path, 'values.schema.json'))
      inspectSchema(path, content);
  }
  return metadataOf(files.get('Chart.yaml') ?? Buffer.alloc(0));
}

/** True if the entry is directly in the folder of the chart or of one of its subcharts. */
function isInChartFolder(path: string, entry: string): boolean {
  const before = path.slice(0, path.lastIndexOf(entry));
  return /^(charts\/[^/]+\/)*$/.test(before);
}

/**
 * Helm's validator fetches references to other schemas from the network and from the operator's file system. So only
 * references within the same file are allowed.
 */
function inspectSchema(path: string, content: Buffer): void {
  let schema: unknown;
  try {
    schema = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch (cause) {
    throw new TerminalError('ChartInvalid', { message: `${path} of the chart is not JSON`, path: '/chart', cause });
  }
  refuseRemoteReferences(path, schema, 0);
}

function refuseRemoteReferences(path: string, schema: unknown, depth: number): void {
  if (depth > MAX_SCHEMA_DEPTH) {
    throw new TerminalError('ChartInvalid', {
      message: `${path} of the chart is nested more than ${MAX_SCHEMA_DEPTH} deep`,
      path: '/chart',
    });
  }
  if (Array.isArray(schema)) for (const item of schema) refuseRemoteReferences(path, item, depth + 1);
  if (!isRecord(schema)) return;
  for (const [key, value] of Object.entries(schema)) {
    const isReference = ['$ref', '$dynamicRef', '$recursiveRef'].includes(key);
    const isDialect = key === '$schema';
    if (typeof value === 'string' && isReference && !value.startsWith('#')) throw remote(path, key, value);
    if (typeof value === 'string' && isDialect && !isKnownDialect(value)) throw remote(path, key, value);
    refuseRemoteReferences(path, value, depth + 1);
  }
}

/** The dialects that are built into the validator. */
function isKnownDialect(uri: string): boolean {
  return /^https?:\/\/json-schema\.org\/(draft-0[467]\/schema#?|draft\/20(19-09|20-12)\/schema)$/.test(uri);
}

function remote(path: string, key: string, value: string): TerminalError {
  return new TerminalError('ChartInvalid', {
    message: `${path} of the chart has ${key} ${JSON.stringify(value.slice(0, 120))}; only references within the file (#…) are followed`,
    path: '/chart',
  });
}

function metadataOf(chartYaml: Buffer): ChartMetadata {
  const failed = (what: string, cause?: unknown) =>
    new TerminalError('ChartInvalid', { message: `Chart.yaml of the chart ${what}`, path: '/chart', cause });
  if (chartYaml.length > MAX_CHART_YAML) throw failed(`is larger than ${MAX_CHART_YAML} bytes`);
  const text = chartYaml.toString('utf8');
  const why = unparsable(text, MAX_WORDS);
  if (why !== undefined) throw failed(`is not read: ${why}`);
  const chart = readYaml(text, failed);
  if (!isRecord(chart)) throw failed('is not a map');
  const name = textOf(chart['name']);
  // An unquoted `version: 1.2` is a number in YAML and a version to helm.
  const version = textOf(chart['version']) ?? numberOf(chart['version'])?.toString();
  if (name === undefined || version === undefined) throw failed('has no name or version');
  if (chart['type'] === 'library') throw failed('says type: library; only application charts can be installed');
  return { name: name.slice(0, 128), version: version.slice(0, 128) };
}

function readYaml(text: string, failed: (what: string, cause: unknown) => Error): unknown {
  try {
    return strictDocument(text, { version: '1.1' })?.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw failed('is not YAML', cause);
  }
}
