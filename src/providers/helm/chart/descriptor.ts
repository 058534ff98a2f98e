import type { Json } from '../../../base/json.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import { isRecord, type JsonRecord, listOf, recordOf } from '../json-fields.ts';

/** A `helm/v1` descriptor: config/descriptor-types/helm-v1.schema.json as a type. */
export interface HelmDescriptor {
  readonly chart: ChartReference;
  readonly values: JsonRecord;
  readonly endpoints: readonly EndpointHint[];
}

export type ChartReference = RepositoryChart | OciChart | CarriedChart;

export interface RepositoryChart {
  readonly from: 'repository';
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  readonly digest: string | undefined;
}

export interface OciChart {
  readonly from: 'oci';
  readonly oci: string;
  readonly version: string | undefined;
  readonly digest: string | undefined;
}

export interface CarriedChart {
  readonly from: 'archive';
  /** Base64 of a .tgz. */
  readonly archive: string;
}

export interface EndpointHint {
  readonly name: string;
  /** Name or number of a Service port. */
  readonly port: string | number;
  readonly scheme: string | undefined;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const MAX_ENDPOINTS = 16;

/**
 * The descriptor as our type. It has passed the schema of the on-chain type, which may be anything that its owner
 * registered, so everything we rely on is checked again.
 *
 * @throws TerminalError DescriptorSchema naming the field.
 */
export function parseHelmDescriptor(descriptor: Json): HelmDescriptor {
  if (!isRecord(descriptor)) throw wrong('', descriptor, 'an object');
  refuseUnknown('', descriptor, ['chart', 'values', 'endpoints']);
  const { chart, values = {}, endpoints = [] } = descriptor;
  if (!isRecord(values)) throw wrong('/values', values, 'an object');
  if (!Array.isArray(endpoints)) throw wrong('/endpoints', endpoints, 'a list');
  if (endpoints.length > MAX_ENDPOINTS) {
    throw wrong('/endpoints', `${endpoints.length} entries`, `at most ${MAX_ENDPOINTS}`);
  }
  return { chart: parseChart(chart), values, endpoints: listOf(endpoints).map(parseEndpoint) };
}

function parseChart(chart: unknown): ChartReference {
  if (!isRecord(chart)) throw wrong('/chart', chart, 'an object with one of repository, oci and archive');
  const sources = ['repository', 'oci', 'archive'].filter((key) => chart[key] !== undefined);
  if (sources.length !== 1) {
    throw wrong('/chart', sources.join(' and ') || 'none of them', 'exactly one of repository, oci and archive');
  }
  if (chart['archive'] !== undefined) {
    refuseUnknown('/chart', chart, ['archive']);
    return {
      from: 'archive',
      archive: text(chart, '/chart/archive', 262_144, /^(?=.{4})[A-Za-z0-9+/]+={0,2}$/, 'base64'),
    };
  }
  const digest = chart['digest'] === undefined ? undefined : text(chart, '/chart/digest', 71, DIGEST, 'sha256:<hex>');
  if (chart['oci'] !== undefined) return parseOci(chart, digest);
  refuseUnknown('/chart', chart, ['repository', 'name', 'version', 'digest']);
  return {
    from: 'repository',
    repository: text(chart, '/chart/repository', 512, /^https?:\/\/[^\s@]+$/, 'an http(s) URL without user'),
    name: text(chart, '/chart/name', 128, /^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'the name of a chart'),
    version: text(chart, '/chart/version', 64, /^v?[0-9][0-9A-Za-z.+-]*$/, 'an exact version'),
    digest,
  };
}

function parseOci(chart: JsonRecord, digest: string | undefined): OciChart {
  refuseUnknown('/chart', chart, ['oci', 'version', 'digest']);
  const version =
    chart['version'] === undefined
      ? undefined
      : text(chart, '/chart/version', 128, /^[0-9A-Za-z][0-9A-Za-z._+-]*$/, 'an exact version');
  if (version === undefined && digest === undefined) {
    throw wrong('/chart/version', undefined, 'an exact version, or a digest beside it');
  }
  const reference = /^oci:\/\/[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/;
  return {
    from: 'oci',
    oci: text(chart, '/chart/oci', 512, reference, 'oci://host/path without tag'),
    version,
    digest,
  };
}

function parseEndpoint(hint: unknown, index: number): EndpointHint {
  const path = `/endpoints/${index}`;
  if (!isRecord(hint)) throw wrong(path, hint, 'an object');
  refuseUnknown(path, hint, ['name', 'port', 'scheme']);
  return {
    name: text(hint, `${path}/name`, 63, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'a DNS label'),
    port:
      typeof hint['port'] === 'number'
        ? portNumber(hint['port'], `${path}/port`)
        : text(hint, `${path}/port`, 63, /./, 'the name or number of a port'),
    scheme:
      hint['scheme'] === undefined
        ? undefined
        : text(hint, `${path}/scheme`, 16, /^[a-z][a-z0-9+.-]*$/, 'a URL scheme'),
  };
}

function portNumber(port: number, path: string): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw wrong(path, port, 'a port from 1 to 65535');
}

function text(parent: JsonRecord, path: string, maxLength: number, pattern: RegExp, expected: string): string {
  const value = recordOf(parent)[path.slice(path.lastIndexOf('/') + 1)];
  if (typeof value !== 'string') throw wrong(path, value, expected);
  // The length comes first, to bound the input of the pattern.
  if (value.length > maxLength) throw wrong(path, `${value.length} characters`, `at most ${maxLength}`);
  if (!pattern.test(value)) throw wrong(path, value, expected);
  return value;
}

function refuseUnknown(path: string, parent: JsonRecord, known: readonly string[]): void {
  const unknown = Object.keys(parent).find((key) => !known.includes(key));
  if (unknown !== undefined) throw wrong(`${path}/${unknown.slice(0, 64)}`, 'a field', `only ${known.join(', ')}`);
}

function wrong(path: string, found: unknown, expected: string): TerminalError {
  const shown = found === undefined ? 'missing' : JSON.stringify(found).slice(0, 80);
  const field = path === '' ? 'the descriptor' : path.slice(1).replaceAll('/', '.');
  return new TerminalError('DescriptorSchema', { message: `${field} is ${shown}; helm/v1 wants ${expected}`, path });
}
