import type { Json } from '../../base/json.ts';
import { cloudConfigOf } from './cloud-config.ts';
import { fieldsOf, readComposeFile } from './compose-file.ts';
import { demandRunnable } from './demand-runnable.ts';
import { invalid } from './fault.ts';
import { overlap, type PublishedPort, publishedPorts } from './published-ports.ts';

/** Maximum number of port entries in a `vm/v1` descriptor. */
const MAX_PORTS = 32;
/** Maximum length of a port name. */
const MAX_NAME = 63;

/**
 * Translates a `compose/v1` descriptor into a `vm/v1` one: the same VM, with the compose file in its user-data and the
 * ports open that the file publishes. Pure: same descriptor, same VM. Problems of the VM itself are left to the `vm/v1`
 * parser.
 *
 * @throws TerminalError ComposeInvalid or ComposeUnsupported, with the path of the field.
 */
export function composeToVm(descriptor: Json): Json {
  const { compose, network, ...vm } = Object.fromEntries(fieldsOf(descriptor, []));
  const file = readComposeFile(compose);
  demandRunnable(file);
  // Anything but an object is left to the vm/v1 parser to refuse.
  const said = typeof network === 'object' && network !== null && !Array.isArray(network) ? network : undefined;
  const given = Object.fromEntries(Object.entries(said ?? {}));
  const own = Array.isArray(given['ports']) ? given['ports'] : [];
  const ports = [...own, ...portsFor(publishedPorts(file), own)];
  if (ports.length > MAX_PORTS) {
    throw invalid(
      ['services'],
      `publishes too many ports: ${ports.length} with those of network.ports; at most ${MAX_PORTS} fit. Publish ranges`,
    );
  }
  return {
    ...vm,
    network: network === undefined || said !== undefined ? { ...given, ports } : network,
    userData: cloudConfigOf(file.text),
  };
}

/**
 * The published ports that `own` does not open. If both name a port, the descriptor's entry is used, because it
 * restricts who may connect.
 */
function portsFor(published: readonly PublishedPort[], own: readonly Json[]): readonly Json[] {
  const opened = own.map(rangeOf);
  const names = new Set(own.map(nameOf));
  return published.flatMap((port) => {
    const other = opened.find((one) => one !== undefined && overlap(one, port));
    if (other !== undefined) {
      if (other.port <= port.port && port.endPort <= other.endPort) return [];
      throw invalid(port.place, 'publishes more than the entry of network.ports for it: name the whole range there');
    }
    const name = freeName(port, names);
    names.add(name);
    const range = port.port === port.endPort ? {} : { endPort: port.endPort };
    return [{ name, port: port.port, ...range, protocol: port.protocol }];
  });
}

/** `web-8080`, `dns-53-udp`: a valid label, whatever the name of the service. */
function freeName({ service, port, protocol }: PublishedPort, taken: ReadonlySet<string | undefined>): string {
  const end = `-${port}${protocol === 'udp' ? '-udp' : ''}`;
  const label = service
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  for (let count = 1; ; count++) {
    const again = count === 1 ? end : `${end}-${count}`;
    const name = `${(label || 'service').slice(0, MAX_NAME - again.length).replace(/-+$/, '')}${again}`;
    if (!taken.has(name)) return name;
  }
}

function rangeOf(port: Json) {
  if (typeof port !== 'object' || port === null || Array.isArray(port)) return undefined;
  const { port: first, endPort = first, protocol = 'tcp' } = Object.fromEntries(Object.entries(port));
  if (typeof first !== 'number' || typeof endPort !== 'number') return undefined;
  return { port: first, endPort, protocol: protocol === 'udp' ? 'udp' : 'tcp' } as const;
}

function nameOf(port: Json): string | undefined {
  if (typeof port !== 'object' || port === null || !('name' in port)) return undefined;
  return typeof port['name'] === 'string' ? port['name'] : undefined;
}
