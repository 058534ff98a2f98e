import { stringify } from 'yaml';
import type { Alert } from './alerts.ts';

const RUNBOOKS = 'https://github.com/dinfra/dinfra-operator/blob/main/docs/runbooks';

/** The rules in Prometheus' format. */
export function rulesYaml(alerts: readonly Alert[]): string {
  const rules = alerts.map(({ name, expr, for: held, severity, summary }) => ({
    alert: name,
    expr,
    for: held,
    labels: { severity },
    annotations: { summary, runbook_url: `${RUNBOOKS}/${name}.md` },
  }));
  return stringify({ groups: [{ name: 'dinfra', rules }] }, { lineWidth: 0 });
}

/** The runbook of an alert. */
export function runbook({ name, severity, expr, for: held, meaning, cost, look, fix }: Alert): string {
  return `# ${name}

<!-- Made from dev/monitoring/alerts.ts by \`npm run generate\`. -->

${meaning}

**What it costs**: ${cost}

It is ${severity === 'critical' ? 'critical' : 'a warning'}, after ${held} of

    ${expr}

## Look

${look.map((command) => `    ${command.replaceAll('{{ $labels.namespace }}', 'NAMESPACE')}`).join('\n')}

## Fix

${fix.map((line) => `- ${line}`).join('\n')}
`;
}

/** The tests of all alerts in promtool's format. */
export function promtoolTests(alerts: readonly Alert[], rulesFile: string): string {
  const tests = alerts.flatMap(({ name, fires, silent }) =>
    ([fires, silent] as const).map(({ series, atMinute }, index) => ({
      name: `${name} ${index === 0 ? 'fires' : 'does not fire'}`,
      interval: '1m',
      input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })),
      promql_expr_test: [
        {
          expr: `count(ALERTS{alertname="${name}", alertstate="firing"}) or vector(0)`,
          eval_time: `${atMinute}m`,
          exp_samples: [{ labels: '{}', value: index === 0 ? 1 : 0 }],
        },
      ],
    })),
  );
  return stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests }, { lineWidth: 0 });
}
