import { type MetricObject, Registry } from 'prom-client';
import { table } from '../../src/api/crd/field-table.ts';
import { withMadeParts } from '../../src/api/crd/made-parts.ts';
import { deployments } from '../../src/api/deployment.ts';
import { BridgeMetrics } from '../../src/bridge/bridge-metrics.ts';
import { DeploymentMetrics } from '../../src/controller/deployment/deployment-metrics.ts';
import { ReactorMetrics } from '../../src/controller/reactor/reactor-metrics.ts';
import { ReflectorMetrics } from '../../src/kube/cache/reflector-metrics.ts';
import { countRequests, showLeadership } from '../../src/kube/client/client-metrics.ts';
import { resourceNameOf } from '../../src/kube/client/resource-type.ts';
import { ControllerMetrics } from '../../src/kube/queue/controller-metrics.ts';
import { operatorCommand } from '../../src/operator/config.ts';
import { showBuildInfo } from '../../src/operator/version.ts';

/** docs/operations.md with its tables of flags and of metrics made anew. */
export async function operationsPage(page: string): Promise<string> {
  return withMadeParts('docs/operations.md', page, { flags: flags(), metrics: await metrics() });
}

function flags(): string {
  return table(
    ['flag', 'variable', 'default', 'meaning'],
    operatorCommand().options.map(({ flags: names, envVar, defaultValue, defaultValueDescription, description }) => [
      `\`${names}\``,
      envVar === undefined ? '' : `\`${envVar}\``,
      defaultValue === undefined ? '' : `\`${defaultValueDescription ?? String(defaultValue)}\``,
      description,
    ]),
  );
}

/** Every metric of the operator's own, with its labels; those of Node's runtime are told of in words. */
async function metrics(): Promise<string> {
  const registry = new Registry();
  countRequests(registry, 'https://cluster.example');
  showLeadership(registry, 'dinfra-operator');
  showBuildInfo(registry);
  new ReflectorMetrics(registry).forResource(resourceNameOf(deployments));
  new ControllerMetrics(registry);
  new BridgeMetrics(registry);
  new DeploymentMetrics(registry, { get: () => undefined, list: () => [], size: 0 });
  new ReactorMetrics(registry);
  const all = registry.getMetricsAsArray().toSorted((a, b) => a.name.localeCompare(b.name));
  const ours = (metric: MetricObject) => metric.name.startsWith('dinfra_');
  return table(
    ['metric', 'labels', 'meaning'],
    [...all.filter(ours), ...all.filter((metric) => !ours(metric))].map((metric) => [
      `\`${metric.name}\``,
      labelsOf(metric).join(', '),
      // Markdown would read it as HTML.
      metric.help.replaceAll(/<\w+>/g, '`$&`'),
    ]),
  );
}

/** prom-client keeps them and does not declare them. */
function labelsOf(metric: MetricObject & { readonly labelNames?: readonly string[] }): readonly string[] {
  return metric.labelNames ?? [];
}
