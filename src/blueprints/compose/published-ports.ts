import type { Json } from '../../base/json.ts';
import { type ComposeFile, listOf } from './compose-file.ts';
import { invalid, type Place, preview, unsupported } from './fault.ts';
import { interpolate } from './interpolation.ts';
import { type Lineage, lineageOf } from './lineage.ts';

/** Ports of the VM on which a service listens, `port` to `endPort`. */
export interface PublishedPort {
  readonly service: string;
  readonly port: number;
  readonly endPort: number;
  readonly protocol: 'tcp' | 'udp';
  /** The place of the entry, for messages. */
  readonly place: Place;
}

/** `[ADDRESS:][PUBLISHED:]TARGET[/PROTOCOL]`, where published and target may be ranges. */
const SHORT =
  /^(?:(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<four>\d{1,3}(?:\.\d{1,3}){3})):)?(?:(?<published>\d{1,5}(?:-\d{1,5})?)?:)?(?<target>\d{1,5}(?:-\d{1,5})?)(?:\/(?<protocol>[a-z]+))?$/;

/** The port of the VM's own SSH server. */
const SSH_PORT = 22;

/**
 * The ports that services publish to the outside, including those they have by `extends`. Ports on the loopback address
 * and those of services that are not started are left out. Throws ComposeInvalid or ComposeUnsupported.
 */
export function publishedPorts({ services }: ComposeFile): readonly PublishedPort[] {
  const ports: PublishedPort[] = [];
  for (const service of services.keys()) {
    const lineage = lineageOf(service, services);
    for (const port of isStarted(lineage) ? portsOf(service, lineage) : []) {
      const other = ports.find((one) => overlap(one, port));
      if (other !== undefined) {
        throw invalid(port.place, `publishes ${rangeText(port)}, as the service "${other.service}" does`);
      }
      ports.push(port);
    }
  }
  return ports;
}

/**
 * Whether docker starts a service. Profiles are inherited by `extends`; of the numbers of replicas the nearest counts.
 */
function isStarted(lineage: Lineage): boolean {
  for (const [name, fields] of lineage) {
    if (listOf(fields.get('profiles'), ['services', name, 'profiles']).length > 0) return false;
  }
  const numbers = [...lineage.values()].flatMap((fields) => {
    const deploy = fields.get('deploy');
    const replicas = typeof deploy === 'object' && deploy !== null && 'replicas' in deploy ? deploy['replicas'] : null;
    return [fields.get('scale') ?? replicas].filter((number) => typeof number === 'number');
  });
  return numbers[0] !== 0;
}

function portsOf(service: string, lineage: Lineage): readonly PublishedPort[] {
  const ports: PublishedPort[] = [];
  for (const [name, fields] of lineage) {
    const place = ['services', name, 'ports'];
    for (const [index, entry] of listOf(fields.get('ports'), place).entries()) {
      const port = publishedPort(service, entry, [...place, index]);
      if (port === undefined) continue;
      const isOwn = name === service;
      // A port that is inherited and repeated counts once.
      if (!isOwn && ports.some((one) => rangeText(one) === rangeText(port))) continue;
      const other = ports.find((one) => overlap(one, port));
      const where = isOwn ? port.place : ['services', service, 'extends'];
      if (other !== undefined) throw invalid(where, `publishes ${rangeText(port)} twice`);
      ports.push({ ...port, place: where });
    }
  }
  return ports;
}

/** Whether two ranges have a port in common. */
export function overlap(a: Omit<PublishedPort, 'service' | 'place'>, b: Omit<PublishedPort, 'service' | 'place'>) {
  return a.protocol === b.protocol && a.port <= b.endPort && b.port <= a.endPort;
}

function publishedPort(service: string, entry: Json, place: Place): PublishedPort | undefined {
  const { address, published, protocol } = partsOf(entry, place);
  if (address !== undefined && /^(127\.|::1$)/.test(address)) return undefined;
  if (address !== undefined && address !== '' && !/^(0\.0\.0\.0|::)$/.test(address)) {
    throw unsupported(place, `binds ${preview(address)}, which the VM does not have`, 'leave the address out');
  }
  if (published === undefined || published === '' || published === '0') {
    throw unsupported(place, `is ${preview(entry)}, and any port may become of it`, 'write PUBLISHED:TARGET');
  }
  const [port, endPort] = rangeOf(published, place);
  if (protocol !== 'tcp' && protocol !== 'udp') {
    throw unsupported(place, `has the protocol ${preview(protocol)}`, 'only tcp and udp can be opened');
  }
  const found = { service, port, endPort, protocol, place } as const;
  if (overlap(found, { port: SSH_PORT, endPort: SSH_PORT, protocol: 'tcp' })) {
    throw unsupported(place, `publishes port ${SSH_PORT}, which the VM's own SSH has`, 'publish another one');
  }
  return found;
}

interface Parts {
  readonly address: string | undefined;
  readonly published: string | undefined;
  readonly protocol: string;
}

function partsOf(entry: Json, place: Place): Parts {
  if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) {
    const { published, protocol, host_ip, target } = Object.fromEntries(Object.entries(entry));
    rangeOf(textOf(target, [...place, 'target']), [...place, 'target']);
    return {
      address: host_ip === undefined ? undefined : textOf(host_ip, [...place, 'host_ip']),
      published: published === undefined ? undefined : textOf(published, [...place, 'published']),
      protocol: protocol === undefined ? 'tcp' : textOf(protocol, [...place, 'protocol']),
    };
  }
  const match = SHORT.exec(textOf(entry, place))?.groups;
  if (match === undefined)
    throw invalid(place, `is ${preview(entry)}; expected PUBLISHED:TARGET, for instance 8080:80`);
  rangeOf(match['target'] ?? '', place);
  return {
    address: match['six'] ?? match['four'],
    published: match['published'],
    protocol: match['protocol'] ?? 'tcp',
  };
}

/** A text, or a number as text, with the defaults of variables substituted. */
function textOf(value: Json | undefined, place: Place): string {
  if (typeof value === 'number') return `${value}`;
  if (typeof value !== 'string') throw invalid(place, `is ${preview(value)}; expected a text or a number`);
  const read = interpolate(value);
  if ('text' in read) return read.text;
  throw unsupported(place, `has the variable ${preview(read.unset)}, which is not set`, 'write its value');
}

function rangeOf(text: string, place: Place): readonly [number, number] {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [port, endPort] = [Number(first), Number(last)];
  if (first !== '' && port >= 1 && port <= endPort && endPort <= 65_535) return [port, endPort];
  throw invalid(place, `has the port ${preview(text)}; expected a number from 1 to 65535, or a range of them`);
}

function rangeText({ port, endPort, protocol }: PublishedPort): string {
  return `${port}${port === endPort ? '' : `-${endPort}`}/${protocol}`;
}
