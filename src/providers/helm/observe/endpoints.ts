import type { Endpoint } from '../../port.ts';
import type { EndpointHint } from '../chart/descriptor.ts';
import type { ApiObject } from '../cluster.ts';
import { at, listOf, numberOf, recordOf, textOf } from '../json-fields.ts';

const MAX_ENDPOINTS = 32;
/** What a status takes. Objects and paths of a chart may be called longer. */
const MAX_NAME = 63;
const MAX_ADDRESS = 512;

/** Where one object can be reached, as far as the object itself says. */
export interface Reach {
  readonly ports: readonly ServicePort[];
  readonly routes: readonly Endpoint[];
}

interface ServicePort {
  readonly service: string;
  /** Name of the port, or its number where it has none. */
  readonly name: string;
  readonly number: number;
  readonly nodePort: number | undefined;
  /** `host:port` at the load balancer. */
  readonly outside: string | undefined;
  /** `host:port` by the name that the cluster's DNS has for it. */
  readonly inside: string;
}

/** Where a Service or an Ingress can be reached; undefined for every other kind. */
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
 * Where a consumer reaches the Services of a tenant: at the load balancer when there is one, else at a node port when
 * `nodeAddress` is known, else at the name the cluster's DNS has for it; and under each host name of an Ingress. With
 * hints only the ports they name are reported.
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

/** The name of a port, with that of its Service where two have the same. */
function nameAmong(ports: readonly ServicePort[], { service, name }: ServicePort): string {
  return ports.filter((port) => port.name === name).length === 1 ? name : `${service}-${name}`;
}

/** Each host name of an Ingress, at the path that it leads to first. */
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
  // A headless Service is for the pods among themselves.
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
