import { expect, test } from 'vitest';
import { alerts } from './alerts.ts';
import { metricCatalogue } from './catalogue.ts';
import { dashboards } from './dashboards.ts';

const known = metricCatalogue().map(({ name }) => name);
/** Metrics of Node's runtime, which prom-client collects. */
const RUNTIME = /^(process|nodejs)_/;

/** Names of metrics in a query: words with an underscore that are neither labels nor functions. */
function metricsIn(expr: string): string[] {
  const bare = expr.replaceAll(/\{[^}]*\}|"[^"]*"|(by|on|without) \([^)]*\)/g, ' ');
  return [...bare.matchAll(/\b[a-z]+(?:_[a-z0-9]+)+\b(?!\s*\()/g)].map(([name]) => name);
}

const isKnown = (name: string) => RUNTIME.test(name) || known.includes(name.replace(/_(bucket|count|sum)$/, ''));

test.each(alerts.map((alert) => [alert.name, alert] as const))(
  '%s asks for metrics the operator has',
  (_, { expr, fires, silent }) => {
    const used = metricsIn(expr);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !isKnown(name))).toEqual([]);
    const series = [...Object.keys(fires.series), ...Object.keys(silent.series)].map((key) => key.replace(/\{.*/, ''));
    expect(series.filter((name) => !isKnown(name))).toEqual([]);
  },
);

test.each(
  dashboards.flatMap(({ title, rows }) => rows.flatMap(({ panels }) => panels.map((panel) => [title, panel] as const))),
)('%s: every panel asks for metrics the operator has (%#)', (_, { queries }) => {
  const used = queries.flatMap(({ expr }) => metricsIn(expr));
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((name) => !isKnown(name))).toEqual([]);
});

test('no two alerts have the same name, and each has commands for diagnosis and for the fix', () => {
  expect(alerts.length).toBeGreaterThan(20);
  expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
  for (const { look, fix, cost } of alerts)
    expect([look.length, fix.length, cost.length].every((n) => n > 0)).toBe(true);
});
