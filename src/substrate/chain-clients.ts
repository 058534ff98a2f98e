import { ChainClient, type ChainClientOptions, type ChainClientPorts } from './chain-client.ts';
import type { ChainNode } from './chain-node.ts';

/** One client for each chain as it is named by its endpoints and genesis, shared by all who follow it. */
export class ChainClients<Node extends ChainNode> {
  private readonly ports: ChainClientPorts<Node>;
  private readonly clients = new Map<string, ChainClient<Node>>();

  constructor(ports: ChainClientPorts<Node>) {
    this.ports = ports;
  }

  /** A client is idle while nobody has a lease: to keep it costs nothing. */
  get(options: ChainClientOptions): ChainClient<Node> {
    const key = JSON.stringify([options.genesis, options.endpoints, options.stallMs]);
    const known = this.clients.get(key);
    if (known !== undefined) return known;
    const client = new ChainClient(options, this.ports);
    this.clients.set(key, client);
    return client;
  }
}
