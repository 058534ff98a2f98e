import { ChainClient, type ChainClientOptions, type ChainClientPorts } from './chain-client.ts';
import type { ChainNode } from './chain-node.ts';

/** One client per chain, identified by endpoints and genesis, shared by everyone who follows it. */
export class ChainClients<Node extends ChainNode> {
  private readonly ports: ChainClientPorts<Node>;
  private readonly clients = new Map<string, ChainClient<Node>>();

  constructor(ports: ChainClientPorts<Node>) {
    this.ports = ports;
  }

  /** Never evicted: a client without leases is idle and costs nothing. */
  get(options: ChainClientOptions): ChainClient<Node> {
    const key = JSON.stringify([options.genesis, options.endpoints, options.stallMs]);
    const known = this.clients.get(key);
    if (known !== undefined) return known;
    const client = new ChainClient(options, this.ports);
    this.clients.set(key, client);
    return client;
  }
}
