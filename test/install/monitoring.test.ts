import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Alert, alerts } from '../../dev/monitoring/alerts.ts';
import { untestedAlerts } from '../../dev/monitoring/untested-alerts.ts';
import { judge } from '../support/judge.ts';
import { judged as test } from '../support/judged.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
}

const shipped = fileURLToPath(new URL('../../charts/dinfra-operator/files/alerts.yaml', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dinfra-alerts-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The alerts among the shipped or changed rules whose tests do not prove that they fire and stay silent. */
function untested(
  change: (rules: readonly Rule[]) => readonly Rule[] = (rules) => rules,
  tested: readonly Alert[] = alerts,
): Promise<readonly string[]> {
  const { groups } = parse(readFileSync(shipped, 'utf8')) as { readonly groups: readonly { readonly rules: Rule[] }[] };
  const rules = change(groups.flatMap((group) => group.rules));
  const [file, text, tests] = [
    join(folder, 'rules.yaml'),
    stringify({ groups: [{ name: 'changed', rules }] }),
    join(folder, 'tests.yaml'),
  ];
  writeFileSync(file, text);
  return untestedAlerts({ file, text }, tested, async (each) => {
    writeFileSync(tests, each);
    return (await judge('promtool', ['test', 'rules', tests])).ok;
  });
}

test('promtool accepts the rules', async () => {
  expect(await judge('promtool', ['check', 'rules', shipped])).toMatchObject({ ok: true });
});

test('every alert of the chart fires when it should and does not fire when it should not', async () => {
  expect(alerts.length).toBeGreaterThan(10);
  expect(await untested()).toEqual([]);
});

test('an alert that never fires, one that always fires, and one without a test are found', async () => {
  const [silent, loud, unknown] = alerts.map(({ name }) => name);
  const exprs = new Map([
    [silent, 'vector(0) > 1'],
    [loud, 'vector(1)'],
  ]);
  const changed = (rules: readonly Rule[]) =>
    rules.slice(0, 4).map((rule) => ({ ...rule, expr: exprs.get(rule.alert) ?? rule.expr }));
  const tested = alerts.filter(({ name }) => name !== unknown);
  expect(await untested(changed, tested)).toEqual([silent, loud, unknown]);
});
