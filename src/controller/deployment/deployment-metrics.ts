import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Deployment } from '../../api/deployment.ts';
import { findDinfraError } from '../../errors/dinfra-error.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import type { ReconcileMetrics } from './ports.ts';
import { readyOf } from './readiness.ts';

/** Metrics of Deployments and of the reactors that realise them. */
export class DeploymentMetrics implements ReconcileMetrics {
  private readonly awardToReady: Histogram<'type'>;
  private readonly reactorSeconds: Histogram<'reactor' | 'method'>;
  private readonly reactorErrors: Counter<'reactor' | 'method' | 'reason'>;
  private readonly hindrances: Counter<'reason'>;

  constructor(registry: Registry, store: StoreView<Deployment>) {
    const registers = [registry];
    new Gauge({
      name: 'dinfra_deployments',
      help: 'Deployments by provider, descriptor type, state on chain, and the status and reason of Ready.',
      labelNames: ['namespace', 'provider', 'type', 'state', 'ready', 'reason'],
      registers,
      collect() {
        showCounts(this, store.list(), ({ metadata, spec, status }) => {
          const ready = readyOf(status);
          return {
            namespace: metadata.namespace ?? '',
            provider: spec.providerRef.name,
            type: spec.descriptorType,
            state: spec.state,
            ready: ready?.status ?? 'Unknown',
            reason: ready?.reason ?? 'NotSeen',
          };
        });
      },
    });
    new Gauge({
      name: 'dinfra_deployment_workloads',
      help: 'Deployments by provider, descriptor type, state on chain, and state of the workload: Absent, Up, Down, Unseen, or NotLooked before the first observation.',
      labelNames: ['namespace', 'provider', 'type', 'state', 'workload'],
      registers,
      collect() {
        showCounts(this, store.list(), ({ metadata, spec, status }) => ({
          namespace: metadata.namespace ?? '',
          provider: spec.providerRef.name,
          type: spec.descriptorType,
          state: spec.state,
          workload: status.facts?.workload ?? 'NotLooked',
        }));
      },
    });
    this.awardToReady = new Histogram({
      name: 'dinfra_award_to_ready_seconds',
      help: 'Time from the mirroring of an award until its workload is up, in seconds.',
      labelNames: ['type'],
      buckets: [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600],
      registers,
    });
    this.reactorSeconds = new Histogram({
      name: 'dinfra_reactor_call_seconds',
      help: 'Duration of the calls of the reactor port, in seconds.',
      labelNames: ['reactor', 'method'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    });
    this.reactorErrors = new Counter({
      name: 'dinfra_reactor_errors_total',
      help: 'Calls of the reactor port that failed, by reason of docs/reasons.md.',
      labelNames: ['reactor', 'method', 'reason'],
      registers,
    });
    this.hindrances = new Counter({
      name: 'dinfra_deployment_hindrances_total',
      help: 'Reconciles of Deployments that ended with a problem, by reason of docs/reasons.md.',
      labelNames: ['reason'],
      registers,
    });
  }

  hindered(reason: string): void {
    this.hindrances.inc({ reason });
  }

  /** Runs a call of the reactor port and records its duration and failure. */
  async timed<T>(reactor: string, method: string, call: () => Promise<T>): Promise<T> {
    const end = this.reactorSeconds.startTimer({ reactor, method });
    try {
      return await call();
    } catch (error) {
      this.reactorErrors.inc({ reactor, method, reason: findDinfraError(error)?.code ?? 'UnexpectedError' });
      throw error;
    } finally {
      end();
    }
  }

  /** `now` in Unix milliseconds. */
  becameReady({ metadata, spec }: Deployment, now: number): void {
    if (spec.state !== 'Accepted') return;
    this.awardToReady.observe({ type: spec.descriptorType }, (now - Date.parse(metadata.creationTimestamp)) / 1000);
  }
}

/**
 * Has a gauge show how many Deployments there are of each labels. Counted before: the library sorts and joins the labels
 * of every increment, which for ten thousand Deployments keeps the event loop for a tenth of a second.
 */
function showCounts<Name extends string>(
  gauge: Gauge<Name>,
  deployments: readonly Deployment[],
  labelsOf: (deployment: Deployment) => Readonly<Record<Name, string>>,
): void {
  const counts = new Map<string, { readonly labels: Readonly<Record<Name, string>>; count: number }>();
  for (const deployment of deployments) {
    const labels = labelsOf(deployment);
    const key = Object.values(labels).join('\n');
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { labels, count: 1 });
    else known.count += 1;
  }
  gauge.reset();
  for (const { labels, count } of counts.values()) gauge.set(labels, count);
}
