import { Gauge, type Registry } from 'prom-client';
import type { Condition } from '../api/condition.ts';
import type { StoreView } from '../kube/cache/store.ts';
import type { KubeObject } from '../kube/client/resource-type.ts';

/** A kind whose objects carry kstatus' conditions. */
interface StallingObject extends KubeObject {
  readonly status: { readonly conditions?: readonly Condition[] };
}

/** Shows which objects wait for a person: those whose condition `Stalled` is True, counted at each scrape. */
export function showStalled(registry: Registry, stores: readonly Pick<StoreView<StallingObject>, 'list'>[]): void {
  new Gauge({
    name: 'dinfra_stalled',
    help: 'Objects of the operator’s kinds whose condition Stalled is True: the operator cannot continue until somebody changes something. The namespace of a DescriptorType is empty.',
    labelNames: ['namespace', 'kind', 'reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { kind, metadata, status } of stores.flatMap((store) => store.list())) {
        const stalled = status.conditions?.find(({ type }) => type === 'Stalled');
        if (stalled?.status !== 'True') continue;
        this.inc({ namespace: metadata.namespace ?? '', kind, reason: stalled.reason });
      }
    },
  });
}
