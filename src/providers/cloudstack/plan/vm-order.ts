import { isIP } from 'node:net';
import type { Json } from '../../../base/json.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';

/** A parsed `vm/v1` descriptor, with its defaults filled in. */
export interface VmOrder {
  readonly image: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Undefined uses the size of the image. */
  readonly rootDiskGiB: number | undefined;
  readonly dataDisks: readonly DataDisk[];
  /** Undefined keeps the default host name. */
  readonly hostname: string | undefined;
  readonly ports: readonly Port[];
  readonly egress: Egress;
  readonly userData: Uint8Array | undefined;
  /** In addition to the consumer's access key. */
  readonly sshKeys: readonly string[];
  readonly affinity: Affinity | undefined;
}

export interface DataDisk {
  readonly name: string;
  readonly sizeGiB: number;
}

/** Ports reachable from outside, `port` to `endPort`. */
export interface Port {
  readonly name: string;
  readonly port: number;
  readonly endPort: number;
  readonly protocol: 'tcp' | 'udp';
  /** CIDRs that may connect. */
  readonly from: readonly string[];
}

export type Egress = 'All' | 'None' | readonly EgressRule[];

export interface EgressRule {
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'all';
  /** Undefined is every port. */
  readonly port: number | undefined;
  readonly endPort: number | undefined;
  /** CIDRs that may be reached. */
  readonly to: readonly string[];
}

/** VMs of one consumer that belong on different hosts, or on the same one. */
export interface Affinity {
  readonly group: string;
  readonly hosts: 'Different' | 'Same';
}

/** Everybody. */
export const ANYWHERE = '0.0.0.0/0';

const LABEL = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Parses a descriptor. It has matched the schema of its type on chain, but that schema is not trusted: everything is
 * checked again. Throws VmDescriptorInvalid with the path of the field at fault.
 */
export function vmOrderOf(descriptor: Json): VmOrder {
  const root = object(descriptor, '');
  const network = object(root['network'] ?? {}, '/network');
  return {
    image: string(root['image'], '/image', 128),
    cpu: integer(root['cpu'], '/cpu', 1, 256),
    memoryMiB: integer(root['memoryMiB'], '/memoryMiB', 128, 4_194_304),
    rootDiskGiB:
      root['rootDiskGiB'] === undefined ? undefined : integer(root['rootDiskGiB'], '/rootDiskGiB', 1, 16_384),
    dataDisks: distinct(array(root['dataDisks'], '/dataDisks', 8).map(dataDiskOf), '/dataDisks'),
    hostname: root['hostname'] === undefined ? undefined : label(root['hostname'], '/hostname'),
    ports: apart(distinct(array(network['ports'], '/network/ports', 32).map(portOf), '/network/ports')),
    egress: egressOf(network['egress'] ?? 'All'),
    userData: userDataOf(root),
    sshKeys: array(root['sshKeys'], '/sshKeys', 16).map((key, index) => sshKeyOf(key, `/sshKeys/${index}`)),
    affinity: root['affinity'] === undefined ? undefined : affinityOf(root['affinity']),
  };
}

function dataDiskOf(value: Json, index: number): DataDisk {
  const path = `/dataDisks/${index}`;
  const disk = object(value, path);
  const name = label(disk['name'], `${path}/name`);
  if (name.length > 20) throw invalid(`${path}/name`, `is "${name}"; a disk's name has at most 20 characters`);
  return { name, sizeGiB: integer(disk['sizeGiB'], `${path}/sizeGiB`, 1, 65_536) };
}

function portOf(value: Json, index: number): Port {
  const path = `/network/ports/${index}`;
  const port = object(value, path);
  const first = integer(port['port'], `${path}/port`, 1, 65_535);
  const last = port['endPort'] === undefined ? first : integer(port['endPort'], `${path}/endPort`, first, 65_535);
  return {
    name: label(port['name'], `${path}/name`),
    port: first,
    endPort: last,
    protocol: oneOf(port['protocol'] ?? 'tcp', `${path}/protocol`, ['tcp', 'udp']),
    from: cidrs(port['from'], `${path}/from`),
  };
}

function egressOf(value: Json): Egress {
  if (!Array.isArray(value)) return oneOf(value, '/network/egress', ['All', 'None'] as const);
  return array(value, '/network/egress', 32).map((entry, index) => {
    const path = `/network/egress/${index}`;
    const rule = object(entry, path);
    const protocol = oneOf(rule['protocol'], `${path}/protocol`, ['tcp', 'udp', 'icmp', 'all']);
    const port = rule['port'] === undefined ? undefined : integer(rule['port'], `${path}/port`, 1, 65_535);
    const endPort =
      rule['endPort'] === undefined ? port : integer(rule['endPort'], `${path}/endPort`, port ?? 1, 65_535);
    if (port !== undefined && (protocol === 'icmp' || protocol === 'all')) {
      throw invalid(`${path}/port`, `is ${port}, but ${protocol} has no ports`);
    }
    return { protocol, port, endPort, to: cidrs(rule['to'], `${path}/to`) };
  });
}

function affinityOf(value: Json): Affinity {
  const affinity = object(value, '/affinity');
  return {
    group: label(affinity['group'], '/affinity/group'),
    hosts: oneOf(affinity['hosts'], '/affinity/hosts', ['Different', 'Same']),
  };
}

function userDataOf(root: Fields): Uint8Array | undefined {
  const { userData, userDataBase64 } = root;
  if (userData !== undefined && userDataBase64 !== undefined) {
    throw invalid('/userDataBase64', 'is given beside userData; give one of them');
  }
  if (userData !== undefined) return Buffer.from(string(userData, '/userData', 262_144), 'utf8');
  if (userDataBase64 === undefined) return undefined;
  const encoded = string(userDataBase64, '/userDataBase64', 262_144);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) throw invalid('/userDataBase64', 'is not standard Base64');
  return Buffer.from(encoded, 'base64');
}

function sshKeyOf(value: Json, path: string): string {
  const key = string(value, path, 1_024);
  if (!/^(ssh-|ecdsa-|sk-)[A-Za-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}( [^\r\n]*)?$/.test(key)) {
    throw invalid(path, 'is not a public key in the one-line form of OpenSSH');
  }
  return key;
}

type Fields = { readonly [key: string]: Json };

function object(value: Json, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalid(path, `is ${preview(value)}; expected an object`);
}

function array(value: Json | undefined, path: string, max: number): readonly Json[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid(path, `is ${preview(value)}; expected a list`);
  if (value.length > max) throw invalid(path, `has ${value.length} entries; at most ${max} are allowed`);
  return value;
}

function string(value: Json | undefined, path: string, max: number): string {
  if (typeof value !== 'string' || value === '') throw invalid(path, `is ${preview(value)}; expected a text`);
  if (value.length > max) throw invalid(path, `has ${value.length} characters; at most ${max} are allowed`);
  return value;
}

function label(value: Json | undefined, path: string): string {
  const text = string(value, path, 63);
  if (LABEL.test(text)) return text;
  throw invalid(path, `is ${preview(text)}; expected lower-case letters, digits and hyphens, starting with a letter`);
}

function integer(value: Json | undefined, path: string, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(path, `is ${preview(value)}; expected a whole number from ${min} to ${max}`);
}

function oneOf<T extends string>(value: Json | undefined, path: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw invalid(path, `is ${preview(value)}; expected ${allowed.join(' or ')}`);
}

function cidrs(value: Json | undefined, path: string): readonly string[] {
  const given = array(value, path, 16).map((entry, index) => cidr(entry, `${path}/${index}`));
  return given.length === 0 ? [ANYWHERE] : [...new Set(given)];
}

/** IPv4 only, like the rules of virtual routers. Host bits are cleared, so that equal ranges have equal texts. */
function cidr(value: Json, path: string): string {
  const text = string(value, path, 18);
  const [address = '', bits = ''] = text.split('/');
  const length = Number(bits);
  if (isIP(address) !== 4 || !/^\d{1,2}$/.test(bits) || length > 32) {
    throw invalid(path, `is ${preview(text)}; expected an IPv4 range such as 203.0.113.0/24`);
  }
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - length);
  const base = Math.floor(number / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${length}`;
}

function distinct<T extends { readonly name: string }>(entries: readonly T[], path: string): readonly T[] {
  const seen = new Set<string>();
  for (const [index, { name }] of entries.entries()) {
    if (seen.has(name)) throw invalid(`${path}/${index}/name`, `is "${name}" for the second time`);
    seen.add(name);
  }
  return entries;
}

/** Rejects overlapping ports, which could not both be forwarded. */
function apart(ports: readonly Port[]): readonly Port[] {
  for (const [index, port] of ports.entries()) {
    const other = ports
      .slice(0, index)
      .find((one) => one.protocol === port.protocol && one.port <= port.endPort && port.port <= one.endPort);
    if (other !== undefined) throw invalid(`/network/ports/${index}/port`, `overlaps with the port "${other.name}"`);
  }
  return ports;
}

function preview(value: Json | undefined): string {
  if (value === undefined) return 'missing';
  return JSON.stringify(value).slice(0, 60);
}

function invalid(path: string, problem: string): TerminalError {
  const field = path === '' ? 'the descriptor' : path.slice(1).replaceAll('/', '.');
  return new TerminalError('VmDescriptorInvalid', { message: `${field} ${problem}`, path });
}
