import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ReplyListener } from './transport.ts';

/** Counts a client's requests under client-go's metric names. `server` is the API server's URL. */
export function countRequests(registry: Registry, server: string): ReplyListener {
  const { host } = new URL(server);
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server, by method and HTTP status; <error> when there was no response.',
    labelNames: ['code', 'method', 'host'] as const,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Time until the response headers.',
    labelNames: ['verb', 'host'] as const,
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30],
    registers: [registry],
  });
  return ({ method, code, ms }) => {
    requests.inc({ code, method, host });
    seconds.observe({ verb: method, host }, ms / 1000);
  };
}

/** Exports whether this process is the leader; pass it as an elector's `onLeading`. `name` is the Lease's. */
export function showLeadership(registry: Registry, name: string): (leading: boolean) => void {
  const gauge = new Gauge({
    name: 'leader_election_master_status',
    help: 'Whether this process is the leader.',
    labelNames: ['name'] as const,
    registers: [registry],
  });
  gauge.set({ name }, 0);
  return (leading) => gauge.set({ name }, leading ? 1 : 0);
}
