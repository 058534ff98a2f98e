import { Gauge, type Registry } from 'prom-client';

/** What Prometheus is told about Reactors. */
export class ReactorMetrics {
  private readonly orphans: Gauge<'namespace' | 'reactor'>;

  constructor(registry: Registry) {
    this.orphans = new Gauge({
      name: 'dinfra_orphans',
      help: 'Tenures without a Deployment of which the backend of a Reactor still has something.',
      labelNames: ['namespace', 'reactor'],
      registers: [registry],
    });
  }

  /** How many tenures there are orphans of, in the backend of a Reactor. */
  foundOrphans(namespace: string, reactor: string, tenures: number): void {
    this.orphans.set({ namespace, reactor }, tenures);
  }

  /** Forgets a Reactor that is gone. */
  forget(namespace: string, reactor: string): void {
    this.orphans.remove({ namespace, reactor });
  }
}
