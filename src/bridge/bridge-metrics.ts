import { Counter, Gauge, type Registry } from 'prom-client';
import { DesiredMetrics } from './desired-metrics.ts';
import { FinanceMetrics } from './finance-metrics.ts';

/**
 * Metrics of providers and their chains. Label values are names of resources and constants of ours, never free text.
 */
export class BridgeMetrics {
  readonly desired: DesiredMetrics;
  readonly finances: FinanceMetrics;
  readonly finalisedBlock: Gauge<'namespace' | 'provider'>;
  readonly lastHeadSeconds: Gauge<'namespace' | 'provider'>;
  readonly chainUp: Gauge<'namespace' | 'provider'>;
  readonly calls: Counter<'namespace' | 'provider' | 'call' | 'result'>;
  readonly teardownsHeld: Gauge<'namespace' | 'provider'>;
  readonly objectsRefused: Gauge<'namespace' | 'provider'>;
  readonly awardsUnreadable: Gauge<'namespace' | 'provider'>;
  readonly comparisons: Counter<'namespace' | 'provider' | 'result'>;
  readonly stageFailures: Counter<'namespace' | 'provider' | 'stage' | 'reason'>;

  constructor(registry: Registry) {
    this.desired = new DesiredMetrics(registry);
    this.finances = new FinanceMetrics(registry);
    const labelNames = ['namespace', 'provider'] as const;
    const registers = [registry];
    const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames, registers });
    this.finalisedBlock = gauge('dinfra_chain_finalised_block', 'Number of the last finalised block seen.');
    this.lastHeadSeconds = gauge(
      'dinfra_chain_last_head_timestamp_seconds',
      'When the last finalised block was seen, in Unix seconds.',
    );
    this.chainUp = gauge('dinfra_chain_up', '1 while a node is connected and its finality advances, else 0.');
    this.calls = new Counter({
      name: 'dinfra_chain_calls_total',
      help: 'Calls sent to the chain, by result: Applied, Refused or Lost.',
      labelNames: [...labelNames, 'call', 'result'],
      registers,
    });
    this.teardownsHeld = gauge(
      'dinfra_teardowns_held',
      'Teardowns that wait for approval because the limit of the Provider is used up.',
    );
    this.objectsRefused = gauge(
      'dinfra_mirror_objects_refused',
      'Subscriptions and Deployments that are not up to date because the API server refuses them.',
    );
    this.awardsUnreadable = gauge(
      'dinfra_awards_unreadable',
      'Awards on chain that could not be decoded. Their workloads are not touched.',
    );
    this.comparisons = new Counter({
      name: 'dinfra_bridge_comparisons_total',
      help: 'Comparisons of the chain with the cluster, by result: success, or the reason of the first failure.',
      labelNames: [...labelNames, 'result'],
      registers,
    });
    this.stageFailures = new Counter({
      name: 'dinfra_bridge_stage_failures_total',
      help: 'Stages of a comparison that failed, by reason of docs/reasons.md. The other stages continue.',
      labelNames: [...labelNames, 'stage', 'reason'],
      registers,
    });
  }

  /** Drops the series of a Provider that was deleted. */
  forget(namespace: string, provider: string): void {
    const gauges = [
      this.finalisedBlock,
      this.lastHeadSeconds,
      this.chainUp,
      this.teardownsHeld,
      this.objectsRefused,
      this.awardsUnreadable,
    ];
    for (const gauge of gauges) gauge.remove({ namespace, provider });
    this.desired.forget({ namespace, provider });
  }
}
