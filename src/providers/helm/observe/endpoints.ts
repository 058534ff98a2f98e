import type { Endpoint } from '../../port.ts';
import type { EndpointHint } from '../chart/descriptor.ts';
import type { ApiObject } from '../cluster.ts';
import { at, listOf, numberOf, recordOf, textOf } from '../json-fields.ts';

const MAX_ENDPOINTS = 32;
/** Limits of a status. Names and paths in a chart may be longer. */
const MAX_NAME = 63;
const MAX_ADDRESS = 512;

/** The addresses of one object, from the object itself. */
export interface Reach {
  readonly ports: readonly ServicePort[];
  readonly routes: readonly Endpoint[];
}

interface ServicePort {
  readonly service: string;
  /** Name of the port, or its number if it has none. */
  readonly name: string;
  readonly number: number;
  readonly nodePort: number | undefined;
  /** `host:port` at the load balancer. */
  readonly outside: string | undefined;
  /** `host:port` with the cluster's DNS name. */
  readonly inside: string;
}

/** The addresses of a Service or an Ingress; undefined for every other kind. */
export function reachOf(kind: string, object: ApiObject): Reach | undefined {
  switch (kind) {
    case 'Service':
      return { ports: portsOf(object), routes: [] };
    case 'Ingress':
      return { ports: [], routes: routesOf(object) };
    default:
      return undefined;
  }
}

/**
 * The endpoints of a tenant's Services: at the load balancer if there is one, else at a node port if `nodeAddress` is
 * known, else at the cluster's DNS name; and each host name of an Ingress. With hints, only the ports that they name
 * are reported.
 */
export function endpointsOf(
  reaches: readonly Reach[],
  hints: readonly EndpointHint[],
  nodeAddress: string | undefined,
): readonly Endpoint[] {
  const ports = reaches.flatMap((reach) => reach.ports);
  const addressOf = ({ outside, nodePort, inside }: ServicePort) =>
    outside ??
    (nodeAddress !== undefined && nodePort !== undefined ? hostPort(nodeAddress, nodePort) : undefined) ??
    inside;
  if (hints.length === 0) {
    const named = ports.map((port) => ({ name: nameAmong(ports, port), address: addressOf(port) }));
    const all = [...reaches.flatMap(({ routes }) => routes), ...named];
    return all.flatMap(fitting).slice(0, MAX_ENDPOINTS);
  }
  return hints.flatMap(({ name, port, scheme }) => {
    const found = ports.find((candidate) => candidate.name === `${port}` || candidate.number === port);
    if (found === undefined) return [];
    return [{ name, address: scheme === undefined ? addressOf(found) : `${scheme}://${addressOf(found)}` }];
  });
}

/** A truncated address is useless; a truncated name is still informative. */
function fitting({ name, address }: Endpoint): readonly Endpoint[] {
  return address.length > MAX_ADDRESS ? [] : [{ name: name.slice(0, MAX_NAME), address }];
}

/** The name of a port, prefixed with that of its Service if two have the same name. */
function nameAmong(ports: readonly ServicePort[], { service, name }: ServicePort): string {
  return ports.filter((port) => port.name === name).length === 1 ? name : `${service}-${name}`;
}

/** Each host name of an Ingress, with its first path. */
function routesOf(ingress: ApiObject): readonly Endpoint[] {
  const secured = listOf(at(ingress, 'spec', 'tls')).flatMap((entry) => listOf(recordOf(entry)['hosts']));
  return listOf(at(ingress, 'spec', 'rules')).flatMap((rule) => {
    const host = textOf(recordOf(rule)['host']);
    if (host === undefined) return [];
    const path = textOf(recordOf(listOf(at(rule, 'http', 'paths'))[0])['path']) ?? '/';
    return [{ name: ingress.metadata.name, address: `${secured.includes(host) ? 'https' : 'http'}://${host}${path}` }];
  });
}

function portsOf(service: ApiObject): readonly ServicePort[] {
  const { name, namespace } = service.metadata;
  // A headless Service is only for the pods themselves.
  const clusterIP = textOf(at(service, 'spec', 'clusterIP'));
  if (clusterIP === 'None' || textOf(at(service, 'spec', 'type')) === 'ExternalName') return [];
  const balancer = recordOf(listOf(at(service, 'status', 'loadBalancer', 'ingress'))[0]);
  const host = textOf(balancer['hostname']) ?? textOf(balancer['ip']);
  return listOf(at(service, 'spec', 'ports')).flatMap((entry) => {
    const port = recordOf(entry);
    const number = numberOf(port['port']);
    if (number === undefined) return [];
    return [
      {
        service: name,
        name: textOf(port['name']) ?? `${number}`,
        number,
        nodePort: numberOf(port['nodePort']),
        outside: host === undefined ? undefined : hostPort(host, number),
        inside: hostPort(`${name}.${namespace}.svc`, number),
      },
    ];
  });
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
