import { type MetricObject, Registry } from 'prom-client';
import { deployments } from '../../src/api/deployment.ts';
import { BridgeMetrics } from '../../src/bridge/bridge-metrics.ts';
import { DeploymentMetrics } from '../../src/controller/deployment/deployment-metrics.ts';
import { ReactorMetrics } from '../../src/controller/reactor/reactor-metrics.ts';
import { ReflectorMetrics } from '../../src/kube/cache/reflector-metrics.ts';
import { showCertificateEnds } from '../../src/kube/client/certificate-metrics.ts';
import { countRequests, showLeadership } from '../../src/kube/client/client-metrics.ts';
import { resourceNameOf } from '../../src/kube/client/resource-type.ts';
import { ControllerMetrics } from '../../src/kube/queue/controller-metrics.ts';
import { showStalled } from '../../src/operator/stalled-metrics.ts';
import { showBuildInfo } from '../../src/operator/version.ts';

/** A metric of the operator. */
export interface MetricEntry {
  readonly name: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** All metrics of the operator, as declared by its classes, without those of Node's runtime. */
export function metricCatalogue(): readonly MetricEntry[] {
  const registry = new Registry();
  const nothing = { get: () => undefined, list: () => [], size: 0 };
  countRequests(registry, 'https://cluster.example');
  showCertificateEnds(registry, { credentials: () => Promise.reject(new Error('not asked')) });
  showLeadership(registry, 'dinfra-operator');
  showBuildInfo(registry);
  showStalled(registry, [nothing]);
  new ReflectorMetrics(registry).forResource(resourceNameOf(deployments));
  new ControllerMetrics(registry);
  new BridgeMetrics(registry);
  new DeploymentMetrics(registry, nothing);
  new ReactorMetrics(registry, nothing);
  return registry
    .getMetricsAsArray()
    .map((metric) => ({ name: metric.name, labels: labelsOf(metric), help: metric.help }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** prom-client has this field but does not declare it. */
function labelsOf(metric: MetricObject & { readonly labelNames?: readonly string[] }): readonly string[] {
  return metric.labelNames ?? [];
}
