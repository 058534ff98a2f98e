import { describe, expect, test } from 'vitest';
import { apiObject } from '../../../../test/support/api-objects.ts';
import type { EndpointHint } from '../chart/descriptor.ts';
import type { ApiObject } from '../cluster.ts';
import { endpointsOf, reachOf } from './endpoints.ts';

const service = (spec: object, status: object = {}, name = 'node') =>
  apiObject({ spec: { clusterIP: '10.96.0.1', ...spec }, status }, { name });
const ports = [
  { name: 'rpc', port: 9944, nodePort: 30944 },
  { name: 'p2p', port: 30333 },
];

const of = (services: readonly ApiObject[], hints: readonly EndpointHint[] = [], nodeAddress?: string) =>
  endpointsOf(
    services.flatMap((object) => reachOf('Service', object) ?? []),
    hints,
    nodeAddress,
  );
const routes = (ingress: ApiObject) => endpointsOf([reachOf('Ingress', ingress) ?? []].flat(), [], undefined);

describe('endpoints', () => {
  test('endpoints are the ports of Services at their cluster DNS names', () => {
    expect(of([service({ ports })], [], undefined)).toEqual([
      { name: 'rpc', address: 'node.tenant.svc:9944' },
      { name: 'p2p', address: 'node.tenant.svc:30333' },
    ]);
  });

  test('the endpoint of a Service is its load balancer when it has one', () => {
    const at = (ingress: object) =>
      of(
        [service({ type: 'LoadBalancer', ports }, { loadBalancer: { ingress: [ingress] } })],
        [],
        'node.example.org',
      )[0];
    expect(at({ hostname: 'lb.example.org' })).toEqual({ name: 'rpc', address: 'lb.example.org:9944' });
    expect(at({ ip: '2001:db8::1' })).toEqual({ name: 'rpc', address: '[2001:db8::1]:9944' });
  });

  test('the endpoint of a Service is its node port when the address of a node is configured', () => {
    const [rpc, p2p] = of([service({ type: 'NodePort', ports })], [], 'node.example.org');
    expect(rpc?.address).toBe('node.example.org:30944');
    expect(p2p?.address).toBe('node.tenant.svc:30333');
  });

  test('headless and ExternalName Services have no endpoints', () => {
    expect(of([service({ clusterIP: 'None', ports })], [], undefined)).toEqual([]);
    expect(of([service({ type: 'ExternalName', ports })], [], undefined)).toEqual([]);
  });

  test('endpoints of the same name are prefixed with their Service, and unnamed ones have their port number', () => {
    const http = { ports: [{ name: 'http', port: 80 }, { port: 81 }] };
    expect(of([service(http, {}, 'a'), service({ ports: [http.ports[0]] }, {}, 'b')], [], undefined)).toEqual([
      { name: 'a-http', address: 'a.tenant.svc:80' },
      { name: '81', address: 'a.tenant.svc:81' },
      { name: 'b-http', address: 'b.tenant.svc:80' },
    ]);
  });

  test('the descriptor selects endpoints and names them', () => {
    const hints = [
      { name: 'ws', port: 'rpc', scheme: 'ws' },
      { name: 'peers', port: 30333, scheme: undefined },
      { name: 'missing', port: 'nope', scheme: undefined },
    ];
    expect(of([service({ ports })], hints, undefined)).toEqual([
      { name: 'ws', address: 'ws://node.tenant.svc:9944' },
      { name: 'peers', address: 'node.tenant.svc:30333' },
    ]);
  });

  test('the host names of an Ingress are endpoints', () => {
    const spec = {
      tls: [{ hosts: ['a.example.org'] }],
      rules: [{ host: 'a.example.org', http: { paths: [{ path: '/api' }] } }, { host: 'b.example.org' }, {}],
    };
    expect(routes(apiObject({ spec }, { name: 'web' }))).toEqual([
      { name: 'web', address: 'https://a.example.org/api' },
      { name: 'web', address: 'http://b.example.org/' },
    ]);
  });

  test('names and addresses of endpoints fit a status, whatever a chart calls its objects', () => {
    const [a, b] = ['a'.repeat(63), 'b'.repeat(63)];
    const named = of([service({ ports }, {}, a), service({ ports }, {}, b)]);
    expect(named).toHaveLength(4);
    for (const { name } of named) expect(name.length).toBeLessThanOrEqual(63);
    const http = { paths: [{ path: `/${'x'.repeat(600)}` }] };
    const rules = [{ host: 'short.example' }, { host: 'long.example', http }];
    const ingress = apiObject({ spec: { rules } }, { name: 'i'.repeat(253) });
    expect(routes(ingress)).toEqual([{ name: 'i'.repeat(63), address: 'http://short.example/' }]);
  });

  test('the number of endpoints is limited', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ port: index + 1 }));
    expect(of([service({ ports: many })], [], undefined)).toHaveLength(32);
  });
});
