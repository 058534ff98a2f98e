import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { promtoolTests } from '../../dev/monitoring/alert-files.ts';
import { type Alert, alerts } from '../../dev/monitoring/alerts.ts';
import { judge, judged as test } from '../support/judge.ts';

const rules = fileURLToPath(new URL('../../charts/dinfra-operator/files/alerts.yaml', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dinfra-alerts-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function promtool(some: readonly Alert[]) {
  const file = join(folder, 'tests.yaml');
  writeFileSync(file, promtoolTests(some, rules));
  return judge('promtool', ['test', 'rules', file]);
}

test('promtool takes the rules', async () => {
  expect(await judge('promtool', ['check', 'rules', rules])).toMatchObject({ ok: true });
});

test('every alert fires when it should and keeps still when it should not', async () => {
  expect(alerts.length).toBeGreaterThan(10);
  expect(await promtool(alerts)).toMatchObject({ ok: true });
});

test('an alert that does not fire is found by promtool', async () => {
  const [alert] = alerts;
  if (alert === undefined) throw new Error('there are no alerts');
  const { ok, text } = await promtool([{ ...alert, fires: alert.silent }]);
  expect(ok).toBe(false);
  expect(text).toContain(`alertname=\\"${alert.name}`);
});
