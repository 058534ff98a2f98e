import { type MetricObject, Registry } from 'prom-client';
import { table } from '../../api/crd/field-table.ts';
import { withMadeParts } from '../../api/crd/made-parts.ts';
import { deployments } from '../../api/deployment.ts';
import { BridgeMetrics } from '../../bridge/bridge-metrics.ts';
import { operatorCommand } from '../../config.ts';
import { DeploymentMetrics } from '../../controller/deployment-metrics.ts';
import { ReactorMetrics } from '../../controller/reactor-metrics.ts';
import { countRequests, showLeadership } from '../../kube/client-metrics.ts';
import { ControllerMetrics } from '../../kube/controller-metrics.ts';
import { ReflectorMetrics } from '../../kube/reflector-metrics.ts';
import { resourceNameOf } from '../../kube/resource-type.ts';

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
  new ReflectorMetrics(registry).forResource(resourceNameOf(deployments));
  new ControllerMetrics(registry);
  new BridgeMetrics(registry);
  new DeploymentMetrics(registry, { get: () => undefined, list: () => [], size: 0, byIndex: () => [] });
  new ReactorMetrics(registry);
  const all = registry.getMetricsAsArray().toSorted((a, b) => a.name.localeCompare(b.name));
  const ours = (metric: MetricObject) => metric.name.startsWith('dinfra_');
  return table(
    ['metric', 'labels', 'meaning'],
    [...all.filter(ours), ...all.filter((metric) => !ours(metric))].map((metric) => [
      `\`${metric.name}\``,
      labelsOf(metric).join(', '),
      // A page would take it for HTML.
      metric.help.replaceAll(/<\w+>/g, '`$&`'),
    ]),
  );
}

/** prom-client keeps them and does not declare them. */
function labelsOf(metric: MetricObject & { readonly labelNames?: readonly string[] }): readonly string[] {
  return metric.labelNames ?? [];
}
