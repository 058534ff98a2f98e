import { table } from '../../src/api/crd/field-table.ts';
import { withMadeParts } from '../../src/api/crd/made-parts.ts';
import { operatorCommand } from '../../src/operator/config.ts';
import { alerts } from '../monitoring/alerts.ts';
import { type MetricEntry, metricCatalogue } from '../monitoring/catalogue.ts';

/** docs/operations.md with its generated tables of flags, metrics and alerts replaced. */
export function operationsPage(page: string): string {
  return withMadeParts('docs/operations.md', page, {
    flags: flags(),
    metrics: metrics(),
    alerts: alertTable(),
  });
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

/** Every metric of the operator itself, with its labels; those of Node's runtime are described in the text. */
function metrics(): string {
  const all = metricCatalogue();
  const ours = ({ name }: MetricEntry) => name.startsWith('dinfra_');
  return table(
    ['metric', 'labels', 'meaning'],
    [...all.filter(ours), ...all.filter((metric) => !ours(metric))].map(({ name, labels, help }) => [
      `\`${name}\``,
      labels.join(', '),
      // Markdown would parse it as HTML.
      help.replaceAll(/<\w+>/g, '`$&`'),
    ]),
  );
}

/** Every alert, with its runbook. */
function alertTable(): string {
  return table(
    ['alert', 'severity', 'after', 'meaning'],
    alerts.map(({ name, severity, for: held, meaning }) => [`[${name}](runbooks/${name}.md)`, severity, held, meaning]),
  );
}
