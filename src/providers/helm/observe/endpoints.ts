import type { Endpoint } from '../../port.ts';
import type { EndpointHint } from '../chart/descriptor.ts';
import type { ApiObject } from './cluster.ts';
import { at, listOf, numberOf, recordOf, textOf } from './json-fields.ts';

const MAX_ENDPOINTS = 32;
/** What a status takes. Objects and paths of a chart may be called longer. */
const MAX_NAME = 63;
const MAX_ADDRESS = 512;

interface ServicePort {
  readonly service: string;
  /** Name of the port, or its number where it has none. */
  readonly name: string;
  readonly number: number;
  /** `host:port`, as near to the consumer as it is known. */
  readonly address: string;
}

/**
 * Where a consumer reaches the Services of a tenant: at the load balancer when there is one, else at a node port when
 * `nodeAddress` is known, else at the name the cluster's DNS has for it; and under each host name of an Ingress. With
 * hints only the ports they name are reported.
 */
export function endpointsOf(
  { services, ingresses }: { readonly services: readonly ApiObject[]; readonly ingresses: readonly ApiObject[] },
  hints: readonly EndpointHint[],
  nodeAddress: string | undefined,
): readonly Endpoint[] {
  const ports = services.flatMap((service) => portsOf(service, nodeAddress));
  if (hints.length === 0)
    return [...ingresses.flatMap(routesOf), ...unhinted(ports)].flatMap(fitting).slice(0, MAX_ENDPOINTS);
  return hints.flatMap(({ name, port, scheme }) => {
    const found = ports.find((candidate) => candidate.name === `${port}` || candidate.number === port);
    if (found === undefined) return [];
    return [{ name, address: scheme === undefined ? found.address : `${scheme}://${found.address}` }];
  });
}

/** An address that is cut leads nowhere; a name that is cut still tells something. */
function fitting({ name, address }: Endpoint): readonly Endpoint[] {
  return address.length > MAX_ADDRESS ? [] : [{ name: name.slice(0, MAX_NAME), address }];
}

/** Each port under its own name, told apart by the Service's where two have the same. */
function unhinted(ports: readonly ServicePort[]): readonly Endpoint[] {
  return ports.map(({ service, name, address }) => {
    const isUnique = ports.filter((port) => port.name === name).length === 1;
    return { name: isUnique ? name : `${service}-${name}`, address };
  });
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

function portsOf(service: ApiObject, nodeAddress: string | undefined): readonly ServicePort[] {
  const { name, namespace } = service.metadata;
  // A headless Service is for the pods among themselves.
  const clusterIP = textOf(at(service, 'spec', 'clusterIP'));
  if (clusterIP === 'None' || textOf(at(service, 'spec', 'type')) === 'ExternalName') return [];
  const balancer = recordOf(listOf(at(service, 'status', 'loadBalancer', 'ingress'))[0]);
  const outside = textOf(balancer['hostname']) ?? textOf(balancer['ip']);
  return listOf(at(service, 'spec', 'ports')).flatMap((port) => {
    const { port: number, nodePort, name: portName } = recordOf(port);
    const inside = numberOf(number);
    if (inside === undefined) return [];
    const onNode = numberOf(nodePort);
    const host =
      outside !== undefined
        ? hostPort(outside, inside)
        : nodeAddress !== undefined && onNode !== undefined
          ? hostPort(nodeAddress, onNode)
          : hostPort(`${name}.${namespace}.svc`, inside);
    return [{ service: name, name: textOf(portName) ?? `${inside}`, number: inside, address: host }];
  });
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
