import { Counter, Gauge, type Registry } from 'prom-client';

/** What Prometheus is told about providers and their chains. All labels are names of resources and words of ours. */
export class BridgeMetrics {
  readonly finalisedBlock: Gauge<'namespace' | 'provider'>;
  readonly lastHeadSeconds: Gauge<'namespace' | 'provider'>;
  readonly chainUp: Gauge<'namespace' | 'provider'>;
  readonly calls: Counter<'namespace' | 'provider' | 'call' | 'result'>;
  readonly teardownsHeld: Gauge<'namespace' | 'provider'>;
  readonly turns: Counter<'namespace' | 'provider' | 'result'>;

  constructor(registry: Registry) {
    const labelNames = ['namespace', 'provider'] as const;
    const registers = [registry];
    this.finalisedBlock = new Gauge({
      name: 'dinfra_chain_finalised_block',
      help: 'Number of the last finalised block seen.',
      labelNames,
      registers,
    });
    this.lastHeadSeconds = new Gauge({
      name: 'dinfra_chain_last_head_timestamp_seconds',
      help: 'When the last finalised block was seen, in Unix seconds.',
      labelNames,
      registers,
    });
    this.chainUp = new Gauge({
      name: 'dinfra_chain_up',
      help: '1 while a node of the chain is followed, else 0.',
      labelNames,
      registers,
    });
    this.calls = new Counter({
      name: 'dinfra_chain_calls_total',
      help: 'Calls sent to the chain, by what became of them: Applied, Refused or Lost.',
      labelNames: [...labelNames, 'call', 'result'],
      registers,
    });
    this.teardownsHeld = new Gauge({
      name: 'dinfra_teardowns_held',
      help: 'Teardowns that wait for a person because the limit of the Provider is used up.',
      labelNames,
      registers,
    });
    this.turns = new Counter({
      name: 'dinfra_bridge_turns_total',
      help: 'Comparisons of the chain with the cluster, by result: success or the reason of the failure.',
      labelNames: [...labelNames, 'result'],
      registers,
    });
  }

  /** Forgets a provider that is gone. */
  forget(namespace: string, provider: string): void {
    for (const gauge of [this.finalisedBlock, this.lastHeadSeconds, this.chainUp, this.teardownsHeld]) {
      gauge.remove({ namespace, provider });
    }
  }
}
