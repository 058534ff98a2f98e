import { Gauge, type Registry } from 'prom-client';
import { backendOf, type Reactor } from '../../api/reactor.ts';
import type { StoreView } from '../../kube/cache/store.ts';

/** Metrics of Reactors. */
export class ReactorMetrics {
  private readonly orphans: Gauge<'namespace' | 'reactor'>;

  constructor(registry: Registry, store: Pick<StoreView<Reactor>, 'list'>) {
    const registers = [registry];
    new Gauge({
      name: 'dinfra_reactor_up',
      help: 'Whether the backend of a Reactor can be used: 1 while its condition Ready is True, else 0.',
      labelNames: ['namespace', 'reactor', 'kind'],
      registers,
      collect() {
        this.reset();
        for (const { metadata, spec, status } of store.list()) {
          const ready = status.conditions?.find(({ type }) => type === 'Ready');
          const labels = { namespace: metadata.namespace ?? '', reactor: metadata.name, kind: backendOf(spec) };
          this.set(labels, ready?.status === 'True' ? 1 : 0);
        }
      },
    });
    this.orphans = new Gauge({
      name: 'dinfra_orphans',
      help: 'Tenures without a Deployment that still have resources in the backend of a Reactor.',
      labelNames: ['namespace', 'reactor'],
      registers,
    });
  }

  /** The number of tenures with orphans in the backend of a Reactor. */
  foundOrphans(namespace: string, reactor: string, tenures: number): void {
    this.orphans.set({ namespace, reactor }, tenures);
  }

  /** Drops the series of a Reactor that was deleted. */
  forget(namespace: string, reactor: string): void {
    this.orphans.remove({ namespace, reactor });
  }
}
